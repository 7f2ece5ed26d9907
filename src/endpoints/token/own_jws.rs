//! Compact signatures of our own that come back.

use serde::de::DeserializeOwned;

use crate::endpoints::App;
use crate::jose::jws::{UnverifiedJws, VerifiedJws};
use crate::platform::{Fault, Platform};

/// Reads and verifies a token of ours that is of the type `typ`: what the same keys sign for another purpose does not pass
/// for it (RFC 8725 section 3.11). Its times are left to the caller.
///
/// # Errors
/// [`Fault`] when the platform fails; inside, why it is not one.
pub async fn verified<C: DeserializeOwned, P: Platform>(
    app: &App<'_, P>,
    token: &str,
    typ: &str,
) -> Result<Result<VerifiedJws<C>, String>, Fault> {
    let jws = match UnverifiedJws::parse(token) {
        Ok(jws) => jws,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let Some(key) = jws.kid().and_then(|kid| app.config.keyring.find(kid)) else {
        return Ok(Err("the token names no key of ours".to_owned()));
    };
    if let Err(error) = jws.agrees(key.algorithm(), typ) {
        return Ok(Err(error.to_string()));
    }
    let good = app.platform.verify(key, jws.signing_input(), jws.signature()).await?;
    Ok(jws.verified(good).map_err(|error| error.to_string()))
}
