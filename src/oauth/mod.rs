//! Pure protocol: what the specifications say, as types and functions of their arguments alone.

pub mod api;
pub mod client;
mod derived_mac;
pub mod issuer;
pub mod own_scope;
pub mod person;
mod prefixes;
pub mod request;
pub mod scope;
pub mod token;
