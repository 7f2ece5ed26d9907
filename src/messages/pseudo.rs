//! A language for tests: English with accents and at least 40 % longer. It shows texts that do not come from the
//! catalogue or do not fit, before there is a translation.

use super::{Catalogue, ENGLISH};

/// The catalogue, under the language tag that is reserved for this (CLDR's `en-XA`). Its texts are never freed.
#[must_use]
pub fn catalogue() -> Catalogue {
    ENGLISH.map("en-XA", lengthen)
}

/// `text` with accents, followed by its own beginning again; placeholders stay what and where they are.
fn lengthen(text: &str) -> String {
    let mut inside = false;
    let mut letters = Vec::new();
    let mut longer = String::from("[");
    for character in text.chars() {
        inside = inside || character == '{';
        if inside {
            longer.push(character);
        } else {
            longer.push(accented(character));
            letters.push(accented(character));
        }
        inside = inside && character != '}';
    }
    let extra = letters.len().saturating_mul(2).div_ceil(5);
    longer.push(' ');
    longer.extend(letters.iter().take(extra));
    longer.push(']');
    longer
}

const fn accented(character: char) -> char {
    match character {
        'A' => 'Å',
        'D' => 'Ð',
        'E' => 'É',
        'N' => 'Ñ',
        'S' => 'Š',
        'a' => 'á',
        'c' => 'ç',
        'e' => 'ë',
        'i' => 'î',
        'n' => 'ñ',
        'o' => 'ö',
        's' => 'š',
        'u' => 'û',
        'y' => 'ý',
        'z' => 'ž',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_two_fifths_longer() {
        for (before, after) in ENGLISH.entries().iter().zip(catalogue().entries()) {
            let bare =
                |text: &str| -> usize { text.split(['{', '}']).step_by(2).map(|part| part.chars().count()).sum() };
            for (before, after) in before.forms.iter().zip(after.forms) {
                assert!(bare(after) * 5 >= bare(before) * 7, "{before}: {after}");
            }
        }
    }

    #[test]
    fn placeholders_are_kept() {
        assert_eq!(lengthen("to {client}"), "[tö {client} tö]");
    }
}
