//! The table of endpoints: path, methods, name. The router, `Allow`, CORS, discovery and the tests read it.

use crate::config::EndpointAliases;
use crate::http::Method;
use crate::http::percent::encode_segment;
use crate::oauth::api::Api;
use crate::oauth::client::ClientId;

/// An endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Route {
    /// The user's own page.
    Account,
    /// The catalogue of published apps.
    Apps,
    /// The catalogue as JSON.
    AppsJson,
    /// RFC 6749 section 3.1.
    Authorize,
    /// The consent page.
    Consent,
    /// The developer portal: the developer's own apps.
    Developer,
    /// One of the developer's apps.
    DeveloperApp,
    /// The documentation for developers of apps.
    DeveloperDocs,
    /// Takes the logo of an app.
    DeveloperLogo,
    /// Registers a new app.
    DeveloperNew,
    /// RFC 8414 section 3, OpenID Connect Discovery section 4.
    Discovery,
    /// The JSON facade of an API: makes an authorization request.
    FacadeAuthorize,
    /// The JSON facade of an API: revokes the grant of a client's user.
    FacadeRevoke,
    /// The JSON facade of an API: tokens.
    FacadeToken,
    /// Whether the server works.
    Health,
    /// RFC 7662.
    Introspect,
    /// RFC 7517 section 5.
    Jwks,
    /// The page at the issuer's address, for developers.
    Landing,
    /// The page after a sign-out.
    LoggedOut,
    /// The sign-in page.
    Login,
    /// OpenID Connect RP-Initiated Logout section 2.
    Logout,
    /// Registers clients (RFC 7591), and lists them.
    Register,
    /// Reads, changes and deletes a client (RFC 7592).
    Registration,
    /// RFC 7009.
    Revoke,
    /// All of SCIM (RFC 7644), which has a table of paths and methods of its own.
    Scim,
    /// RFC 6749 section 3.2.
    Token,
    /// OpenID Connect Core section 5.3.
    Userinfo,
}

/// The address of the same document by RFC 8414.
const OAUTH_DISCOVERY: &str = "/.well-known/oauth-authorization-server";

impl Route {
    pub const ALL: [Self; 27] = [
        Self::Account,
        Self::Apps,
        Self::AppsJson,
        Self::Authorize,
        Self::Consent,
        Self::Developer,
        Self::DeveloperApp,
        Self::DeveloperDocs,
        Self::DeveloperLogo,
        Self::DeveloperNew,
        Self::Discovery,
        Self::FacadeAuthorize,
        Self::FacadeRevoke,
        Self::FacadeToken,
        Self::Health,
        Self::Introspect,
        Self::Jwks,
        Self::Landing,
        Self::LoggedOut,
        Self::Login,
        Self::Logout,
        Self::Register,
        Self::Registration,
        Self::Revoke,
        Self::Scim,
        Self::Token,
        Self::Userinfo,
    ];

    /// The endpoint at `path`. The path is compared as it was sent: each endpoint has one spelling.
    #[must_use]
    pub fn find(path: &str, aliases: &EndpointAliases, apis: &[Api]) -> Option<Self> {
        match path {
            OAUTH_DISCOVERY => Some(Self::Discovery),
            path if path.strip_prefix(Self::Scim.path()).is_some_and(|rest| rest.starts_with('/')) => Some(Self::Scim),
            // An alias never takes the path of an endpoint.
            path => Self::ALL.into_iter().find(|route| route.is_at(path, apis)).or_else(|| match path {
                path if path == aliases.authorize => Some(Self::Authorize),
                path if path == aliases.token => Some(Self::Token),
                _ => None,
            }),
        }
    }

    /// Whether the endpoint is at `path`. A facade exists only for an API that is configured with one.
    fn is_at(self, path: &str, apis: &[Api]) -> bool {
        let is_facade = |segment| apis.iter().any(|api| api.facade.as_deref() == Some(segment));
        self.parameter(path).is_some_and(|segment| !self.is_of_facade() || is_facade(segment))
    }

    /// The segment of `path`, still encoded, in place of this endpoint's `{…}`. Empty for an endpoint without such a
    /// segment, `None` when `path` belongs to another endpoint.
    #[must_use]
    pub fn parameter(self, path: &str) -> Option<&str> {
        let place = self.path().split_once('{').zip(self.path().split_once('}'));
        let Some(((before, _), (_, after))) = place else {
            return (self.path() == path).then_some("");
        };
        let segment = path.strip_prefix(before)?.strip_suffix(after)?;
        (!segment.is_empty() && !segment.contains('/')).then_some(segment)
    }

    const fn is_of_facade(self) -> bool {
        matches!(self, Self::FacadeAuthorize | Self::FacadeRevoke | Self::FacadeToken)
    }

