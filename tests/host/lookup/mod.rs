//! Finding what a request names.

mod audiences;
mod metadata_document;
