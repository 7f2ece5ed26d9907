//! The table of endpoints: path, methods, name. The router, `Allow` and the tests read it.

use crate::http::Method;

/// An endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Route {
    /// Whether the server is well.
    Health,
    /// What this is, for a developer who opens the issuer in a browser.
    Landing,
}

impl Route {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Health, Self::Landing];

    /// The endpoint at `path`, which is compared as it was sent: there is one spelling of each.
    #[must_use]
    pub fn find(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.path() == path)
    }

    /// Its path.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Health => "/health",
            Self::Landing => "/",
        }
    }

    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Landing => "landing",
        }
    }

    const fn methods(self) -> &'static [Method] {
        match self {
            Self::Health | Self::Landing => &[Method::Get, Method::Head],
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
