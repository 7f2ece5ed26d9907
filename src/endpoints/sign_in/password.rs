//! What an account may know of a password is computed where the deployment says.

use crate::base::Secret;
use crate::config::PasswordHashing;
use crate::endpoints::App;
use crate::platform::{Fault, Platform, random};
use crate::sign_in::password::{PasswordParameters, Verifier};
use crate::store::hasher::Hash;

/// Hashes a password, in this Worker or in one of the hashers.
///
/// # Errors
/// [`Fault`] when the parameters are none of ours, or the hasher does not answer.
pub async fn verifier<P: Platform>(
    app: &App<'_, P>,
    password: &Secret<String>,
    parameters: &PasswordParameters,
) -> Result<Verifier, Fault> {
    let verifier = match app.config.password_hashing {
        PasswordHashing::Worker => Verifier::of(password, parameters),
        PasswordHashing::Object => {
            let [any] = random(app.platform);
            app.platform.ask_hasher(any, Hash { password: password.clone(), parameters: *parameters }).await?
        }
    };
    verifier.map_err(|error| Fault::Crypto(error.to_string()))
}
