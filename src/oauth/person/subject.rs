//! Subject identifiers (`OpenID` Connect Core section 2).

use std::fmt;

use crate::base::encoding::{base64url, from_base64url_exact};
use crate::oauth::prefixes::{CHOSEN_CLIENT, CLIENT, ORGANIZATION, SUBJECT};

/// A subject identifier: never changes, is never given again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subject(String);

impl Subject {
    /// A new one, of 128 random bits.
    #[must_use]
    pub fn generate(random: [u8; 16]) -> Self {
        Self([SUBJECT, &base64url(&random)].concat())
    }

    /// Whether `text` has the form of one that we generate, so that it is probably not imported.
    #[must_use]
    pub fn looks_generated(text: &str) -> bool {
        text.strip_prefix(SUBJECT).is_some_and(|rest| from_base64url_exact::<16>(rest).is_some())
    }

    /// An imported one: 1 to 255 printable ASCII characters without spaces, and none that could be the subject of a client's own
    /// token ([`crate::oauth::client::ClientId::subject`]), the address of a client's metadata, or an organization.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let legal = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        let not_a_person =
            [CLIENT, CHOSEN_CLIENT, ORGANIZATION].iter().any(|prefix| text.starts_with(prefix)) || text.contains("://");
        (legal && !not_a_person).then(|| Self(text.to_owned()))
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RFC 9700 section 4.15.1 - a subject is never taken for a client identifier
    // spec: OpenID Connect Core section 2 - a subject has at most 255 ASCII characters
    #[test]
    fn generated_and_imported_ones() {
        let ours = Subject::generate([7; 16]);
        assert_eq!(ours.as_str().len(), 23);
        assert!(Subject::looks_generated(ours.as_str()) && !Subject::looks_generated("u-ada"));
        assert_eq!(Subject::parse(ours.as_str()), Some(ours));
        for text in ["auth0|5f7c8ec7c33c6c004bbafe82", "248289761001", "ada@example.com"] {
            assert!(Subject::parse(text).is_some(), "{text}");
        }
        let others = ["c_", "c_AAAA", "client:", "client:partner", "o_AAAA", "https://client.example", "app://x"];
        for text in ["", "a b", "\u{e9}", &"x".repeat(256)].into_iter().chain(others) {
            assert!(Subject::parse(text).is_none(), "{text}");
        }
    }
}
