//! The directory.

mod links;
mod steps;
