//! The texts for developers who connect an app: the documentation and the landing page.

texts! {
    /// The documentation.
    DocsTexts {
        title(product) = "Build apps for {product}";
        text(product) = "{product} supports OAuth 2.1 and OpenID Connect. Use any certified library: give it the issuer, and it \
            finds the endpoints through discovery.";
        portal = "Register an app";
        endpoints = "Endpoints";
        scopes = "Scopes";
        /// Over the scopes of OpenID Connect.
        person = "About the user";
        /// Before the audience of an API.
        audience = "Audience";
        grants = "Grants and lifetimes";
        code = "Authorization code";
        code_text(time) = "For apps that act on behalf of a user. Use PKCE with the method S256. A code works once and expires \
            after {time}.";
        refresh = "Refresh token";
        refresh_text(idle, longest) = "Issued with the scope offline_access. It expires after {idle} without use, and after \
            {longest} in any case. Public apps get a new one with each use.";
        machine = "Client credentials";
        machine_text = "For programs that act without a user. Only an administrator can register them.";
        access = "Access token";
        access_text(time) = "Expires after {time}. It is a JWT unless the app is registered for opaque tokens.";
        id_token = "ID token";
        id_token_text(time) = "Expires after {time}. Issued with the scope openid.";
        try_it = "Try it in a terminal";
        try_text = "You need sh, curl and openssl. Run the commands in order in one terminal, and replace the values that begin \
            with YOUR_.";
        /// Before the status and the members of a response.
        answer = "Returns";
        try_setup = "Set your credentials";
        try_discovery = "Read the server’s metadata";
        try_authorize = "Create an authorization URL with PKCE and open it in a browser";
        try_authorize_text = "The command prints the URL. Sign in and allow the app: your browser is sent to your redirect URI \
            with code, state and iss in the query. Leave out scopes that the app may not request.";
        try_token = "Exchange the code for tokens before it expires";
        try_token_text = "The option -u sends the client ID and the secret in the header. If your app is public, replace it with \
            -d \"client_id=$CLIENT_ID\". If your app sends its secret in the request body, replace it with \
            -d \"client_id=$CLIENT_ID\" -d \"client_secret=$CLIENT_SECRET\".";
        try_userinfo = "Read the user’s claims";
        try_refresh = "Get a new access token";
        try_introspect = "For APIs: check whether a token is active";
        try_introspect_text = "Only the API that a token is issued for can introspect it, with credentials of its own.";
        try_machine = "Get a token for a program without a user";
        try_revoke = "Revoke the token";
        try_error = "See what an error looks like";
        errors = "Errors";
        errors_authorize = "From the authorization endpoint, sent to your redirect URI";
        errors_page = "From the authorization endpoint, shown to the user because no response can be sent to the app";
        errors_token = "From the token endpoint, as JSON";
        errors_bearer = "From endpoints that take an access token, in WWW-Authenticate";
        error_invalid_client = "The app is unknown, or did not authenticate with the method that it is registered for.";
        error_invalid_grant = "The code or refresh token is wrong, used, expired or revoked. Send the user to the authorization \
            endpoint again.";
        error_invalid_request = "A parameter is missing, repeated or malformed.";
        error_invalid_scope = "A scope is malformed or was not granted.";
        error_invalid_target = "The resource is not an API of this server, or none of the API’s scopes was granted.";
        error_unauthorized_client = "The app is not allowed to use this grant type.";
        error_unsupported_grant_type = "The server does not support this grant type.";
        error_insufficient_scope = "The token lacks the scope that the response names.";
        error_invalid_token = "The token is invalid, expired or revoked. Get a new one with the refresh token.";
    }
}

texts! {
    /// The issuer's address, opened in a browser.
    LandingTexts {
        title(product) = "{product} authorization server";
        text(product) = "Apps connect to {product} here with OAuth 2.1 and OpenID Connect. Give your OAuth library the issuer, \
            and it finds everything else.";
        /// Over the endpoints.
        addresses = "Addresses";
        issuer = "Issuer";
        people = "Not a developer? Open the app you want to use. It will bring you to the sign-in page.";
        docs = "Read the documentation";
    }
}
