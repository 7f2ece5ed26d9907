//! `/authorize` and `/consent`: from a request to an answer.

pub mod consent;
pub mod interaction;
pub mod request;

pub(super) use consent::consent;
pub(super) use request::authorize;
