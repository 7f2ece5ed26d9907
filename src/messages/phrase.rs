//! A text with values in it.

use std::fmt;

/// A text filled with values. The values stay apart from the words, so that a template can isolate them (`bdi`).
#[derive(Clone, Debug)]
pub struct Phrase<'a> {
    parts: Vec<Part<'a>>,
}

/// A piece of a [`Phrase`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part<'a> {
    /// Ours.
    Words(&'a str),
    /// Filled in.
    Value(&'a str),
}

impl<'a> Phrase<'a> {
    pub(super) fn new(text: &'a str, values: &[(&str, &'a str)]) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            if !words.is_empty() {
                parts.push(Part::Words(words));
            }
            parts.extend(values.iter().find(|(key, _)| *key == name).map(|(_, value)| Part::Value(value)));
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
        Self { parts: vec![Part::Value(text)] }
    }

    /// A text without placeholders, where a phrase is asked for.
    #[must_use]
    pub fn words(text: &'a str) -> Self {
        Self { parts: vec![Part::Words(text)] }
    }

    /// Its pieces in order.
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
            Self::Words(text) | Self::Value(text) => formatter.write_str(text),
        }
    }
}
