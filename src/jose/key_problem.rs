//! What can be wrong with a key.

use super::algorithm::KINDS;

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyProblem {
    /// `alg` is missing where the key alone does not decide it, or names what the key cannot do.
    #[error("a key's alg is missing or does not fit the key")]
    Algorithm,
    /// `kid` is not the key's thumbprint (RFC 7638).
    #[error("a key's kid is not its RFC 7638 thumbprint")]
    Kid,
    /// A private key is needed.
    #[error("a key has no private part")]
    NotPrivate,
    /// Not a JWK of a kind that can sign.
    #[error("is not a JWK Set of {KINDS} keys")]
    Syntax,
    /// `use` is not `sig`.
    #[error("a key's use is not sig")]
    Use,
    /// The RSA modulus is shorter than 2048 bits.
    #[error("an RSA key is shorter than 2048 bits")]
    Weak,
}
