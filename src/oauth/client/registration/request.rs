//! A registration request (RFC 7591 section 2, RFC 7592 section 2.2), read strictly.

use serde_json::{Map, Value};

use super::authority::{Authority, RegistrationOffer};
use super::members::{DecidedBy, MEMBERS, Registration};
use super::reader::{MemberReader, seconds};
use super::unregistrable::Unregistrable;
use crate::base::{Seconds, Secret};
use crate::lifetimes;
use crate::oauth::client::authentication::AuthenticationMethod;
use crate::oauth::client::grant_type::GrantType;
use crate::oauth::client::id::ClientId;
use crate::oauth::client::model::{Client, Voucher};
use crate::oauth::client::settings::SubjectType;
use crate::oauth::person::pairwise;
use crate::oauth::person::subject::Subject;

/// The lengths of secrets that an administrator may bring along, in characters.
const SECRET_LENGTHS: std::ops::RangeInclusive<usize> = 32..=256;

const NO_SECRET: Unregistrable =
    Unregistrable::metadata("a client that does not authenticate with a secret cannot have one");

/// Members that ask for answers, or promise requests, of a kind that does not exist here. A client that registers one relies on
/// it: ignoring it would answer with less protection than was asked for.
const ENCRYPTED_OR_SIGNED: [&str; 16] = [
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "authorization_signed_response_alg",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
    "introspection_signed_response_alg",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "request_object_signing_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "software_statement",
    "backchannel_token_delivery_mode",
];

/// The same, for members that ask with `true`.
const DEMANDED: [&str; 4] = [
    "dpop_bound_access_tokens",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "tls_client_certificate_bound_access_tokens",
];

/// Members of requests that are no part of the registration and are the administrator's alone, like those of [`MEMBERS`] that the
/// administrator decides: they give a client more than it needs to sign users in, or make this server fetch something while a
/// stranger waits.
const PRIVILEGES: [&str; 6] =
    ["client_id", "client_secret", "owner", "rotate_client_secret", "rotate_registration_access_token", "verified"];

/// Members of the response that a request must not have (RFC 7592 section 2.2).
pub const RESPONSE_ONLY: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

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
    /// `published` as it was sent: `false` declines what its developer asked for.
    pub published: Option<bool>,
    /// `owner`, a member of our own: whose the client is in the developer portal from now on.
    pub owner: Ownership,
}

/// Whose a client is in the developer portal after a request.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Ownership {
    /// The request says nothing of it.
    #[default]
    Kept,
    /// No developer's.
    Nobody,
    Developer(Subject),
}

impl Ownership {
    /// The owner after the request, who was `before` until then.
    #[must_use]
    pub fn after(&self, before: Option<&str>) -> Option<String> {
        match self {
            Self::Kept => before.map(str::to_owned),
            Self::Nobody => None,
            Self::Developer(subject) => Some(subject.as_str().to_owned()),
        }
    }
}

