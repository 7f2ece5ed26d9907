//! What holds for the texts of every language.

use super::*;

fn written(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text.split('{').skip(1).map(|rest| rest.split_once('}').expect(text).0).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn every_text_exists_and_its_placeholders_match() {
    let pseudo = pseudo::catalogue();
    for catalogue in CATALOGUES.iter().copied().chain([&pseudo]) {
        for entry in catalogue.entries() {
            let mut declared = entry.placeholders.to_vec();
            declared.sort_unstable();
            for form in &entry.forms {
                // The form for one may say "one" instead of the number.
                let is_one_of_many = entry.forms.len() > 1 && written(form).is_empty();
                assert!(!form.trim().is_empty(), "{}", entry.key);
                assert!(is_one_of_many || written(form) == declared, "{} of {}: {form}", entry.key, catalogue.language);
            }
            let last = entry.forms.last().expect(entry.key);
            assert_eq!(written(last), declared, "{} of {}", entry.key, catalogue.language);
        }
    }
}

#[test]
fn every_text_is_declared_once() {
    // A heading and a button, which another language may tell apart.
    let apart = ["Sign in"];
    let mut seen = std::collections::BTreeMap::new();
    for entry in ENGLISH.entries() {
        for form in entry.forms {
            if let Some(before) = seen.insert(form, entry.key) {
                assert!(apart.contains(&form), "{form}: {before} and {}", entry.key);
            }
        }
    }
}
