//! Clients (RFC 6749 section 2).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

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
    /// Its bytes.
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

/// Counts the changes of a client's registration. What was issued under a version never meets an older record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ClientVersion(pub u32);
