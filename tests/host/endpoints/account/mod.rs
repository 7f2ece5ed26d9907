//! The account page.

mod page;
mod renamed;
mod security;
