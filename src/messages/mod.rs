//! Every text of every page, once, in English.
//!
//! A text is declared in one place ([`texts`]): its key, its placeholders and its English wording, with a comment for
//! translators where the wording does not explain itself. The declaration makes a struct with one field per text, so
//! the compiler finds every use of a text.
//!
//! A second language needs one file and two lines. The file, beside this one, is the language's
//! `pub static GERMAN: Catalogue = Catalogue { … }`; a text that it lacks does not compile. One line here declares the
//! file, `mod german;`, and one in `languages.rs` adds `&super::german::GERMAN` to [`CATALOGUES`]. The tests compare its
//! placeholders with the English ones. Plurals follow the rule of the language ([`Plural`]), and dates its patterns and
//! names of months ([`texts::Dates`]).
//!
//! Wording: plain words; the user is "you"; "sign in", not "log in"; "app", not "client", except where developers read;
//! typographic apostrophes and quotation marks.

#[macro_use]
mod catalogue;
#[macro_use]
mod table;

mod dates;
mod languages;
mod phrase;
mod plural;
pub mod pseudo;
pub mod texts;

pub use self::languages::CATALOGUES;
pub use self::phrase::{Part, Pattern, Phrase};
pub use self::plural::Plural;
pub use self::table::Entry;
pub use self::texts::{Catalogue, ENGLISH};

#[cfg(test)]
mod tests;
