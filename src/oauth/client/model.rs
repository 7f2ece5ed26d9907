//! Clients (RFC 6749 section 2).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::presentation::{Picture, Presentation};
use super::redirect_uri::RedirectUri;
use super::settings::{AccessTokenFormat, Assertions, LogoutSettings, Subjects};
use crate::base::encoding::{base64url, from_base64url_exact};
use crate::base::{Seconds, Secret, UnixTime};
use crate::jose::Algorithm;
use crate::oauth::scope::Scopes;

/// A client identifier (RFC 6749 section 2.2): unique, not a secret, and never chosen to look like a `sub`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ClientId(pub(super) String);

/// The longest client identifier that is accepted, in bytes: metadata documents are named by their URL.
pub const MAX_CLIENT_ID: usize = 512;

impl ClientId {
    /// Printable ASCII without spaces, at most [`MAX_CLIENT_ID`] bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let legal = !text.is_empty() && text.len() <= MAX_CLIENT_ID && text.bytes().all(|byte| byte.is_ascii_graphic());
        legal.then(|| Self(text.to_owned()))
    }

    /// The identifier as the client sends it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The short form of fixed size under which an account's tables know the client.
    #[must_use]
    pub fn key(&self) -> ClientKey {
        let digest: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        let [key @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
        ClientKey(key)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for ClientId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).ok_or_else(|| de::Error::custom("malformed client identifier"))
    }
}

/// The first 16 bytes of the SHA-256 of a client identifier: a key of fixed size whatever the identifier's length.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ClientKey([u8; 16]);

impl ClientKey {
    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From bytes that a table holds.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl Serialize for ClientKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(&self.0))
    }
}

impl<'de> Deserialize<'de> for ClientKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_base64url_exact(&text).map(Self).ok_or_else(|| de::Error::custom("malformed client key"))
    }
}

/// What people recognise a client by: a digest of its name, its site, its logo and the places it returns to. A consent is given to
/// a face and does not pass to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Face([u8; 16]);

impl Face {
    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From bytes that a table holds.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl Serialize for Face {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(&self.0))
    }
}

impl<'de> Deserialize<'de> for Face {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_base64url_exact(&text).map(Self).ok_or_else(|| de::Error::custom("malformed face"))
    }
}

/// Counts the changes of a client's registration. What was issued under a version never meets an older record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ClientVersion(pub u32);

/// How a client proves who it is at our endpoints: one way for each client (RFC 7591 section 2).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum AuthenticationMethod {
    /// Not at all: a public client (RFC 6749 section 2.1).
    #[serde(rename = "none")]
    None,
    /// Its secret in the Authorization header (RFC 6749 section 2.3.1).
    #[serde(rename = "client_secret_basic")]
    SecretBasic,
    /// Its secret in the body (RFC 6749 section 2.3.1).
    #[serde(rename = "client_secret_post")]
    SecretPost,
    /// An assertion signed with its private key (OpenID Connect Core section 9, RFC 7523 section 2.2).
    #[serde(rename = "private_key_jwt")]
    PrivateKeyJwt,
}

impl AuthenticationMethod {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::SecretBasic, Self::SecretPost, Self::PrivateKeyJwt];

    /// Whether it takes a secret that both sides know.
    #[must_use]
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::SecretBasic | Self::SecretPost)
    }
}

/// A grant type that a client may use (RFC 7591 section 2).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 section 4.1.
    AuthorizationCode,
    /// RFC 6749 section 4.4.
    ClientCredentials,
    /// RFC 6749 section 6.
    RefreshToken,
}

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

/// The SHA-256 of a client secret. Generated secrets have 256 random bits and imported ones at least 32 characters, so a
/// slow hash would add nothing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SecretDigest {
    digest: String,
    /// Until when an older secret is good while the new one is being rolled out; `None` is for good.
    pub expires_at: Option<UnixTime>,
}

impl SecretDigest {
    /// Of a secret that is good until `expires_at`.
    #[must_use]
    pub fn of(secret: &Secret<String>, expires_at: Option<UnixTime>) -> Self {
        Self { digest: base64url(&Sha256::digest(secret.expose().as_bytes())), expires_at }
    }

