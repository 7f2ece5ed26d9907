//! Tokens: families of refresh tokens, what they carry, and why a request is refused.

pub mod entitlement;
pub mod error;
pub mod family;
pub mod family_context;
pub mod session_state;
pub mod sid;
