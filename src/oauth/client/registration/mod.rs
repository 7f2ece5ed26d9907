//! What a client asks to be registered as (RFC 7591 section 2, RFC 7592 section 2.2), read strictly.

mod reader;
mod settings;

use serde_json::{Map, Value};

use self::reader::Reader;
use super::model::{AuthenticationMethod, Client, ClientId, ClientVersion, GrantType, SecretDigest, Voucher};
use super::presentation::Presentation;
use super::redirect_uri::RedirectUri;
use super::settings::{AccessTokenFormat, Assertions, LogoutSettings, Subjects};
use crate::base::{Seconds, Secret, UnixTime};
use crate::http::Outbound;
use crate::jose::Algorithm;
use crate::oauth::api::Api;
use crate::oauth::person::claims::Catalogue;
use crate::oauth::scope::Scopes;

/// The most secrets of one client: the current one, and older ones that are being replaced.
const MOST_SECRETS: usize = 3;

/// Members of the response that a request must not have (RFC 7592 section 2.2).
pub const RESPONSE_ONLY: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

/// All that there is to say about a client beside its identifier, version, secrets and times.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Registration {
    /// `client_name`.
    pub name: String,
    /// `client_uri`.
    pub site: Option<String>,
    /// `published`, `description`, `logo`, `policy_uri`, `tos_uri`.
    pub presentation: Presentation,
    /// `redirect_uris`.
    pub redirect_uris: Vec<RedirectUri>,
    /// `token_endpoint_auth_method`.
    pub authentication: AuthenticationMethod,
    /// `jwks` or `jwks_uri`, `token_endpoint_auth_signing_alg`, `assertion_audience`.
    pub assertions: Assertions,
    /// `grant_types`.
    pub grant_types: Vec<GrantType>,
    /// `scope`.
    pub scopes: Scopes,
    /// `optional_scope`, a member of our own: scopes that a person can decline and allow the rest.
    pub optional_scopes: Scopes,
    /// `require_pkce`, a member of our own.
    pub require_pkce: bool,
    /// `rotate_refresh_tokens`, a member of our own.
    pub rotates_refresh_tokens: bool,
    /// `id_token_signed_response_alg`.
    pub id_token_algorithm: Algorithm,
    /// `access_token_lifetime` in seconds, a member of our own.
    pub access_token_lifetime: Option<Seconds>,
    /// `access_token_format`, a member of our own.
    pub access_token_format: AccessTokenFormat,
    /// `subject_type`, `sector_identifier_uri`.
    pub subjects: Subjects,
    /// `post_logout_redirect_uris`, `backchannel_logout_uri`, `backchannel_logout_session_required`.
    pub logout: LogoutSettings,
    /// `default_max_age` in seconds.
    pub default_max_age: Option<Seconds>,
    /// `require_auth_time`.
    pub require_auth_time: bool,
}

/// A registration request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Metadata {
    /// What the client shall be.
    pub registration: Registration,
    /// `client_id`: of a client that is imported, or that is being changed.
    pub client_id: Option<ClientId>,
    /// `client_secret`: brought along by an administrator, or repeated by the client.
    pub client_secret: Option<Secret<String>>,
    /// `rotate_client_secret.overlap_seconds`: a new secret is wanted, and how long the older ones stay good.
    pub rotate_secret: Option<Seconds>,
    /// `rotate_registration_access_token`: the present one shall end.
    pub rotate_access: bool,
    /// `verified`, a member of our own: whether the administrator vouches for it from now on.
    pub verified: Option<bool>,
    /// `published` as it was sent: who says no to it declines what its developer asked for.
    pub published: Option<bool>,
}

/// Why a registration is refused (RFC 7591 section 3.2.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Unregistrable {
    /// The code for the wire.
    pub code: &'static str,
    /// What is wrong, for whoever registers it; never a part of the request.
    pub description: &'static str,
}

impl Unregistrable {
    /// `invalid_client_metadata`.
    #[must_use]
    pub const fn metadata(description: &'static str) -> Self {
        Self { code: "invalid_client_metadata", description }
    }

