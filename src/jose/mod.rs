//! JSON Object Signing and Encryption: keys, key sets, and compact signatures.
//!
//! jwt-compact reads tokens and stays hidden behind the types of this module; what has to be computed
//! with a private key is computed by the platform (`docs/decisions/0002-jwt-compact-parses-webcrypto-signs.md`).

pub mod algorithm;
pub mod jwk;
pub mod jws;
mod key_problem;
pub mod key_set;
pub mod keyring;
mod material;

pub use algorithm::Algorithm;
pub use jwk::{PublicKey, SigningKey};
pub use jws::NotVerified;
pub use key_problem::KeyProblem;
pub use key_set::KeySet;
pub use keyring::Keyring;
