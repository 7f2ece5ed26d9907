//! A text with values in it.

use std::borrow::Cow;
use std::fmt;

/// A text with placeholders, each a name in braces.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pattern(pub(super) &'static str);

/// A text filled with values. The values stay apart from the words, so that a template can isolate them (`bdi`).
#[derive(Clone, Debug)]
pub struct Phrase<'a> {
    parts: Vec<Part<'a>>,
}

/// A piece of a [`Phrase`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part<'a> {
    /// Text of the catalogue.
    Words(&'a str),
    /// A value that was filled in.
    Value(Cow<'a, str>),
}

impl Pattern {
    /// The text with these values.
    #[must_use]
    pub fn phrase<'a>(self, values: &[(&str, &'a str)]) -> Phrase<'a> {
        Phrase::fill(self.0, |name| values.iter().find(|(key, _)| *key == name).map(|(_, value)| Cow::Borrowed(*value)))
    }
}

impl<'a> Phrase<'a> {
    pub(super) fn fill(text: &'static str, value: impl Fn(&str) -> Option<Cow<'a, str>>) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            if !words.is_empty() {
                parts.push(Part::Words(words));
            }
            parts.extend(value(name).map(Part::Value));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Words(rest));
        }
        Self { parts }
    }

    /// A value alone, where a phrase is asked for.
    #[must_use]
    pub fn value(text: &'a str) -> Self {
        Self { parts: vec![Part::Value(Cow::Borrowed(text))] }
    }

    /// A text without placeholders, where a phrase is asked for.
    #[must_use]
    pub fn words(text: &'a str) -> Self {
        Self { parts: vec![Part::Words(text)] }
    }

    /// The pieces in order.
    #[must_use]
    pub fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }
}

impl fmt::Display for Phrase<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| part.fmt(formatter))
    }
}

impl Part<'_> {
    /// Whether it was filled in.
    #[must_use]
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(text) => formatter.write_str(text),
            Self::Value(text) => formatter.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_apart_from_words() {
        let phrase = Pattern("{a} and {b}!").phrase(&[("a", "{b}"), ("b", "<b>")]);
        let value = |text| Part::Value(Cow::Borrowed(text));
        assert_eq!(phrase.parts(), [value("{b}"), Part::Words(" and "), value("<b>"), Part::Words("!")]);
        assert_eq!(phrase.to_string(), "{b} and <b>!");
    }
}
