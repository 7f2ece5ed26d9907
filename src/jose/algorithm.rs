//! Signature algorithms (RFC 7518 section 3, RFC 8037 section 3.1, RFC 9864 section 2.2).

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

use crate::base::encoding::base64url;

/// An asymmetric signature algorithm. `none` and the symmetric ones do not exist here.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
}

/// The kinds of keys of these algorithms, in words.
pub(super) const KINDS: &str = "EC P-256, RSA or Ed25519";

/// What RFC 9864 section 2.2 calls `EdDSA` with Ed25519.
const FULLY_SPECIFIED: &str = "Ed25519";

impl Algorithm {
    pub const ALL: [Self; 4] = [Self::Es256, Self::EdDsa, Self::Ps256, Self::Rs256];

    /// All names that [`Self::parse`] knows.
    pub const NAMES: [&'static str; 5] = ["ES256", "EdDSA", FULLY_SPECIFIED, "PS256", "RS256"];

    /// The value of the `alg` member.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }

    /// The left half of the hash of `token`, by the hash of this algorithm (`at_hash`, OpenID Connect Core section 3.1.3.6).
    #[must_use]
    pub fn half_hash(self, token: &str) -> String {
        match self {
            // Ed25519 signs with SHA-512 inside.
            Self::EdDsa => base64url(Sha512::digest(token.as_bytes()).split_at(32).0),
            Self::Es256 | Self::Ps256 | Self::Rs256 => base64url(Sha256::digest(token.as_bytes()).split_at(16).0),
        }
    }

    /// From the value of an `alg` member.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.is_named(text))
    }

    /// Whether the value of an `alg` member means it. Ed25519, the only curve that we have, has two names since RFC 9864; we
    /// write the older one, which all libraries read.
    #[must_use]
    pub fn is_named(self, text: &str) -> bool {
        text == self.as_str() || (self == Self::EdDsa && text == FULLY_SPECIFIED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RFC 9864 section 2.2 - Ed25519 is the fully specified name of what EdDSA is here
    #[test]
    fn names() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(Algorithm::parse("Ed25519"), Some(Algorithm::EdDsa));
        assert!(Algorithm::NAMES.iter().all(|name| Algorithm::parse(name).is_some()));
        for name in ["none", "HS256", "Ed448", "ed25519", "ESP256", "ES256 ", ""] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
        assert!(!Algorithm::Es256.is_named("Ed25519"));
    }
}
