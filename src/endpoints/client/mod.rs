//! `/register`: clients register themselves and are administered (RFC 7591, RFC 7592).

pub mod registration;

pub(super) use registration::{register, registration};
