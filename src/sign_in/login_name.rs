//! What users type to say who they are.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The most characters of a user name.
const LONGEST_USER_NAME: usize = 64;

/// The most bytes of an e-mail address (RFC 5321 section 4.5.3.1.3, without the brackets).
const LONGEST_EMAIL: usize = 254;

/// A login name in the form in which names are compared: a user name, which contains no `@`, or an e-mail address, which
/// does. The two can never be mistaken for each other, so nobody can take another's address as a user name.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct LoginName(String);

/// Why a text is no login name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MalformedLoginName {
    /// Nothing, or more than fits.
    #[error("is empty or too long")]
    Length,
    /// A character that nobody can see or type: control and formatting characters, spaces other than a plain one
    /// between two others.
    #[error("contains a character that cannot be seen")]
    Invisible,
    /// It contains `@` but is no address.
    #[error("is not an e-mail address")]
    NotAnAddress,
}

impl LoginName {
    /// Parses what was typed or imported: a user name of 1 to 64 characters or an e-mail address, in any case of letters.
    ///
    /// # Errors
    /// [`MalformedLoginName`].
    pub fn parse(text: &str) -> Result<Self, MalformedLoginName> {
        let longest = LONGEST_EMAIL.max(LONGEST_USER_NAME.saturating_mul(4));
        if text.is_empty() || text.len() > longest {
            return Err(MalformedLoginName::Length);
        }
        if text.starts_with(' ') || text.ends_with(' ') || text.chars().any(is_invisible) {
            return Err(MalformedLoginName::Invisible);
        }
        // Lengths are those of the folded name: some letters become two.
        let name = folded(text);
        match name.split_once('@') {
            None if name.len() > longest || name.chars().count() > LONGEST_USER_NAME => Err(MalformedLoginName::Length),
            Some(_) if name.len() > LONGEST_EMAIL => Err(MalformedLoginName::Length),
            Some((local, domain)) if !is_address(local, domain) => Err(MalformedLoginName::NotAnAddress),
            None | Some(_) => Ok(Self(name)),
        }
    }

    /// The name as it is looked up.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an e-mail address.
    #[must_use]
    pub fn is_email(&self) -> bool {
        self.0.contains('@')
    }
}

/// Letter by letter, so that the result does not depend on where in the text a letter stands.
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn is_address(local: &str, domain: &str) -> bool {
    let labels_are_legal = domain.split('.').all(|label| {
        let letters = label.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
        letters && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    });
    !local.is_empty() && local.len() <= 64 && !local.contains([' ', '"', '\\', '<', '>', ',']) && labels_are_legal
}

/// Characters that show nothing, or turn what is shown around: two names that look alike must not be two users.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || (letter.is_whitespace() && letter != ' ')
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Display for LoginName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for LoginName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LoginName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_addresses_are_two_kinds() {
        for (text, expected, email) in [
            ("Ada", "ada", false),
            ("Ada Lovelace", "ada lovelace", false),
            ("ΑΔΑΣ", "αδασ", false),
            ("Ada@Example.COM", "ada@example.com", true),
            ("ada+x@ex-ample.co.uk", "ada+x@ex-ample.co.uk", true),
        ] {
            let name = LoginName::parse(text).unwrap();
            assert_eq!((name.as_str(), name.is_email()), (expected, email));
        }
    }

    #[test]
    fn refusals() {
        use MalformedLoginName::{Invisible, Length, NotAnAddress};
        let (long, long_address) = ("x".repeat(65), format!("{}@{}.example", "x".repeat(64), "y".repeat(190)));
        for (text, problem) in [
            ("", Length),
            (&long, Length),
            (&long_address, Length),
            (" ada", Invisible),
            ("ada ", Invisible),
            ("a\u{202e}da", Invisible),
            ("ada\u{200b}", Invisible),
            ("a\tda", Invisible),
            ("a\u{a0}da", Invisible),
            ("a\0", Invisible),
            ("@", NotAnAddress),
            ("@example.com", NotAnAddress),
            ("ada@", NotAnAddress),
            ("ada@example..com", NotAnAddress),
            ("ada@a@example.com", NotAnAddress),
            ("ada@-example.com", NotAnAddress),
            ("a da@example.com", NotAnAddress),
            ("\"ada\"@example.com", NotAnAddress),
        ] {
            assert_eq!(LoginName::parse(text), Err(problem), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_done_once_and_for_all(text in ".{1,70}") {
            if let Ok(name) = LoginName::parse(&text) {
                prop_assert_eq!(LoginName::parse(name.as_str()).map(|again| again.0).unwrap_or_default(), name.0);
            }
        }
    }
}