    /// The path with `client` in place of `{…}`.
    #[must_use]
    pub fn path_of(self, client: &ClientId) -> String {
        let (before, _) = self.path().split_once('{').unwrap_or((self.path(), ""));
        [before, &encode_segment(client.as_str())].concat()
    }

    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Account => "/account",
            Self::Apps => "/apps",
            Self::AppsJson => "/apps.json",
            Self::Authorize => "/authorize",
            Self::Consent => "/consent",
            Self::Developer => "/developer",
            Self::DeveloperApp => "/developer/apps/{client_id}",
            Self::DeveloperDocs => "/developer/docs",
            Self::DeveloperLogo => "/developer/logos/{client_id}",
            Self::DeveloperNew => "/developer/new",
            Self::Discovery => "/.well-known/openid-configuration",
            Self::FacadeAuthorize => "/{facade}/oauth2/provider/authorize",
            Self::FacadeRevoke => "/{facade}/oauth2/revoke",
            Self::FacadeToken => "/{facade}/oauth2/token",
            Self::Health => "/health",
            Self::Introspect => "/introspect",
            Self::Jwks => "/jwks",
            Self::Landing => "/",
            Self::LoggedOut => "/logged-out",
            Self::Login => "/login",
            Self::Logout => "/logout",
            Self::Register => "/register",
            Self::Registration => "/register/{client_id}",
            Self::Revoke => "/revoke",
            Self::Scim => "/scim/v2",
            Self::Token => "/token",
            Self::Userinfo => "/userinfo",
        }
    }

    /// The endpoint's name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Apps => "apps",
            Self::AppsJson => "apps.json",
            Self::Authorize => "authorize",
            Self::Consent => "consent",
            Self::Developer => "developer",
            Self::DeveloperApp => "developer-app",
            Self::DeveloperDocs => "developer-docs",
            Self::DeveloperLogo => "developer-logo",
            Self::DeveloperNew => "developer-new",
            Self::Discovery => "discovery",
            Self::FacadeAuthorize => "facade-authorize",
            Self::FacadeRevoke => "facade-revoke",
            Self::FacadeToken => "facade-token",
            Self::Health => "health",
            Self::Introspect => "introspect",
            Self::Jwks => "jwks",
            Self::Landing => "landing",
            Self::LoggedOut => "logged-out",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::Register => "register",
            Self::Registration => "registration",
            Self::Revoke => "revoke",
            Self::Scim => "scim",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
        }
    }

    const fn methods(self) -> &'static [Method] {
        match self {
            Self::AppsJson
            | Self::Developer
            | Self::DeveloperDocs
            | Self::Discovery
            | Self::Health
            | Self::Jwks
            | Self::Landing
            | Self::LoggedOut => &[Method::Get, Method::Head],
            Self::Account
            | Self::Authorize
            | Self::Consent
            | Self::DeveloperApp
            | Self::DeveloperNew
            | Self::FacadeAuthorize
            | Self::FacadeRevoke
            | Self::FacadeToken
            | Self::Login
            | Self::Logout
            | Self::Register
            | Self::Userinfo => &[Method::Get, Method::Post],
            Self::Registration => &[Method::Delete, Method::Get, Method::Put],
            Self::DeveloperLogo | Self::Introspect | Self::Revoke | Self::Token => &[Method::Post],
            Self::Apps => &[Method::Get, Method::Head, Method::Post],
            Self::Scim => &[Method::Delete, Method::Get, Method::Head, Method::Patch, Method::Post, Method::Put],
        }
    }

    /// Whether scripts of any origin may call the endpoint (CORS). They send no cookies, only credentials of their own.
    #[must_use]
    pub const fn is_for_scripts(self) -> bool {
        matches!(
            self,
            Self::AppsJson
                | Self::Discovery
                | Self::Jwks
                | Self::Register
                | Self::Revoke
                | Self::Token
                | Self::Userinfo
        )
    }

    /// Whether programs read the answers, not users.
    #[must_use]
    pub const fn is_for_programs(self) -> bool {
        self.is_for_scripts()
            || self.is_of_facade()
            || matches!(self, Self::Health | Self::Introspect | Self::Registration)
    }

    #[must_use]
    pub fn accepts(self, method: Method) -> bool {
        self.methods().contains(&method)
    }

    /// The value of `Allow` (RFC 9110 section 10.2.1).
    #[must_use]
    pub fn allow(self) -> String {
        self.methods().iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::api::OWN_SEGMENTS;

    #[test]
    fn no_facade_can_be_where_an_endpoint_is() {
        for route in Route::ALL.into_iter().filter(|route| !route.is_of_facade()) {
            let segment = route.path().split('/').nth(1).unwrap();
            assert!(segment.is_empty() || OWN_SEGMENTS.contains(&segment), "{segment}");
        }
    }

    #[test]
    fn a_place_in_a_path_is_one_whole_segment() {
        assert_eq!(Route::FacadeToken.parameter("/demo/oauth2/token"), Some("demo"));
        assert_eq!(Route::Registration.parameter("/register/c_1"), Some("c_1"));
        for path in
            ["/oauth2/token", "//oauth2/token", "/a/b/oauth2/token", "/demo/oauth2/token/", "/demo/oauth2/Token"]
        {
            assert_eq!(Route::FacadeToken.parameter(path), None, "{path}");
        }
        assert_eq!(Route::Registration.parameter("/register/"), None);
    }

    #[test]
    fn aliases_add_addresses_and_take_none() {
        let aliases =
            |authorize: &str, token: &str| EndpointAliases { authorize: authorize.to_owned(), token: token.to_owned() };
        let own = aliases("/oauth/start", "/oauth/token");
        assert_eq!(Route::find("/oauth/start", &own, &[]), Some(Route::Authorize));
        assert_eq!(Route::find("/oauth/token", &own, &[]), Some(Route::Token));
        assert_eq!(Route::find("/connect/token", &own, &[]), None);
        let shadowing = aliases("/token", "/.well-known/openid-configuration");
        for route in Route::ALL.into_iter().filter(|route| !route.path().contains('{')) {
            assert_eq!(Route::find(route.path(), &shadowing, &[]), Some(route));
        }
    }
}
