//! Client identifiers. Generated ones carry a short proof that they are ours, so that most made-up identifiers are refused
//! before the registry is asked.

use std::borrow::Cow;
use std::fmt;

use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::base::Secret;
use crate::base::encoding::{base64url, from_base64url_exact};
use crate::oauth::derived_mac::derived_mac;
use crate::oauth::prefixes::{CHOSEN_CLIENT, CLIENT, PAIRWISE, PAIRWISE_BYTES, SUBJECT};

/// A client identifier (RFC 6749 section 2.2): unique, not a secret, and never chosen to look like a `sub`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ClientId(String);

/// The longest client identifier that is accepted, in bytes: metadata documents are named by their URL.
pub const MAX_CLIENT_ID: usize = 512;

impl ClientId {
    /// Printable ASCII without spaces, at most [`MAX_CLIENT_ID`] bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let legal = !text.is_empty() && text.len() <= MAX_CLIENT_ID && text.bytes().all(|byte| byte.is_ascii_graphic());
        legal.then(|| Self(text.to_owned()))
    }

    /// The identifier as the client sends it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The short form of fixed size under which an account's tables know the client.
    #[must_use]
    pub fn key(&self) -> ClientKey {
        let digest: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        let [key @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
        ClientKey(key)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for ClientId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).ok_or_else(|| de::Error::custom("malformed client identifier"))
    }
}

/// The first 16 bytes of the SHA-256 of a client identifier: a key of fixed size whatever the identifier's length.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ClientKey([u8; 16]);

impl ClientKey {
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From bytes that a table holds.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl Serialize for ClientKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(&self.0))
    }
}

impl<'de> Deserialize<'de> for ClientKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_base64url_exact(&text).map(Self).ok_or_else(|| de::Error::custom("malformed client key"))
    }
}

/// Random bytes of a generated identifier, and the bytes of their tag.
const RANDOM: usize = 16;
const TAG: usize = 6;

/// The longest identifier that a registered client has, in bytes: with its prefix it must fit a KV key, whose limit is 512.
pub const LONGEST_REGISTERED: usize = 200;

/// The key of the tags, ready to make them.
#[derive(Debug)]
pub struct ClientIdKey(Hmac<Sha256>);

impl ClientIdKey {
    /// Derives it from the key that never rotates: a client keeps its identifier for good.
    #[must_use]
    pub fn derive(subject_key: &Secret<[u8; 32]>) -> Self {
        Self(derived_mac(b"grantry client identifier", subject_key))
    }

    fn tag(&self, random: &[u8; RANDOM]) -> [u8; TAG] {
        let full: [u8; 32] = self.0.clone().chain_update(random).finalize().into_bytes().into();
        full.first_chunk().copied().unwrap_or_default()
    }
}

/// Where an identifier comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IdOrigin {
    /// An administrator imported it, or somebody made it up.
    Elsewhere,
    /// It has the form of a generated one, but the tag is wrong: there is no such client.
    Forged,
    /// We generated it; whether the client still exists is another question.
    Generated,
}

impl ClientId {
    /// A new identifier: `c_` and 16 random bytes with their tag.
    #[must_use]
    pub fn generate(random: [u8; RANDOM], key: &ClientIdKey) -> Self {
        Self([CLIENT, &base64url(&[&random[..], &key.tag(&random)].concat())].concat())
    }

