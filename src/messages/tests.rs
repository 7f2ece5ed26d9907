//! What holds for all texts.

use super::*;

fn written(text: &str) -> Vec<String> {
    let mut names: Vec<String> =
        text.split('{').skip(1).map(|rest| rest.split_once('}').expect(text).0.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn every_text_exists_and_its_placeholders_match() {
    let pseudo = pseudo::catalogue();
    for catalogue in CATALOGUES.into_iter().chain([&pseudo]) {
        for entry in catalogue.entries() {
            let mut declared: Vec<String> = entry.placeholders.iter().map(|name| (*name).to_owned()).collect();
            declared.sort();
            assert!(!entry.text.trim().is_empty(), "{}", entry.key);
            assert_eq!(written(entry.text), declared, "{} of {}", entry.key, catalogue.language);
        }
    }
}

#[test]
fn values_stay_apart_from_words() {
    let phrase = Phrase::new("{a} and {b}!", &[("a", "{b}"), ("b", "<b>")]);
    assert_eq!(phrase.parts(), [Part::Value("{b}"), Part::Words(" and "), Part::Value("<b>"), Part::Words("!")]);
    assert_eq!(phrase.to_string(), "{b} and <b>!");
}

#[test]
fn preferences() {
    for list in ["", "de", "en-GB,en;q=0.9", "tlh en", "*", ";;,, "] {
        assert_eq!(Catalogue::for_preferences(list).language, "en", "{list}");
    }
}
