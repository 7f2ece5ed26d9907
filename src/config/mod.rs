//! Configuration: vars and secrets, parsed once per isolate. All problems are found in one pass and reported by the name of the
//! setting, never by its value. While there is a problem, no request is served.
//!
//! Each file holds a group of settings: their fields, and the function that reads them. The tables in `docs/reference.md` have a
//! row for each, and `tests/host/config.rs` compares the two.

mod accounts;
mod apis;
mod brand;
mod claims;
mod deployment;
mod developers;
mod endpoint_aliases;
mod keys;
mod outbound;
mod reader;
mod registration;

pub use accounts::{AccountSettings, SignUp};
pub use deployment::{Config, PublishedDocuments, TENANT};
pub use developers::{DeveloperSettings, Publication, Readers};
pub use endpoint_aliases::EndpointAliases;
pub use reader::ConfigProblem;
pub use registration::{RegistrationSettings, SelfRegistration};