    const fn redirect_uri(description: &'static str) -> Self {
        Self { code: "invalid_redirect_uri", description }
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// The administrator, who may register everything.
    Administrator,
    /// The client itself, as it is now: it may change how it presents itself and where it is answered, and give up rights,
    /// but give itself none.
    Client(&'a Client),
    /// A client's own document, which every server reads: of what it offers, it gets what anybody gets here.
    Document,
    /// Somebody for whom nobody vouches: what only the administrator decides is refused.
    Nobody,
    /// The developer in the portal, of a new client or of one as it is now. What only the administrator decides is as for the
    /// client itself, but which of the scopes of people and APIs it asks for is the developer's.
    Developer(Option<&'a Client>),
}

impl<'a> Authority<'a> {
    const fn is_administrator(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// Whether what it may send is not measured by what the client was: the administrator decides, and what is a privilege is
    /// refused to strangers by its name.
    const fn is_bound_by_nothing_before(self) -> bool {
        matches!(self, Self::Administrator | Self::Document | Self::Nobody)
    }

    /// The client that keeps what only the administrator decides.
    const fn before(self) -> Option<&'a Client> {
        match self {
            Self::Administrator | Self::Document | Self::Nobody => None,
            Self::Client(before) => Some(before),
            Self::Developer(before) => before,
        }
    }
}

/// What a deployment offers.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The APIs, whose scopes can be asked for.
    pub apis: &'a [Api],
    /// The claims, some of which have scopes of the deployment's own.
    pub claims: &'a Catalogue,
    /// What can sign ID tokens.
    pub algorithms: &'a [Algorithm],
    /// Where requests of the server may go.
    pub outbound: &'a Outbound,
}

impl Metadata {
    /// Reads a request. Members that are not known are ignored (RFC 7591 section 2), and so is `null`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(
        members: &Map<String, Value>,
        offer: Offer<'_>,
        authority: Authority<'_>,
    ) -> Result<Self, Unregistrable> {
        let reader = Reader::new(members, offer);
        if RESPONSE_ONLY.iter().any(|name| members.contains_key(*name)) {
            return Err(Unregistrable {
                code: "invalid_request",
                description: "members that the server alone decides must not be sent",
            });
        }
        if matches!(authority, Authority::Document | Authority::Nobody) {
            reader.refuse_privileges(authority)?;
        }
        let registration = reader.registration(authority)?;
        let client_id = reader.text("client_id")?.map(ClientId::parse);
        let client_id = match client_id {
            Some(None) => return Err(Unregistrable::metadata("client_id must be printable ASCII without spaces")),
            Some(Some(id)) => Some(id),
            None => None,
        };
        let metadata = Self {
            client_secret: reader.secret(&registration)?,
            rotate_secret: reader.rotation(&registration)?,
            rotate_access: reader.flag("rotate_registration_access_token")?.unwrap_or_default(),
            verified: reader.verified(authority)?,
            published: reader.flag("published")?,
            registration,
            client_id,
        };
        if !authority.is_administrator() && metadata.rotate_secret.is_some() {
            return Err(Unregistrable::metadata("only the administrator may rotate the secret"));
        }
        Ok(metadata)
    }
}

impl Registration {
    /// The address of the document that has to list the redirect URIs, unless `before` had the same one and has no fewer of
    /// them: what was good then is not asked for again.
    #[must_use]
    pub fn sector_to_check(&self, before: Option<&Client>) -> Option<&str> {
        let address = self.subjects.sector_identifier_uri.as_deref()?;
        let checked = before.is_some_and(|before| {
            before.subjects.sector_identifier_uri.as_deref() == Some(address)
                && self.redirect_uris.iter().all(|uri| before.redirect_uris.contains(uri))
        });
        (!checked).then_some(address)
    }

    /// The client that is registered so.
    #[must_use]
    pub fn into_client(
        self,
        id: ClientId,
        registered_at: UnixTime,
        voucher: Voucher,
        secrets: Vec<SecretDigest>,
    ) -> Client {
        Client {
            id,
            // The registry gives the version.
            version: ClientVersion(0),
            registered_at,
            voucher,
            is_unused: voucher == Voucher::Nobody,
            self_registered: voucher == Voucher::Nobody,
            owner: None,
            name: self.name,
            site: self.site,
            presentation: self.presentation,
            redirect_uris: self.redirect_uris,
            authentication: self.authentication,
            assertions: self.assertions,
            secrets,
            grant_types: self.grant_types,
            scopes: self.scopes,
            optional_scopes: self.optional_scopes,
            require_pkce: self.require_pkce,
            rotates_refresh_tokens: self.rotates_refresh_tokens,
            id_token_algorithm: self.id_token_algorithm,
            access_token_lifetime: self.access_token_lifetime,
            access_token_format: self.access_token_format,
            subjects: self.subjects,
            logout: self.logout,
            default_max_age: self.default_max_age,
            require_auth_time: self.require_auth_time,
            revoked_before: None,
        }
    }
}

/// The secrets of a client after `new` has come in at `now`: it is the first one, and those before it end within
/// `overlap`, at once without one.
#[must_use]
pub fn rotated(
    before: &[SecretDigest],
    new: SecretDigest,
    overlap: Option<Seconds>,
    now: UnixTime,
) -> Vec<SecretDigest> {
    let ends_at = now.plus(overlap.unwrap_or(Seconds::new(0)));
    let older = before.iter().cloned().map(|mut secret| {
        secret.expires_at = Some(secret.expires_at.map_or(ends_at, |expires_at| expires_at.min(ends_at)));
        secret
    });
    let living = older.filter(|secret| secret.expires_at.is_some_and(|expires_at| now < expires_at));
    std::iter::once(new).chain(living).take(MOST_SECRETS).collect()
}
