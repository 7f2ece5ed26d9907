//! The callers of endpoints, and how they authenticate.

mod administrator;
mod client;
mod client_assertion;
mod rights;