    /// The `sub` of a token that the client gets in its own name: a generated identifier as it is, one that an administrator
    /// chose behind `client:`. No user's `sub` begins like either (RFC 9700 section 4.15.1).
    #[must_use]
    pub fn subject(&self) -> Cow<'_, str> {
        // No registered client has an identifier of this form that was not generated.
        if self.generated_parts().is_some() {
            Cow::Borrowed(&self.0)
        } else {
            Cow::Owned([CHOSEN_CLIENT, &self.0].concat())
        }
    }

    /// The random bytes and the tag of an identifier that has the form of a generated one.
    fn generated_parts(&self) -> Option<([u8; RANDOM], [u8; TAG])> {
        let bytes: [u8; RANDOM + TAG] = from_base64url_exact(self.0.strip_prefix(CLIENT)?)?;
        let (random, tag) = bytes.split_first_chunk()?;
        Some((*random, tag.try_into().ok()?))
    }

    /// Where it comes from, judged by `key`.
    #[must_use]
    pub fn origin(&self, key: &ClientIdKey) -> IdOrigin {
        let Some((random, tag)) = self.generated_parts() else {
            return IdOrigin::Elsewhere;
        };
        let genuine: bool = key.tag(&random).ct_eq(&tag).into();
        if genuine { IdOrigin::Generated } else { IdOrigin::Forged }
    }

    /// Whether an administrator may give it to a client: not if it could be taken for a subject, for a generated identifier
    /// or for the address of a metadata document.
    #[must_use]
    pub fn may_be_imported(&self, key: &ClientIdKey) -> bool {
        let text = self.as_str();
        let like_a_subject = text.strip_prefix(SUBJECT).is_some_and(|rest| from_base64url_exact::<16>(rest).is_some())
            || text.strip_prefix(PAIRWISE).is_some_and(|rest| from_base64url_exact::<PAIRWISE_BYTES>(rest).is_some());
        let like_an_address = text.contains("://");
        text.len() <= LONGEST_REGISTERED
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && !like_a_subject
            && !like_an_address
            && self.origin(key) != IdOrigin::Forged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::person::subject::Subject;

    fn key(byte: u8) -> ClientIdKey {
        ClientIdKey::derive(&Secret::new([byte; 32]))
    }

    fn id(text: &str) -> ClientId {
        ClientId::parse(text).unwrap()
    }

    #[test]
    fn generated_ones_prove_it() {
        let ours = ClientId::generate([7; 16], &key(1));
        assert_eq!(ours.as_str().len(), 32);
        assert_eq!(ours.origin(&key(1)), IdOrigin::Generated);
        assert_eq!(ours.origin(&key(2)), IdOrigin::Forged, "the tag depends on the key");
        for index in 2..ours.as_str().len() {
            let mut bytes = ours.as_str().to_owned().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let altered = id(std::str::from_utf8(&bytes).unwrap());
            assert_ne!(altered.origin(&key(1)), IdOrigin::Generated, "{altered}");
        }
        // Computed elsewhere: those that exist must not become strangers.
        assert_eq!(ClientId::generate([9; 16], &key(7)).as_str(), "c_CQkJCQkJCQkJCQkJCQkJCU2fEOJ-Sw");
        for other in ["partner", "c_", "c_partner", &ours.as_str()[..31], &format!("{ours}A"), &ours.as_str()[2..]] {
            assert_eq!(id(other).origin(&key(1)), IdOrigin::Elsewhere, "{other}");
        }
    }

    // spec: RFC 9700 section 4.15.1 - the `sub` of a client's own token is no user's, whatever an administrator chose
    #[test]
    fn subjects_of_clients_and_of_users_are_disjoint() {
        let ours = ClientId::generate([7; 16], &key(1));
        assert_eq!(ours.subject(), ours.as_str());
        let chosen = ["partner", "ada@example.com", "u_ada", "c_partner", "c_", "client:partner", "o_partner", "uAAAA"];
        for text in chosen {
            assert_eq!(id(text).subject(), format!("client:{text}"));
        }
        let longer = format!("{ours}A");
        for text in chosen.into_iter().chain([ours.as_str(), longer.as_str(), "https://app.example.com/client"]) {
            let subject = id(text).subject().into_owned();
            assert!(Subject::parse(&subject).is_none(), "a user could have the subject {subject}");
        }
        // No two clients share a subject.
        assert_ne!(id("partner").subject(), id("client:partner").subject());
    }

    // spec: RFC 9700 section 4.15.1 - a client identifier is never taken for a subject
    #[test]
    fn what_may_be_imported() {
        let ours = ClientId::generate([7; 16], &key(1));
        for text in
            ["partner", "s6BhdRkqt3", "my app".replace(' ', "/").as_str(), "user-management", "u_ada", ours.as_str()]
        {
            assert!(id(text).may_be_imported(&key(1)), "{text}");
        }
        let subject = format!("u{}", base64url(&[3; 16]));
        let pairwise = format!("p{}", base64url(&[3; 32]));
        let forged = ClientId::generate([7; 16], &key(2));
        let long = "x".repeat(LONGEST_REGISTERED + 1);
        for text in
            [subject.as_str(), &pairwise, forged.as_str(), "https://app.example.com/client", ".", "..", "-x", &long]
        {
            assert!(!id(text).may_be_imported(&key(1)), "{text}");
        }
    }
}
