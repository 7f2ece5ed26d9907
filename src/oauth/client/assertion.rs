//! What a client's assertion must say (`private_key_jwt`: RFC 7523 section 3, OpenID Connect Core section 9).

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::model::Client;
use super::settings::AssertionAudience;
use crate::base::{AssertionKey, UnixTime};
use crate::jose::jws::VerifiedJws;
use crate::lifetimes;

/// The only `client_assertion_type` (RFC 7523 section 2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Types that an assertion may say it is of: none, the general one, and its own (draft-ietf-oauth-rfc7523bis section 3).
/// Tokens of other kinds, which a client may have signed for somebody else, are none.
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// The claims that are read besides the times.
#[derive(Debug, Deserialize)]
pub struct AssertionClaims {
    iss: String,
    sub: String,
    /// One text: an assertion that names several servers is good for the first of them that receives it.
    aud: String,
    jti: String,
}

/// A good assertion, which can be used once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Assertion {
    /// What it is remembered by.
    pub key: AssertionKey,
    pub expires_at: UnixTime,
}

/// Whether a token may be an assertion by the type that it says it is of.
#[must_use]
pub fn may_be_of_type(typ: Option<&str>) -> bool {
    typ.is_none_or(|typ| TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known)))
}

/// Judges an assertion whose signature is the client's. `token_endpoints` are the addresses of the token endpoint.
///
/// # Errors
/// What is wrong, for the log.
pub fn judge(
    jws: &VerifiedJws<AssertionClaims>,
    client: &Client,
    issuer: &str,
    token_endpoints: &[String],
    now: UnixTime,
) -> Result<Assertion, &'static str> {
    let claims = &jws.claims;
    if claims.iss != client.id.as_str() || claims.sub != client.id.as_str() {
        return Err("the assertion is not of the client about itself");
    }
    let older = client.registration.assertions.audience == AssertionAudience::TokenEndpoint;
    if claims.aud != issuer && !(older && token_endpoints.contains(&claims.aud)) {
        return Err("the assertion is meant for another server");
    }
    let expires_at = jws.expires_at.ok_or("the assertion has no exp")?;
    let left = expires_at.since(now);
    if left <= 0 {
        return Err("the assertion has expired");
    }
    if left > i64::from(lifetimes::LONGEST_ASSERTION.plus(lifetimes::CLIENT_AHEAD).get()) {
        return Err("the assertion expires too late");
    }
    let ahead =
        |time: Option<UnixTime>| time.is_some_and(|time| time.since(now) > i64::from(lifetimes::CLIENT_AHEAD.get()));
    if ahead(jws.not_before) || ahead(jws.issued_at) {
        return Err("the assertion is of the future");
    }
    if claims.jti.is_empty() {
        return Err("the assertion has an empty jti");
    }
    Ok(Assertion { key: key(client, &claims.jti), expires_at })
}

fn key(client: &Client, jti: &str) -> AssertionKey {
    let digest = Sha256::new().chain_update(Sha256::digest(client.id.as_str())).chain_update(jti).finalize();
    let bytes: [u8; 32] = digest.into();
    AssertionKey::from_bytes(bytes.first_chunk().copied().unwrap_or_default())
}
