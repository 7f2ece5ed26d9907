//! Scopes (RFC 6749 section 3.3).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest list of scopes that is accepted, in bytes.
pub const MAX_LENGTH: usize = 1_000;

/// A list of scope values without duplicates, in the order in which they were first named.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Scopes(Vec<String>);

/// The text is not a list of scopes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("malformed scope")]
pub struct MalformedScope;

impl Scopes {
    /// Parses `scope-token *( SP scope-token )`; the empty text is the empty list.
    ///
    /// # Errors
    /// For any other space than one between two values, and for characters outside of RFC 6749 appendix A.4.
    pub fn parse(text: &str) -> Result<Self, MalformedScope> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > MAX_LENGTH {
            return Err(MalformedScope);
        }
        let mut scopes: Vec<String> = Vec::new();
        for value in text.split(' ') {
            if value.is_empty() || !value.bytes().all(is_scope_character) {
                return Err(MalformedScope);
            }
            if !scopes.iter().any(|known| known == value) {
                scopes.push(value.to_owned());
            }
        }
        Ok(Self(scopes))
    }

    /// Whether `scope` is among them.
    #[must_use]
    pub fn contains(&self, scope: impl AsRef<str>) -> bool {
        self.0.iter().any(|known| known == scope.as_ref())
    }

    /// Whether all of `self` are among `others`.
    #[must_use]
    pub fn is_within(&self, others: &Self) -> bool {
        self.0.iter().all(|scope| others.contains(scope))
    }

    /// These and `others`, each once.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        let more = others.0.iter().filter(|scope| !self.contains(scope));
        Self(self.0.iter().chain(more).cloned().collect())
    }

    /// Those that `keep` accepts.
    #[must_use]
    pub fn filtered(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|scope| keep(scope)).cloned().collect())
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// RFC 6749 appendix A.4: `%x21 / %x23-5B / %x5D-7E`.
pub(in crate::oauth) const fn is_scope_character(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(" "))
    }
}

/// A list of single values. What is no scope value is left out; the whole may be longer than a request's.
impl<'a> FromIterator<&'a str> for Scopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(values: I) -> Self {
        let mut scopes: Vec<String> = Vec::new();
        for scope in values.into_iter().filter_map(|value| Self::parse(value).ok()).flat_map(|single| single.0) {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Self(scopes)
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RFC 6749 section 3.3 - a scope is a set of tokens
    #[test]
    fn order_is_kept_and_duplicates_are_not() {
        let scopes = Scopes::parse("openid identity:account-users.read openid reservations.create").unwrap();
        assert_eq!(scopes.to_string(), "openid identity:account-users.read reservations.create");
    }

    // spec: RFC 6749 section 3.3 - tokens of printable ASCII with one space between
    #[test]
    fn syntax_of_rfc_6749_section_3_3() {
        for text in
            [" openid", "openid ", "openid  email", "a\"b", "a\\b", "a\tb", "caf\u{e9}", "\0", &"x".repeat(1_001)]
        {
            assert_eq!(Scopes::parse(text), Err(MalformedScope), "{text:?}");
        }
        assert!(Scopes::parse("").unwrap().is_empty());
    }

    #[test]
    fn single_values_make_a_list() {
        let long: Vec<String> = (0..20).map(|number| format!("{number}{}", "x".repeat(90))).collect();
        let scopes: Scopes = long.iter().chain(&long).map(String::as_str).chain(["a\"b"]).collect();
        assert!(scopes.iter().eq(long.iter().map(String::as_str)));
    }

    #[test]
    fn within() {
        let all = Scopes::parse("a b c").unwrap();
        assert!(Scopes::parse("c a").unwrap().is_within(&all));
        assert!(Scopes::default().is_within(&all));
        assert!(!Scopes::parse("a d").unwrap().is_within(&all));
    }
}
