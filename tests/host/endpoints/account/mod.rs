//! The account page.

mod page;
mod security;
