//! A password as the account keeps it.

use serde::{Deserialize, Serialize};

use crate::sign_in::password::{PasswordParameters, Verifier};
use crate::store::sql::Value;

/// A password as the account keeps it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Credential {
    /// How the password was hashed.
    pub parameters: PasswordParameters,
    /// The SHA-256 of the hash.
    pub verifier: Verifier,
}

impl Credential {
    /// The columns `password` and `verifier`.
    pub(super) fn columns(credential: Option<Self>) -> (Value, Value) {
        credential
            .map_or((Value::Null, Value::Null), |credential| (credential.parameters.into(), credential.verifier.into()))
    }
}
