//! `/register`: clients register themselves and are administered (RFC 7591, RFC 7592).

mod refusals;
pub mod registration;

pub(super) use registration::{register, registration};
