//! The texts of `/developer`, the portal.

texts! {
    /// The developer portal.
    DeveloperTexts {
        title = "Your apps";
        text(product) = "Apps that you build for {product}. Each app has its own credentials, and users decide what it can access.";
        none = "You have no apps yet.";
        /// Link and heading.
        new = "New app";
        docs = "Documentation";
        /// The link back to the list.
        back = "All your apps";
        full = "You have reached the maximum number of apps. Delete one, or ask an administrator.";
        /// Badge of an app.
        listed = "In the catalogue";
        /// Badge of an app.
        requested = "Waiting for approval";

        /// For a user without the developer role.
        denied_title = "You need developer access";
        denied_text(product) = "To register apps for {product}, you need the developer role. Ask an administrator of {product} for \
            it, and tell them the user name that you sign in with. Then open this page again.";

        deleted = "The app has been deleted. Its tokens and secrets no longer work.";
        saved = "Your changes have been saved. They take effect everywhere within about a minute.";
        waits_again = "Your changes have been saved. They affect what the catalogue shows, so the app is waiting for approval \
            again.";
        /// The form of a new app was sent twice.
        made_before = "This app has already been created. Its secret was shown once. If you didn’t keep it, create a new secret.";
        secret_ended = "The previous secret no longer works.";
        published = "The app is now in the catalogue.";
        asked = "Your request has been sent. An administrator will review the app.";
        withdrawn = "The app is not in the catalogue, and no request is pending.";
        changed = "The app was changed while you were editing, perhaps in another tab. Check the settings, then try again.";
        logo_saved = "The logo has been updated.";
        needs_site = "The catalogue links to the app’s website. Enter a website first.";
        sign_in_again = "To manage secrets or delete an app, sign in again. Then repeat the step.";

        form_problem = "Check the marked fields. Nothing was saved.";
        form_refused(reason) = "Nothing was saved, because {reason}.";
        name = "Name";
        name_hint = "Shown to users when they are asked for access. Up to 100 characters.";
        name_bad = "Enter a name of 1 to 100 visible characters on one line.";
        redirects = "Redirect URIs";
        redirects_hint = "Where users are sent after they sign in, one per line. They must match exactly. Use https, \
            http://127.0.0.1 for programs, or com.example.app:/path for mobile apps.";
        /// Also for the URIs after signing out.
        redirects_bad = "Enter 1 to 20 absolute URIs, each once: https, http on 127.0.0.1 or localhost, or a scheme like \
            com.example.app. Wildcards and fragments are not allowed.";
        address_bad(line) = "This line can’t be used: {line}";
        kind = "App type";
        kind_basic = "Web app with a secret, sent in the header";
        kind_basic_hint = "client_secret_basic: what most libraries use";
        kind_post = "Web app with a secret, sent in the request body";
        kind_post_hint = "client_secret_post";
        kind_public = "Public app without a secret";
        kind_public_hint = "Mobile, desktop and single-page apps, which can’t keep a secret";
        scopes = "Scopes that the app can request";
        scopes_bad = "Select at least one scope.";
        site = "Website";
        site_hint = "The website of the app. Required for the catalogue.";
        site_bad = "Enter a full https address with the host in lower case, like https://reports.example.com. An app in the \
            catalogue needs a website.";
        description = "Description";
        description_hint = "One or two sentences for the catalogue, up to 280 characters.";
        description_bad = "Enter 1 to 280 visible characters on one line.";
        link_bad = "Enter a full https address with the host in lower case, like https://reports.example.com/privacy.";
        logouts = "Post-logout redirect URIs";
        logouts_hint = "Where users can be sent after they sign out, one per line. Optional.";
        create = "Create app";
        save = "Save changes";

        settings = "Settings";
        face_hint = "Adding a scope or a post-logout redirect URI, or changing the name, website, logo, other links or the host of a \
                     redirect URI, removes the “Verified” badge until an administrator has reviewed the app. Users are asked for \
                     consent again.";
        credentials = "Credentials";
        client_id = "Client ID";
        secret = "Client secret";
        secret_current = "In use. It was shown once and can’t be shown again.";
        secret_earlier(time) = "The previous secret works until {time}";
        secret_none = "None. This is a public app.";
        rotate = "Create a new secret";
        rotate_text = "The current secret works for 24 more hours, so that you can replace it without interruption.";
        end_old = "Revoke the previous secret now";
        logo = "Logo";
        logo_hint = "PNG, JPEG or WebP, up to 16 KB, preferably square.";
        logo_label = "Image file";
        logo_send = "Upload logo";
        logo_remove = "Remove logo";
        logo_bad = "This is not a PNG, JPEG or WebP image of at most 16 KB.";
        logo_missing = "Choose a file first.";
        catalogue = "Catalogue";
        catalogue_hidden = "The app is not in the catalogue. Users can still connect it.";
        catalogue_listed = "Everyone can find the app in the catalogue.";
        catalogue_requested = "The app will be listed once an administrator has approved it.";
        /// The button if no approval is needed.
        publish = "Add to the catalogue";
        /// The button if an administrator has to approve.
        request = "Request a listing in the catalogue";
        /// The button while the request is pending.
        withdraw = "Withdraw the request";
        /// The button while the app is listed.
        unlist = "Remove from the catalogue";
        /// Heading and button.
        delete = "Delete app";
        delete_text = "All users are disconnected from the app, and its credentials stop working. This can’t be undone.";
        delete_title(client) = "Delete {client}?";
        delete_confirm = "Delete permanently";
        delete_keep = "Keep the app";
        /// Heading over the credentials of a new app.
        ready_title(client) = "{client} has been registered";
        /// Heading over a new secret.
        rotated_title(client) = "New secret for {client}";
        once = "Copy the secret now and keep it safe. It won’t be shown again.";
        no_secret = "A public app has no secret. It needs only its client ID and PKCE.";
        on = "Go to the app’s settings";
    }
}
