//! Finding what a request names and another place keeps: a client, a client's metadata document, a client's keys. Each with its memory, its budget and its order of places to ask.

pub mod client;
pub mod document;
pub mod key_set;
pub mod metadata_document;
