//! Scopes in plain words.

use crate::messages::Catalogue;

/// A scope in plain words.
#[derive(Clone, Copy, Debug)]
pub enum ScopeText<'a> {
    /// A scope of an API, with the text from its configuration.
    Api {
        /// What the app can do, a few words.
        title: &'a str,
        description: Option<&'a str>,
    },
    /// A scope of OpenID Connect, with a text from the catalogue.
    Standard(StandardScope),
}

/// The scopes of OpenID Connect Core 5.4 and 11.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StandardScope {
    Address,
    Email,
    OfflineAccess,
    OpenId,
    Phone,
    Profile,
}

impl<'a> ScopeText<'a> {
    /// What the app can do, in a few words.
    pub(super) fn title(&self, t: &'a Catalogue) -> &'a str {
        self.texts(t).0
    }

    pub(super) fn texts(&self, t: &'a Catalogue) -> (&'a str, &'a str) {
        match *self {
            Self::Api { title, description } => (title, description.unwrap_or_default()),
            Self::Standard(scope) => scope.texts(t),
        }
    }
}

impl StandardScope {
    /// The standard scope with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "address" => Some(Self::Address),
            "email" => Some(Self::Email),
            "offline_access" => Some(Self::OfflineAccess),
            "openid" => Some(Self::OpenId),
            "phone" => Some(Self::Phone),
            "profile" => Some(Self::Profile),
            _ => None,
        }
    }

    fn texts(self, t: &Catalogue) -> (&str, &str) {
        match self {
            Self::Address => (t.scope.address, t.scope.address_detail),
            Self::Email => (t.scope.email, t.scope.confirmed_detail),
            Self::OfflineAccess => (t.scope.offline, t.scope.offline_detail),
            Self::OpenId => (t.scope.openid, t.scope.openid_detail),
            Self::Phone => (t.scope.phone, t.scope.confirmed_detail),
            Self::Profile => (t.scope.profile, t.scope.profile_detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_scopes_by_name() {
        assert_eq!(StandardScope::from_name("offline_access"), Some(StandardScope::OfflineAccess));
        assert_eq!(StandardScope::from_name("reservations.create"), None);
    }
}
