//! Finding what a request names.

mod audiences;
mod client;
mod metadata_document;
