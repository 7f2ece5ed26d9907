//! What Worker and object say to each other.

mod encodings;
mod examples;
