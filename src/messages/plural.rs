//! Texts that depend on a number.

use super::phrase::Phrase;

/// The forms of a text for different numbers. Each variant holds the plural categories of some languages (CLDR) and knows
/// their rule; a language with other categories adds a variant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Plural {
    /// English, German, Dutch, Swedish: one form for 1 and one for all other whole numbers.
    OneOther {
        /// For 1.
        one: &'static str,
        /// For 0, 2, 3 and so on.
        other: &'static str,
    },
}

impl Plural {
    /// The form for `count`, with `{count}` filled in.
    #[must_use]
    pub fn phrase(self, count: u32) -> Phrase<'static> {
        let form = match self {
            Self::OneOther { one, .. } if count == 1 => one,
            Self::OneOther { other, .. } => other,
        };
        Phrase::fill(form, |name| (name == "count").then(|| count.to_string().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_chooses_the_form() {
        let days = Plural::OneOther { one: "one day", other: "{count} days" };
        for (count, text) in [(0, "0 days"), (1, "one day"), (2, "2 days"), (21, "21 days")] {
            assert_eq!(days.phrase(count).to_string(), text);
        }
    }
}
