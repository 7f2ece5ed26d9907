//! Who calls, and how they prove it.

mod client;
mod client_assertion;
