//! Every text of every page, once per language.
//!
//! A catalogue is a struct with one field per text, so a language that lacks one does not compile. Texts with
//! placeholders have a method of the same name that takes each placeholder by its own parameter; a test compares the
//! placeholders written with those declared. A new language is a new file beside [`english`] and a line in
//! [`CATALOGUES`].

#[macro_use]
mod table;

pub mod english;
mod languages;
mod phrase;
pub mod pseudo;
mod texts;

pub use self::phrase::{Part, Phrase};
pub use self::table::Entry;
pub use self::texts::Catalogue;

/// The languages that exist, the default first.
pub static CATALOGUES: [&Catalogue; 1] = [&english::ENGLISH];

#[cfg(test)]
mod tests;
