//! What can be wrong with a key.

use super::algorithm::KINDS;

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyProblem {
    /// `alg` is missing where the key alone does not decide it, or names what the key cannot do.
    #[error("each key must have an alg that fits it")]
    Algorithm,
    /// `kid` is not the key's thumbprint (RFC 7638).
    #[error("the kid of each key must be its RFC 7638 thumbprint")]
    Kid,
    /// A private key is needed.
    #[error("each key must be a private key")]
    NotPrivate,
    /// Not a JWK of a kind that can sign.
    #[error("must be a JWK Set of {KINDS} keys")]
    Syntax,
    /// `use` is not `sig`.
    #[error("the use of each key must be sig")]
    Use,
    /// The RSA modulus is shorter than 2048 bits.
    #[error("RSA keys must have at least 2048 bits")]
    Weak,
}
