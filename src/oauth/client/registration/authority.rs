//! Who asks for a registration, and what the deployment offers.

use crate::http::Outbound;
use crate::jose::Algorithm;
use crate::oauth::api::Api;
use crate::oauth::client::grant_type::GrantType;
use crate::oauth::client::model::Client;
use crate::oauth::person::claims::ClaimCatalogue;

/// The one who asks.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// The administrator, who may register everything.
    Administrator,
    /// The client itself, as it is now: it may change how it presents itself and where it is answered, and give up rights,
    /// but give itself none.
    Client(&'a Client),
    /// A client's own document, which every server reads: of what it offers, it gets what anybody gets here.
    Document,
    /// A stranger, for whom nobody vouches: what only the administrator decides is refused.
    Nobody,
    /// The developer in the portal, of a new client or of one as it is now. What only the administrator decides is as for the
    /// client itself, but which of the scopes of users and APIs it asks for is the developer's, unless the client also acts in
    /// its own name.
    Developer(Option<&'a Client>),
}

impl<'a> Authority<'a> {
    pub(super) const fn is_administrator(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// Whether the request is not compared with what the client was: the administrator decides, and the members that a
    /// stranger must not send are refused before they are read.
    pub(super) const fn may_set_freely(self) -> bool {
        matches!(self, Self::Administrator | Self::Document | Self::Nobody)
    }

    /// The client that keeps what only the administrator decides.
    pub(super) const fn before(self) -> Option<&'a Client> {
        match self {
            Self::Administrator | Self::Document | Self::Nobody => None,
            Self::Client(before) => Some(before),
            Self::Developer(before) => before,
        }
    }
}

/// What a deployment offers.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationOffer<'a> {
    /// The APIs, whose scopes can be asked for.
    pub apis: &'a [Api],
    /// The claims, some of which have scopes of the deployment's own.
    pub claims: &'a ClaimCatalogue,
    /// What can sign ID tokens.
    pub algorithms: &'a [Algorithm],
    /// Where requests of the server may go.
    pub outbound: &'a Outbound,
}

impl RegistrationOffer<'_> {
    /// Whether only the administrator can add `scope` to `client`: an app that acts in its own name needs no consent of a user
    /// for the APIs that it may use.
    #[must_use]
    pub fn is_closed_to(&self, client: &Client, scope: &str) -> bool {
        client.may_use(GrantType::ClientCredentials)
            && !client.registration.scopes.contains(scope)
            && self.apis.iter().any(|api| api.sentence(scope).is_some())
    }
}
