//! Finds clients, their metadata documents and their keys. Each file has its memory, its budget, and the order of the places
//! where it looks.

pub mod client;
pub mod document;
pub mod key_set;
pub mod metadata_document;
