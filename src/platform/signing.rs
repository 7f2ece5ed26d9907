//! Signing with a key of ours.

use serde::Serialize;

use super::{Fault, Platform};
use crate::jose::SigningKey;
use crate::jose::jws::SigningInput;

/// A JWS of `claims` (RFC 7515 section 7.1), signed with `key`.
///
/// # Errors
/// When the claims cannot be written, or the platform fails.
pub async fn sign_jws<P: Platform>(
    platform: &P,
    key: &SigningKey,
    typ: &str,
    claims: &impl Serialize,
) -> Result<String, Fault> {
    let input = SigningInput::new(key, typ, claims).map_err(|error| Fault::Malformed(error.to_string()))?;
    let signature = platform.sign(key, input.as_bytes()).await?;
    Ok(input.signed(&signature))
}
