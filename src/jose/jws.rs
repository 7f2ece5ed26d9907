//! Compact signatures (RFC 7515 section 7.1). The platform signs and verifies them.

use jwt_compact::UntrustedToken;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::algorithm::Algorithm;
use super::jwk::SigningKey;
use crate::base::UnixTime;
use crate::base::encoding::base64url;

/// The longest token that is read, in characters.
pub const MAX_LENGTH: usize = 16_384;

/// A header and claims, ready to be signed with the key that the header names.
#[derive(Debug)]
pub struct SigningInput(String);

#[derive(Serialize)]
struct Header<'a> {
    alg: Algorithm,
    kid: &'a str,
    typ: &'a str,
}

impl SigningInput {
    /// The claims under a header for `key`, with the type `typ` (RFC 8725 section 3.11).
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub fn new(key: &SigningKey, typ: &str, claims: &impl Serialize) -> Result<Self, serde_json::Error> {
        let header = serde_json::to_vec(&Header { alg: key.algorithm(), kid: key.kid(), typ })?;
        let claims = serde_json::to_vec(claims)?;
        Ok(Self([base64url(&header), base64url(&claims)].join(".")))
    }

    /// What is signed (RFC 7515 section 5.1).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The token with its signature.
    #[must_use]
    pub fn signed(self, signature: &[u8]) -> String {
        [self.0.as_str(), base64url(signature).as_str()].join(".")
    }
}

/// A token whose signature has not been verified.
#[derive(Debug)]
pub struct UnverifiedJws<'a> {
    token: UntrustedToken<'a, Extensions>,
    signing_input: &'a str,
}

/// A token whose signature is valid. The reader checks its times.
#[derive(Debug)]
pub struct VerifiedJws<T> {
    /// `exp` (RFC 7519 section 4.1.4).
    pub expires_at: Option<UnixTime>,
    /// `nbf` (RFC 7519 section 4.1.5).
    pub not_before: Option<UnixTime>,
    /// `iat` (RFC 7519 section 4.1.6).
    pub issued_at: Option<UnixTime>,
    /// All other claims.
    pub claims: T,
}

/// Header members that change what a signature means.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Extensions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<serde_json::Value>,
}

/// Why a token was not believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotVerified {
    /// The header's `alg` is not the key's.
    #[error("the token's algorithm is not the key's")]
    Algorithm,
    /// The claims are not what is expected of this kind of token.
    #[error("the token's claims are malformed")]
    Claims,
    /// The header has `crit`, and no extension is understood here (RFC 7515 section 4.1.11).
    #[error("the token demands an extension")]
    Critical,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    Signature,
    /// Not a compact JWS.
    #[error("not a compact JWS")]
    Syntax,
    /// The header's `typ` is another.
    #[error("the token is of another type")]
    Type,
}

impl<'a> UnverifiedJws<'a> {
    /// Reads a compact JWS.
    ///
    /// # Errors
    /// [`NotVerified::Syntax`], [`NotVerified::Critical`].
    pub fn parse(text: &'a str) -> Result<Self, NotVerified> {
        if text.len() > MAX_LENGTH {
            return Err(NotVerified::Syntax);
        }
        let (signing_input, _) = text.rsplit_once('.').ok_or(NotVerified::Syntax)?;
        let token = UntrustedToken::<Extensions>::try_from(text).map_err(|_| NotVerified::Syntax)?;
        if token.header().other_fields.crit.is_some() {
            return Err(NotVerified::Critical);
        }
        Ok(Self { token, signing_input })
    }

    /// The name of the key that it says it was signed with.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.token.header().key_id.as_deref()
    }

    #[must_use]
    pub const fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.token.signature_bytes()
    }

    /// The type of token that it says it is (RFC 7515 section 4.1.9).
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.token.header().token_type.as_deref()
    }

    /// The header must agree with the algorithm that the key decided (RFC 8725 section 3.1).
    ///
    /// # Errors
    /// [`NotVerified::Algorithm`].
    pub fn agrees_with_key(&self, algorithm: Algorithm) -> Result<(), NotVerified> {
        if algorithm.is_named(self.token.algorithm()) { Ok(()) } else { Err(NotVerified::Algorithm) }
    }

    /// The header must agree with what the key decided and with the type of token expected.
    ///
    /// # Errors
    /// [`NotVerified::Algorithm`], [`NotVerified::Type`].
    pub fn agrees(&self, algorithm: Algorithm, typ: &str) -> Result<(), NotVerified> {
        self.agrees_with_key(algorithm)?;
        if self.typ().is_some_and(|named| named.eq_ignore_ascii_case(typ)) { Ok(()) } else { Err(NotVerified::Type) }
    }

    /// The unverified `sub`. Use it only to find the keys that verify the signature.
    #[must_use]
    pub fn unproven_subject(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Subject {
            sub: String,
        }
        self.token.deserialize_claims_unchecked::<Subject>().ok().map(|claims| claims.custom.sub)
    }

    /// The claims, once `good` says that the signature over [`Self::signing_input`] is the key's.
    ///
    /// # Errors
    /// [`NotVerified::Signature`], [`NotVerified::Claims`].
    pub fn verified<T: DeserializeOwned>(&self, good: bool) -> Result<VerifiedJws<T>, NotVerified> {
        if !good {
            return Err(NotVerified::Signature);
        }
        let claims = self.token.deserialize_claims_unchecked::<T>().map_err(|_| NotVerified::Claims)?;
        Ok(VerifiedJws {
            expires_at: claims.expiration.map(|time| UnixTime::from_secs(time.timestamp())),
            not_before: claims.not_before.map(|time| UnixTime::from_secs(time.timestamp())),
            issued_at: claims.issued_at.map(|time| UnixTime::from_secs(time.timestamp())),
            claims: claims.custom,
        })
    }
}
