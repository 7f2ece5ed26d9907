//! Clients (RFC 6749 section 2).

use serde::{Deserialize, Serialize};

use super::authentication::{AuthenticationMethod, SecretDigest};
use super::face::FaceDigest;
use super::grant_type::GrantType;
use super::id::ClientId;
use super::redirect_uri::RedirectUri;
use super::registration::Registration;
use crate::base::UnixTime;
use crate::base::address::receiver;
use crate::oauth::own_scope::OwnScope;

/// Counts the changes of a client's registration. What was issued under a version never meets an older record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ClientVersion(pub u32);

/// Who vouches for a client.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Voucher {
    /// The administrator registered or approved it.
    Administrator,
    /// Somebody whom the administrator trusts with it: a developer, or the client itself. Nobody has looked at what it is now.
    Developer,
    /// Nobody: it registered itself.
    Nobody,
}

/// A registered client. It is stored as one JSON object: the members of [`Registration`] stand beside the others.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Client {
    /// Its identifier.
    pub id: ClientId,
    /// How often it was changed.
    pub version: ClientVersion,
    /// When it was registered (RFC 7591 section 3.2.1, `client_id_issued_at`).
    pub registered_at: UnixTime,
    /// Who vouches for it.
    pub voucher: Voucher,
    /// Whether it registered itself and has redeemed no code yet: such a client is deleted after a day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unused: bool,
    /// Whether it registered itself. This stays true when somebody vouches for it later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub self_registered: bool,
    /// The `sub` of the developer who registered it in the portal. Nobody else manages it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its secrets, the newest first.
    pub secrets: Vec<SecretDigest>,
    /// Families founded and consents given before this moment are dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_before: Option<UnixTime>,
    /// What is registered of it.
    #[serde(flatten)]
    pub registration: Registration,
}

impl Client {
    /// A client that was just registered. The registry gives it its version.
    #[must_use]
    pub const fn new(
        id: ClientId,
        registered_at: UnixTime,
        voucher: Voucher,
        secrets: Vec<SecretDigest>,
        registration: Registration,
    ) -> Self {
        let registered_itself = matches!(voucher, Voucher::Nobody);
        Self {
            id,
            version: ClientVersion(0),
            registered_at,
            voucher,
            is_unused: registered_itself,
            self_registered: registered_itself,
            owner: None,
            secrets,
            revoked_before: None,
            registration,
        }
    }

    /// Whether it cannot keep a secret (RFC 6749 section 2.1).
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.registration.authentication, AuthenticationMethod::None)
    }

    /// Whether it may use `grant_type`.
    #[must_use]
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.registration.grant_types.contains(&grant_type)
    }

    /// Whether it may get tokens for our own administration.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.registration.scopes.iter().any(OwnScope::is_of_administration)
    }

    /// What users recognise it by.
    #[must_use]
    pub fn face(&self) -> FaceDigest {
        FaceDigest::of(&self.registration)
    }

    /// Who vouches for it when the administrator does not.
    #[must_use]
    pub const fn voucher_of_others(&self) -> Voucher {
        if self.self_registered { Voucher::Nobody } else { Voucher::Developer }
    }

    /// Who vouches for this client after a change that the administrator did not make.
    fn voucher_after(&self, before: &Self) -> Voucher {
        match before.voucher {
            Voucher::Administrator if !self.is_covered_by(before) => before.voucher_of_others(),
            voucher => voucher,
        }
    }

    /// Whether what the administrator approved of `before` is all that this client is: the same face, and no more scopes,
    /// addresses and links than those that they looked at.
    fn is_covered_by(&self, before: &Self) -> bool {
        let (now, then) = (&self.registration, &before.registration);
        let returns = &then.logout.post_logout_redirect_uris;
        self.face() == before.face()
            && now.scopes.is_within(&then.scopes)
            && now.logout.post_logout_redirect_uris.iter().all(|uri| returns.contains(uri))
            && self.links_are_covered_by(before)
    }

    /// Whether each link to a policy or to terms is the one that the administrator approved, or on a site of the client's own,
    /// which belongs to its face.
    fn links_are_covered_by(&self, before: &Self) -> bool {
        let (now, then) = (&self.registration.presentation, &before.registration.presentation);
        [(&now.policy_uri, &then.policy_uri), (&now.tos_uri, &then.tos_uri)]
            .into_iter()
            .all(|(link, approved)| link == approved || link.as_deref().is_none_or(|link| self.is_on_own_site(link)))
    }

    /// Whether `address` is on the site of the client or of one of its redirect URIs.
    fn is_on_own_site(&self, address: &str) -> bool {
        let Registration { site, redirect_uris, .. } = &self.registration;
        let mut own = site.as_deref().into_iter().chain(redirect_uris.iter().map(RedirectUri::as_str));
        own.any(|own| receiver(own) == receiver(address))
    }

    /// This client after a change that the administrator did not make. An approval of another face does not count for it. Where
    /// publication takes an approval, a changed listing waits for one again.
    #[must_use]
    pub fn reviewed_again(mut self, before: &Self, takes_approval: bool) -> Self {
        self.voucher = self.voucher_after(before);
        let listing_differs = self.registration.listing_differs(&before.registration);
        let presentation = &mut self.registration.presentation;
        if takes_approval && presentation.published && listing_differs {
            presentation.published = false;
            presentation.publication_requested = true;
        }
        self
    }

    /// Whether the change from `before` to this client takes something away: a secret, a key, a way of authentication, a redirect
    /// URI, a scope, a grant type, or an approval.
    #[must_use]
    pub fn lacks_some_of(&self, before: &Self) -> bool {
        let (now, earlier) = (&self.registration, &before.registration);
        self.secrets != before.secrets
            || now.authentication != earlier.authentication
            || now.assertions != earlier.assertions
            || !earlier.redirect_uris.iter().all(|uri| now.redirect_uris.contains(uri))
            || !earlier.scopes.is_within(&now.scopes)
            || !earlier.grant_types.iter().all(|grant_type| now.grant_types.contains(grant_type))
            || (before.voucher == Voucher::Administrator && self.voucher != Voucher::Administrator)
    }

    /// Whether what happened at `time` was meant for this client, and not for a deleted one with the same identifier.
    #[must_use]
    pub fn was_registered_at(&self, time: UnixTime) -> bool {
        self.revoked_before.is_none_or(|revoked_before| time >= revoked_before)
    }

    /// The registered redirect URI that `sent` matches.
    #[must_use]
    pub fn redirect_uri(&self, sent: &str) -> Option<&RedirectUri> {
        self.registration.redirect_uris.iter().find(|registered| registered.matches(sent))
    }
}
