//! Tokens, without a server.

mod entitlement;
mod family;
