//! Passwords are hashed in the `Hasher` objects: argon2id takes more computing time than every plan gives a Worker for a request.

use crate::base::Secret;
use crate::endpoints::App;
use crate::platform::{Fault, Platform, random};
use crate::sign_in::password::{PasswordParameters, Verifier};
use crate::store::hasher::Hash;

/// Hashes a password in one of the hashers.
///
/// # Errors
/// [`Fault`] when the parameters are unknown, or the hasher does not answer.
pub async fn verifier<P: Platform>(
    app: &App<'_, P>,
    password: &Secret<String>,
    parameters: &PasswordParameters,
) -> Result<Verifier, Fault> {
    let [any] = random(app.platform);
    let verifier =
        app.platform.ask_hasher(any, Hash { password: password.clone(), parameters: parameters.clone() }).await?;
    verifier.map_err(|error| Fault::Crypto(error.to_string()))
}
