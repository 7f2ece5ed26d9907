//! Authorization requests (RFC 6749 section 4.1.1) and what follows from them.

pub mod authorize;
pub mod claims_request;
pub mod interaction;
pub mod logout;
pub mod pkce;
pub mod prompt;
pub mod rejection;
pub mod verified_return;
