//! The table of endpoints: path, methods, name. The router, `Allow`, CORS, discovery and the tests read it.

use crate::config::Aliases;
use crate::http::Method;
use crate::http::path::encode_segment;
use crate::oauth::api::Api;
use crate::oauth::client::ClientId;

/// An endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Route {
    /// The person's own page.
    Account,
    /// The catalogue of published apps.
    Apps,
    /// The same for programs.
    AppsJson,
    /// RFC 6749 section 3.1.
    Authorize,
    /// The person is asked.
    Consent,
    /// The developer portal: her own apps.
    Developer,
    /// One app of hers.
    DeveloperApp,
    /// The documentation for those who make apps.
    DeveloperDocs,
    /// Where the logo of an app is sent.
    DeveloperLogo,
    /// A new app.
    DeveloperNew,
    /// RFC 8414 section 3, OpenID Connect Discovery section 4.
    Discovery,
    /// The JSON facade of an API: makes an authorization request.
    FacadeAuthorize,
    /// The JSON facade of an API: ends what a client's user allowed.
    FacadeRevoke,
    /// The JSON facade of an API: tokens.
    FacadeToken,
    /// Whether the server is well.
    Health,
    /// RFC 7662.
    Introspect,
    /// RFC 7517 section 5.
    Jwks,
    /// What this is, for a developer who opens the issuer in a browser.
    Landing,
    /// Nobody is signed in any more.
    LoggedOut,
    /// The person signs in.
    Login,
    /// OpenID Connect RP-Initiated Logout section 2.
    Logout,
    /// Registers clients (RFC 7591), and lists them.
    Register,
    /// Reads, changes and deletes a client (RFC 7592).
    Registration,
    /// RFC 7009.
    Revoke,
    /// Everything of RFC 7644, which says more of its paths and methods than this table can.
    Scim,
    /// RFC 6749 section 3.2.
    Token,
    /// OpenID Connect Core section 5.3.
    Userinfo,
}

/// Where RFC 8414 looks for what OpenID Connect Discovery calls otherwise: the same document.
const OAUTH_DISCOVERY: &str = "/.well-known/oauth-authorization-server";

impl Route {
    /// All of them.
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

    /// The endpoint at `path`, which is compared as it was sent: there is one spelling of each.
    #[must_use]
    pub fn find(path: &str, aliases: &Aliases, apis: &[Api]) -> Option<Self> {
        match path {
            OAUTH_DISCOVERY => Some(Self::Discovery),
            path if path.strip_prefix(Self::Scim.path()).is_some_and(|rest| rest.starts_with('/')) => Some(Self::Scim),
            // What has an address of its own keeps it, whatever the aliases say.
            path => Self::ALL.into_iter().find(|route| route.is_at(path, apis)).or_else(|| match path {
                path if path == aliases.authorize => Some(Self::Authorize),
                path if path == aliases.token => Some(Self::Token),
                _ => None,
            }),
        }
    }

    /// Whether it answers at `path`: a facade is where an API says that it has one.
    fn is_at(self, path: &str, apis: &[Api]) -> bool {
        let is_facade = |segment| apis.iter().any(|api| api.facade.as_deref() == Some(segment));
        self.parameter(path).is_some_and(|segment| !self.is_of_facade() || is_facade(segment))
    }

    /// What `path`, still encoded, has in place of this endpoint's `{…}`: one whole segment. Empty where there is no such
    /// place, `None` when `path` is another endpoint's.
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

    /// Its path, with `client` in place of its `{…}`.
    #[must_use]
    pub fn path_of(self, client: &ClientId) -> String {
        let (before, _) = self.path().split_once('{').unwrap_or((self.path(), ""));
        [before, &encode_segment(client.as_str())].concat()
    }

    /// Its path.
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

    /// Its name in the log.
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

    /// Whether scripts of any site may call it. They send no cookies, only what they hold themselves.
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

    /// Whether its answers are read by programs and not by people.
    #[must_use]
    pub const fn is_for_programs(self) -> bool {
        self.is_for_scripts()
            || self.is_of_facade()
            || matches!(self, Self::Health | Self::Introspect | Self::Registration)
    }

    /// Whether it answers `method`.
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
            |authorize: &str, token: &str| Aliases { authorize: authorize.to_owned(), token: token.to_owned() };
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
