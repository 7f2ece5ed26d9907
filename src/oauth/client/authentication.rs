//! How a client authenticates (RFC 7591 section 2), and its secrets.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::base::encoding::base64url;
use crate::base::{Seconds, Secret, UnixTime, named};

/// The most secrets of one client: the current one, and older ones that are being replaced.
const MOST_SECRETS: usize = 3;

named! {
    /// How a client proves who it is at our endpoints: one way for each client (RFC 7591 section 2).
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub enum AuthenticationMethod {
        /// Not at all: a public client (RFC 6749 section 2.1).
        None = "none",
        /// Its secret in the Authorization header (RFC 6749 section 2.3.1).
        SecretBasic = "client_secret_basic",
        /// Its secret in the body (RFC 6749 section 2.3.1).
        SecretPost = "client_secret_post",
        /// An assertion signed with its private key (OpenID Connect Core section 9, RFC 7523 section 2.2).
        PrivateKeyJwt = "private_key_jwt",
    }
}

impl AuthenticationMethod {
    /// Whether it takes a secret that both sides know.
    #[must_use]
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::SecretBasic | Self::SecretPost)
    }
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
