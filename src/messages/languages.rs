//! Which language a person gets.

use super::{CATALOGUES, Catalogue};

impl Catalogue {
    /// The languages that there are, as BCP 47 tags.
    #[must_use]
    pub fn languages() -> Vec<&'static str> {
        CATALOGUES.iter().map(|catalogue| catalogue.language.as_ref()).collect()
    }

    /// The catalogue for a list of language tags, most wanted first: `ui_locales` (OpenID Connect Core 3.1.2.1) or
    /// `Accept-Language` in the order browsers write it. Only the primary language counts.
    #[must_use]
    pub fn for_preferences(list: &str) -> &'static Self {
        let [default, ..] = CATALOGUES;
        list.split([',', ' '])
            .filter_map(|tag| tag.split(['-', '_', ';']).next())
            .find_map(|wanted| CATALOGUES.into_iter().find(|one| one.language.eq_ignore_ascii_case(wanted.trim())))
            .unwrap_or(default)
    }
}
