//! The languages that exist, and which one a user gets.

use super::{Catalogue, ENGLISH};

/// The languages that exist.
pub static CATALOGUES: &[&Catalogue] = &[&ENGLISH];

impl Catalogue {
    /// The BCP 47 tags of the languages that exist.
    #[must_use]
    pub fn languages() -> Vec<&'static str> {
        CATALOGUES.iter().map(|catalogue| catalogue.language).collect()
    }

    /// The catalogue for a list of language tags, most wanted first: `ui_locales` (OpenID Connect Core 3.1.2.1) or
    /// `Accept-Language` in the order browsers write it. Only the primary language counts. English is the default.
    #[must_use]
    pub fn for_preferences(list: &str) -> &'static Self {
        list.split([',', ' '])
            .filter_map(|tag| tag.split(['-', '_', ';']).next())
            .find_map(|wanted| CATALOGUES.iter().find(|one| one.language.eq_ignore_ascii_case(wanted.trim())))
            .unwrap_or(&&ENGLISH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_languages_get_the_default() {
        for list in ["", "tlh", "en-GB,en;q=0.9", "tlh en", "*", ";;,, "] {
            assert_eq!(Catalogue::for_preferences(list).language, "en", "{list}");
        }
    }
}
