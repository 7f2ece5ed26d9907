//! Finding what a request names.

mod metadata_document;
