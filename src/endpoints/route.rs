//! The table of endpoints: path, methods, name. The router, `Allow` and the tests read it.

use crate::http::Method;

/// An endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Route {
    /// Whether the server is well.
    Health,
    /// What this is, for a developer who opens the issuer in a browser.
    Landing,
    /// Registers clients (RFC 7591), and lists them.
    Register,
    /// Reads, changes and deletes a client (RFC 7592).
    Registration,
}

impl Route {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Health, Self::Landing, Self::Register, Self::Registration];

    /// The endpoint at `path`, which is compared as it was sent: there is one spelling of each.
    #[must_use]
    pub fn find(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.parameter(path).is_some())
    }

    /// What `path`, still encoded, has in place of this endpoint's `{…}`: one whole segment. Empty where there is no such
    /// place, `None` when `path` is another endpoint's.
    #[must_use]
    pub fn parameter(self, path: &str) -> Option<&str> {
        match self.path().split_once('{') {
            None => (self.path() == path).then_some(""),
            Some((before, _)) => path.strip_prefix(before).filter(|rest| !rest.is_empty() && !rest.contains('/')),
        }
    }

    /// Its path.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Health => "/health",
            Self::Landing => "/",
            Self::Register => "/register",
            Self::Registration => "/register/{client_id}",
        }
    }

    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Landing => "landing",
            Self::Register => "register",
            Self::Registration => "registration",
        }
    }

    const fn methods(self) -> &'static [Method] {
        match self {
            Self::Health | Self::Landing => &[Method::Get, Method::Head],
            Self::Register => &[Method::Get, Method::Post],
            Self::Registration => &[Method::Delete, Method::Get, Method::Put],
        }
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
