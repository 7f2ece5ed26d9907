//! The `Hasher` objects compute the verifiers of passwords and keep nothing. The free plan gives a Worker less computing time than
//! that takes, and an object more.

mod hash;

pub use hash::Hash;

use serde::{Deserialize, Serialize};

use super::sql::SqlFault;
use super::wire::Encoded;
use crate::sign_in::password::Verifier;

/// Everything that a `Hasher` object can be asked.
#[derive(Debug, Deserialize, Serialize)]
pub enum Command {
    /// See [`Hash`].
    Hash(Hash),
}

/// Carries out `command`.
///
/// # Errors
/// When the reply cannot be encoded, which is a defect.
pub fn handle(command: Command) -> Result<Encoded, SqlFault> {
    let Command::Hash(ask) = command;
    Encoded::of::<Hash>(&Verifier::of(&ask.password, &ask.parameters))
}
