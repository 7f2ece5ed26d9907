//! What the table of endpoints (`src/endpoints/mod.rs`) is made of. A row has all that is said of an endpoint: name, path,
//! methods, who reads its answers, and the function that answers. The router, `Allow`, CORS, discovery and the tests read it.

use super::Route;
use crate::config::EndpointAliases;
use crate::http::Method;
use crate::http::percent::encode_segment;
use crate::oauth::api::Api;
use crate::oauth::client::ClientId;

/// Makes the type `Route` of the rows.
macro_rules! routes {
    (
        |$app:ident, $request:ident|
        $(
            $(#[$about:meta])*
            $route:ident($name:literal) at $path:literal [$($method:ident),+] for $readers:ident => $answer:expr;
        )*
    ) => {
        /// An endpoint.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Route {
            $( $(#[$about])* $route, )*
        }

        impl Route {
            pub const ALL: &[Self] = &[$(Self::$route),*];

            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $( Self::$route => $path, )* }
            }

            /// The endpoint's name in the log.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$route => $name, )* }
            }

            const fn methods(self) -> &'static [$crate::http::Method] {
                match self { $( Self::$route => &[$($crate::http::Method::$method),+], )* }
            }

            const fn readers(self) -> $crate::endpoints::route::Readership {
                match self { $( Self::$route => $crate::endpoints::route::Readership::$readers, )* }
            }

            /// Lets the endpoint answer. Boxed: otherwise all endpoints become one large function, which a new isolate
            /// compiles before its first answer.
            fn answer<'a, P: $crate::platform::Platform>(
                self,
                $app: &'a App<'_, P>,
                $request: &'a $crate::http::Request,
            ) -> std::pin::Pin<Box<dyn Future<Output = Result<$crate::http::Response, Failure>> + 'a>> {
                match self { $( Self::$route => Box::pin($answer), )* }
            }
        }
    };
}

/// Who reads the answers of an endpoint.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Readership {
    /// Programs, which get errors as JSON.
    Programs,
    /// Programs, among them scripts of any origin (CORS). They send no cookies, only credentials of their own.
    Scripts,
    /// Users, who get errors as pages.
    Users,
}

/// The address of the same document by RFC 8414.
const OAUTH_DISCOVERY: &str = "/.well-known/oauth-authorization-server";

impl Route {
    /// The endpoint at `path`. The path is compared as it was sent: each endpoint has one spelling.
    #[must_use]
    pub fn find(path: &str, aliases: &EndpointAliases, apis: &[Api]) -> Option<Self> {
        match path {
            OAUTH_DISCOVERY => Some(Self::Discovery),
            path if path.strip_prefix(Self::Scim.path()).is_some_and(|rest| rest.starts_with('/')) => Some(Self::Scim),
            // An alias never takes the path of an endpoint.
            path => Self::ALL.iter().copied().find(|route| route.is_at(path, apis)).or_else(|| match path {
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

    fn is_of_facade(self) -> bool {
        self.path().starts_with("/{facade}/")
    }

    /// The path with `client` in place of `{…}`.
    #[must_use]
    pub fn path_of(self, client: &ClientId) -> String {
        let (before, _) = self.path().split_once('{').unwrap_or((self.path(), ""));
        [before, &encode_segment(client.as_str())].concat()
    }

    /// Whether scripts of any origin may call the endpoint.
    #[must_use]
    pub fn is_for_scripts(self) -> bool {
        self.readers() == Readership::Scripts
    }

    /// Whether programs read the answers, not users.
    #[must_use]
    pub fn is_for_programs(self) -> bool {
        self.readers() != Readership::Users
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
        for route in Route::ALL.iter().copied().filter(|route| !route.is_of_facade()) {
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
        for route in Route::ALL.iter().copied().filter(|route| !route.path().contains('{')) {
            assert_eq!(Route::find(route.path(), &shadowing, &[]), Some(route));
        }
    }
}
