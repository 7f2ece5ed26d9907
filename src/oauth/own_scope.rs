//! Scopes that mean something to this server and cannot belong to an API.

use super::scope::Scopes;
use crate::base::named;

named! {
    /// A scope of this server.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub enum OwnScope {
        /// The request is one of OpenID Connect (OpenID Connect Core section 3.1.2.1).
        OpenId = "openid",
        /// The user's profile (OpenID Connect Core section 5.4).
        Profile = "profile",
        /// The user's e-mail address.
        Email = "email",
        /// The user's postal address.
        Address = "address",
        /// The user's telephone number.
        Phone = "phone",
        /// Access while the user is away (OpenID Connect Core section 11).
        OfflineAccess = "offline_access",
        /// Administration of clients.
        Clients = "clients",
        /// An initial access token (RFC 7591 section 3): it registers clients for which nobody vouches.
        RegisterClients = "clients:register",
        /// Reading users.
        ReadPeople = "people:read",
        /// Changing users.
        WritePeople = "people:write",
    }
}

impl OwnScope {
    /// Whether it belongs to our own administration: its tokens are for us, and it is not about a user.
    #[must_use]
    pub const fn administers(self) -> bool {
        match self {
            Self::OpenId | Self::Profile | Self::Email | Self::Address | Self::Phone | Self::OfflineAccess => false,
            Self::Clients | Self::RegisterClients | Self::ReadPeople | Self::WritePeople => true,
        }
    }

    /// Whether somebody with `scopes` has this right of administration too: to register clients without a say in their rights
    /// is part of administering them.
    #[must_use]
    pub fn is_held_with(self, scopes: &Scopes) -> bool {
        scopes.contains(self) || (self == Self::RegisterClients && scopes.contains(Self::Clients))
    }

    /// The names of the scopes of OpenID Connect, which are about the user who is asked.
    pub fn of_openid<'a>() -> impl Iterator<Item = &'a str> {
        Self::ALL.into_iter().filter(|scope| !scope.administers()).map(|scope| -> &'a str { scope.name() })
    }

    /// Whether `scope` is one of OpenID Connect.
    #[must_use]
    pub fn is_of_openid(scope: &str) -> bool {
        Self::parse(scope).is_some_and(|scope| !scope.administers())
    }

    /// Whether `scope` is one of our administration.
    #[must_use]
    pub fn is_of_administration(scope: &str) -> bool {
        Self::parse(scope).is_some_and(Self::administers)
    }
}

impl AsRef<str> for OwnScope {
    fn as_ref(&self) -> &str {
        self.name()
    }
}
