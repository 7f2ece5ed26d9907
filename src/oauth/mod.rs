//! Pure protocol: what the specifications say, as types and functions of their arguments alone.

pub mod client;
pub mod family;
pub mod issuer;
pub mod pkce;
pub mod scope;
