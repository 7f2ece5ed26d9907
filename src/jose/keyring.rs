//! The signing keys: which sign, and which are published.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::algorithm::Algorithm;
use super::jwk::{PublicKey, SigningKey};
use super::key_problem::KeyProblem;

/// The keys of this server. A key is published before it first signs and after it last signed, so that no relying party
/// ever meets a signature by a key it could not have fetched.
#[derive(Debug)]
pub struct Keyring {
    current: Vec<SigningKey>,
    published: Vec<PublicKey>,
}

/// A JWK Set (RFC 7517 section 5) as it is published.
#[derive(Debug, Serialize)]
pub struct PublicKeySet<'a> {
    keys: &'a [PublicKey],
}

/// Parses the private JWK Set of one secret.
///
/// # Errors
/// The first thing that is wrong with any of the keys; never a part of the text.
pub fn parse_set(text: &str) -> Result<Vec<SigningKey>, KeyProblem> {
    #[derive(Deserialize)]
    struct Set<'a> {
        #[serde(borrow)]
        keys: Vec<&'a RawValue>,
    }
    let set: Set<'_> = serde_json::from_str(text).map_err(|_| KeyProblem::Syntax)?;
    set.keys.into_iter().map(|key| SigningKey::parse(key.get())).collect()
}

impl Keyring {
    /// `current` sign; `next` and `previous` are only published.
    #[must_use]
    pub fn new(current: Vec<SigningKey>, next: &[SigningKey], previous: &[SigningKey]) -> Self {
        let mut published: Vec<PublicKey> = Vec::new();
        for key in current.iter().chain(next).chain(previous) {
            if published.iter().all(|known| known.kid() != key.kid()) {
                published.push(key.public().clone());
            }
        }
        Self { current, published }
    }

    /// The key that signs with `algorithm` now.
    #[must_use]
    pub fn signing(&self, algorithm: Algorithm) -> Option<&SigningKey> {
        self.current.iter().find(|key| key.algorithm() == algorithm)
    }

    /// All keys that sign now.
    #[must_use]
    pub fn current(&self) -> &[SigningKey] {
        &self.current
    }

    /// The published key named `kid`.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&PublicKey> {
        self.published.iter().find(|key| key.kid() == kid)
    }

    /// What is published.
    #[must_use]
    pub fn public_set(&self) -> PublicKeySet<'_> {
        PublicKeySet { keys: &self.published }
    }
}