    /// Whether `secret` is it and still good.
    #[must_use]
    pub fn is_of(&self, secret: &Secret<String>, now: UnixTime) -> bool {
        let presented = Self::of(secret, None);
        let same: bool = presented.digest.as_bytes().ct_eq(self.digest.as_bytes()).into();
        same && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

/// A registered client.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Client {
    /// Its identifier.
    pub id: ClientId,
    /// How often it was changed.
    pub version: ClientVersion,
    /// When it was registered (RFC 7591 section 3.2.1, `client_id_issued_at`).
    pub registered_at: UnixTime,
    /// Who vouches for it.
    pub voucher: Voucher,
    /// Whether it registered itself and no code of it was redeemed yet: such a client is deleted after a day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unused: bool,
    /// Whether it registered itself, whoever vouches for it today.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub self_registered: bool,
    /// The `sub` of the developer who registered it in the portal, and alone manages it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What people know it by (`client_name`).
    pub name: String,
    /// Its site (`client_uri`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// What else people are shown of it.
    #[serde(default)]
    pub presentation: Presentation,
    /// Where answers may be sent.
    pub redirect_uris: Vec<RedirectUri>,
    /// How it proves who it is.
    pub authentication: AuthenticationMethod,
    /// How its assertions are judged.
    #[serde(default)]
    pub assertions: Assertions,
    /// Its secrets, the newest first.
    pub secrets: Vec<SecretDigest>,
    /// What it may use at the token endpoint.
    pub grant_types: Vec<GrantType>,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Which of that a person can decline and allow the rest (`optional_scope`).
    #[serde(default, skip_serializing_if = "Scopes::is_empty")]
    pub optional_scopes: Scopes,
    /// Whether it must use PKCE; public clients always must.
    pub require_pkce: bool,
    /// Whether each use of a refresh token issues a new one.
    pub rotates_refresh_tokens: bool,
    /// What signs its ID tokens (`id_token_signed_response_alg`).
    pub id_token_algorithm: Algorithm,
    /// How long its access tokens live, where that differs from the API's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<Seconds>,
    /// What its access tokens look like.
    #[serde(default)]
    pub access_token_format: AccessTokenFormat,
    /// How people are named to it.
    #[serde(default)]
    pub subjects: Subjects,
    /// What happens when a person signs out.
    #[serde(default)]
    pub logout: LogoutSettings,
    /// How old an authentication may be unless the request says otherwise (`default_max_age`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<Seconds>,
    /// Whether its ID tokens must have `auth_time` (`require_auth_time`).
    #[serde(default)]
    pub require_auth_time: bool,
    /// Families founded and consents given before this moment are dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_before: Option<UnixTime>,
}

impl Client {
    /// Whether it cannot keep a secret (RFC 6749 section 2.1).
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.authentication, AuthenticationMethod::None)
    }

    /// Whether it may use `grant_type`.
    #[must_use]
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }

    /// What people recognise it by.
    #[must_use]
    pub fn face(&self) -> Face {
        let mut places: Vec<&str> = self.redirect_uris.iter().map(RedirectUri::place).collect();
        places.sort_unstable();
        places.dedup();
        let mut digest = Sha256::new();
        // Without a logo, nothing stands for it: what was allowed before there were logos stays allowed.
        let logo = self.presentation.logo.as_ref().map(Picture::as_str);
        for part in [self.name.as_str(), self.site.as_deref().unwrap_or_default()].into_iter().chain(places).chain(logo)
        {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        let digest: [u8; 32] = digest.finalize().into();
        Face(digest.first_chunk().copied().unwrap_or_default())
    }

    /// Who vouches for it when the administrator does not.
    #[must_use]
    pub const fn voucher_of_others(&self) -> Voucher {
        if self.self_registered { Voucher::Nobody } else { Voucher::Developer }
    }

    /// Who vouches for this client when it became what it is without the administrator, and was `before`: what was looked at
    /// was its face.
    fn voucher_after(&self, before: &Self) -> Voucher {
        match before.voucher {
            Voucher::Administrator if self.face() != before.face() => before.voucher_of_others(),
            voucher => voucher,
        }
    }

    /// This client when it became what it is without the administrator, and was `before`: what was looked at vouches for it
    /// no more, and where publication takes an approval, what would be listed otherwise waits for one again.
    #[must_use]
    pub fn reviewed_again(mut self, before: &Self, takes_approval: bool) -> Self {
        self.voucher = self.voucher_after(before);
        if takes_approval && self.presentation.published && self.is_listed_otherwise_than(before) {
            self.presentation.published = false;
            self.presentation.publication_requested = true;
        }
        self
    }

    /// Whether the catalogue would show it otherwise than `before`.
    fn is_listed_otherwise_than(&self, before: &Self) -> bool {
        let listed = |client: &Self| {
            let Presentation { description, logo, .. } = client.presentation.clone();
            (client.name.clone(), client.site.clone(), description, logo)
        };
        listed(self) != listed(before)
    }

    /// Whether what came about at `time` was meant for this client, and not for one of the same identifier that was deleted.
    #[must_use]
    pub fn was_registered_at(&self, time: UnixTime) -> bool {
        self.revoked_before.is_none_or(|revoked_before| time >= revoked_before)
    }

    /// The registered redirect URI that `sent` is.
    #[must_use]
    pub fn redirect_uri(&self, sent: &str) -> Option<&RedirectUri> {
        self.redirect_uris.iter().find(|registered| registered.matches(sent))
    }
}
