//! Tokens, without a server.

mod entitlement;
