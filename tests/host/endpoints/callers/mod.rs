//! The callers of endpoints, and how they authenticate.

mod client;
mod client_assertion;