impl Metadata {
    /// Reads a request. Members that are not known are ignored (RFC 7591 section 2), and so is `null`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(
        members: &Map<String, Value>,
        offer: RegistrationOffer<'_>,
        authority: Authority<'_>,
    ) -> Result<Self, Unregistrable> {
        let reader = MemberReader::new(members, offer);
        if let Some(name) = RESPONSE_ONLY.into_iter().find(|name| members.contains_key(*name)) {
            return Err(Unregistrable {
                code: "invalid_request",
                member: Some(name),
                description: "the request must not have this member, which only responses have",
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
            owner: reader.owner(authority)?,
            registration,
            client_id,
        };
        if !authority.is_administrator() && metadata.rotate_secret.is_some() {
            return Err(
                Unregistrable::metadata("only an administrator can rotate the secret").of("rotate_client_secret")
            );
        }
        Ok(metadata)
    }
}

impl Registration {
    /// `OpenID` Connect Core section 8.1: "If there are multiple hostnames in the registered `redirect_uris`, the Client
    /// MUST register a `sector_identifier_uri`." Nor may a client move into another's sector: its refresh tokens would tell
    /// it how users are known there.
    pub(super) fn has_its_sector(&self, authority: Authority<'_>) -> Result<(), Unregistrable> {
        if self.subjects.kind == SubjectType::Public {
            return Ok(());
        }
        let sector = pairwise::sector(&self.subjects, &self.redirect_uris);
        match authority.before() {
            _ if sector.is_none() => Err(Unregistrable::metadata(
                "pairwise subjects require sector_identifier_uri, unless all redirect URIs are https on one host",
            )
            .of("subject_type")),
            Some(Client { registration: before, .. })
                if sector != pairwise::sector(&before.subjects, &before.redirect_uris) =>
            {
                Err(Unregistrable::metadata("only an administrator can move a client to another sector")
                    .of("redirect_uris"))
            }
            _ => Ok(()),
        }
    }
}

impl MemberReader<'_> {
    fn registration(&self, authority: Authority<'_>) -> Result<Registration, Unregistrable> {
        self.refuse_unsupported()?;
        let authentication = self.authentication(authority)?;
        let public = authentication == AuthenticationMethod::None;
        let grant_types = self.grant_types(public, authority)?;
        let signs_in = grant_types.contains(&GrantType::AuthorizationCode);
        self.response_types(signs_in, authority)?;
        let scopes = self.scopes(&grant_types, authority)?;
        let registration = Registration {
            name: self.name()?,
            site: self.web_address("client_uri")?,
            presentation: self.presentation(signs_in, authority)?,
            redirect_uris: self.redirect_uris(signs_in)?,
            authentication,
            assertions: self.assertions(authentication, authority)?,
            optional_scopes: self.optional_scopes(&scopes, authority)?,
            scopes,
            grant_types,
            require_pkce: self
                .granted(authority, "require_pkce", Self::flag, |client| Some(client.registration.require_pkce))?
                .unwrap_or(true),
            rotates_refresh_tokens: self
                .granted(authority, "rotate_refresh_tokens", Self::flag, |client| {
                    Some(client.registration.rotates_refresh_tokens)
                })?
                .unwrap_or(public),
            id_token_algorithm: self.id_token_algorithm(self.offer.algorithms)?,
            access_token_lifetime: self.granted(authority, "access_token_lifetime", Self::lifetime, |client| {
                client.registration.access_token_lifetime
            })?,
            access_token_format: self
                .granted(authority, "access_token_format", Self::access_token_format, |client| {
                    Some(client.registration.access_token_format)
                })?
                .unwrap_or_default(),
            subjects: self.subjects(authority)?,
            logout: self.logout()?,
            default_max_age: self.max_age()?,
            require_auth_time: self.flag("require_auth_time")?.unwrap_or_default(),
        };
        registration.has_its_sector(authority)?;
        if public && !registration.require_pkce {
            return Err(Unregistrable::metadata("require_pkce of a public client must be true"));
        }
        if public && !registration.rotates_refresh_tokens {
            return Err(Unregistrable::metadata("rotate_refresh_tokens of a public client must be true"));
        }
        Ok(registration)
    }

    fn refuse_unsupported(&self) -> Result<(), Unregistrable> {
        let problem = Unregistrable::metadata("this server does not support this member");
        if let Some(name) = ENCRYPTED_OR_SIGNED.into_iter().find(|name| self.value(name).is_some()) {
            return Err(problem.of(name));
        }
        for name in DEMANDED {
            if self.flag(name)? == Some(true) {
                return Err(problem.of(name));
            }
        }
        Ok(())
    }

    fn refuse_privileges(&self, authority: Authority<'_>) -> Result<(), Unregistrable> {
        // A document has to name its client, by the address where it is.
        let is_named = |name: &str| name == "client_id" && matches!(authority, Authority::Document);
        let decided = MEMBERS.iter().filter(|member| member.decided_by == DecidedBy::Administrator);
        let mut privileges = PRIVILEGES.into_iter().chain(decided.map(|member| member.name));
        match privileges.find(|name| self.value(name).is_some() && !is_named(name)) {
            None => Ok(()),
            Some(name) => {
                Err(Unregistrable::metadata("a client that registers itself must not send this member").of(name))
            }
        }
    }

    /// `verified`, which a client may repeat.
    fn verified(&self, authority: Authority<'_>) -> Result<Option<bool>, Unregistrable> {
        let kept = |client: &Client| Some(client.voucher == Voucher::Administrator);
        let sent = self.granted(authority, "verified", Self::flag, kept)?;
        Ok(sent.filter(|_| authority.is_administrator()))
    }

    /// `owner`, which a client may repeat.
    fn owner(&self, authority: Authority<'_>) -> Result<Ownership, Unregistrable> {
        let kept = |client: &Client| client.owner.as_deref().and_then(Subject::parse).map(Ownership::Developer);
        let sent = self.granted(authority, "owner", Self::ownership, kept)?;
        Ok(sent.filter(|_| authority.is_administrator()).unwrap_or_default())
    }

    fn ownership(&self, name: &'static str) -> Result<Option<Ownership>, Unregistrable> {
        let problem = Unregistrable::metadata("must be the sub of a user, or empty").of(name);
        let parse = |text: &str| match text {
            "" => Ok(Ownership::Nobody),
            sub => Subject::parse(sub).map(Ownership::Developer).ok_or(problem),
        };
        self.text(name)?.map(parse).transpose()
    }

    fn secret(&self, registration: &Registration) -> Result<Option<Secret<String>>, Unregistrable> {
        let Some(text) = self.text("client_secret")? else {
            return Ok(None);
        };
        if !registration.authentication.has_secret() {
            return Err(NO_SECRET.of("client_secret"));
        }
        if !SECRET_LENGTHS.contains(&text.len()) || !text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
            return Err(Unregistrable::metadata("client_secret must have 32 to 256 printable ASCII characters"));
        }
        Ok(Some(Secret::new(text.to_owned())))
    }

    fn rotation(&self, registration: &Registration) -> Result<Option<Seconds>, Unregistrable> {
        let Some(value) = self.value("rotate_client_secret") else {
            return Ok(None);
        };
        if !registration.authentication.has_secret() {
            return Err(NO_SECRET.of("rotate_client_secret"));
        }
        let overlap =
            value.get("overlap_seconds").and_then(|value| seconds(value, 0..=lifetimes::LONGEST_SECRET_OVERLAP.get()));
        overlap.map(Some).ok_or(Unregistrable::metadata(
            "rotate_client_secret must be an object with overlap_seconds between 0 and 2592000",
        ))
    }
}
