//! What a JSON Web Key says of the key itself (RFC 7518 section 6, RFC 8037 section 2). Members that say something else are
//! passed over.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::algorithm::Algorithm;
use super::key_problem::KeyProblem;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::json::object;

/// The bytes of a coordinate on P-256, of its secret, and of an Ed25519 key.
const COORDINATE: usize = 32;

/// The shortest RSA modulus that is accepted, in bytes (RFC 7518 section 3.3).
const SHORTEST_MODULUS: usize = 256;

/// A key of a kind that can sign.
pub(super) struct Material<'a> {
    kind: KeyKind,
    members: &'a Map<String, Value>,
}

/// The kinds of keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum KeyKind {
    Ed25519,
    P256,
    /// With the bytes of its numbers.
    Rsa {
        modulus: usize,
        exponent: usize,
    },
}

/// The longest RSA modulus, in bytes: verifying costs more with each bit.
const LONGEST_MODULUS: usize = 1_024;

/// The longest RSA exponent, in bytes.
const LONGEST_EXPONENT: usize = 8;

impl KeyKind {
    /// Whether a stranger's key is small enough that verifying with it costs little.
    pub(super) fn is_cheap_to_verify(self) -> bool {
        match self {
            Self::Rsa { modulus, exponent } => modulus <= LONGEST_MODULUS && (1..=LONGEST_EXPONENT).contains(&exponent),
            Self::Ed25519 | Self::P256 => true,
        }
    }
}

impl<'a> Material<'a> {
    /// `None` when it is no such key, or a member of its public part is missing or malformed.
    pub(super) fn read(members: &'a Map<String, Value>) -> Option<Self> {
        let is_coordinate = |name| length(members, name) == Some(COORDINATE);
        let kind = match (text(members, "kty")?, text(members, "crv")) {
            ("EC", Some("P-256")) if is_coordinate("x") && is_coordinate("y") => KeyKind::P256,
            ("OKP", Some("Ed25519")) if is_coordinate("x") => KeyKind::Ed25519,
            ("RSA", _) => KeyKind::Rsa { modulus: length(members, "n")?, exponent: length(members, "e")? },
            _ => return None,
        };
        Some(Self { kind, members })
    }

    pub(super) const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The algorithm that the key is for: its kind decides, and `alg` must agree; RSA keys need it, because one key must never
    /// serve two algorithms (RFC 8725 section 3.1).
    pub(super) fn algorithm(&self, alg: Option<&str>) -> Result<Algorithm, KeyProblem> {
        let named = alg.map(|alg| Algorithm::parse(alg).ok_or(KeyProblem::Algorithm)).transpose()?;
        let decided = match self.kind {
            KeyKind::P256 => Algorithm::Es256,
            KeyKind::Ed25519 => Algorithm::EdDsa,
            KeyKind::Rsa { modulus, .. } if modulus < SHORTEST_MODULUS => return Err(KeyProblem::Weak),
            KeyKind::Rsa { .. } => match named {
                Some(named @ (Algorithm::Ps256 | Algorithm::Rs256)) => named,
                _ => return Err(KeyProblem::Algorithm),
            },
        };
        if named.is_none_or(|named| named == decided) { Ok(decided) } else { Err(KeyProblem::Algorithm) }
    }

    /// The members that make the public key (RFC 7638 section 3.2).
    pub(super) fn public(&self) -> Map<String, Value> {
        self.only(self.public_names())
    }

    /// The whole key, if it has a private part: with `d` alone, an RSA key signs nowhere.
    pub(super) fn private(&self) -> Option<Map<String, Value>> {
        let (needed, more): (&[&str], &[&str]) = match self.kind {
            KeyKind::Ed25519 | KeyKind::P256 => (&["d"], &[]),
            KeyKind::Rsa { .. } => (&["d", "p", "q"], &["dp", "dq", "qi"]),
        };
        let is_number = |name: &&str| length(self.members, name).is_some();
        let is_there = |name: &&str| self.members.contains_key(*name);
        // Of a key of more than two primes, only these two would go on to the platform.
        let good = needed.iter().all(is_number) && more.iter().filter(|name| is_there(name)).all(is_number);
        (good && !is_there(&"oth")).then(|| self.only(&[self.public_names(), needed, more].concat()))
    }

    /// The digest by which a key is named (RFC 7638 section 3): an object of JSON has its members in their order here.
    pub(super) fn thumbprint(&self) -> String {
        base64url(&Sha256::digest(Value::Object(self.public()).to_string().as_bytes()))
    }

    const fn public_names(&self) -> &'static [&'static str] {
        match self.kind {
            KeyKind::Ed25519 => &["crv", "kty", "x"],
            KeyKind::P256 => &["crv", "kty", "x", "y"],
            KeyKind::Rsa { .. } => &["e", "kty", "n"],
        }
    }

    fn only(&self, names: &[&str]) -> Map<String, Value> {
        object(&mut names.iter().filter_map(|name| Some(((*name).to_owned(), self.members.get(*name)?.clone()))))
    }
}

/// A member that describes the key: `None` when it is not there.
pub(super) fn description<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, KeyProblem> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(KeyProblem::Syntax),
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name)?.as_str()
}

/// The bytes of a number in base64url.
fn length(members: &Map<String, Value>, name: &str) -> Option<usize> {
    from_base64url(text(members, name)?).map(|bytes| bytes.len())
}
