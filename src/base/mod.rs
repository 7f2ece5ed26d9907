//! What every layer needs and nothing more: times, fixed-size identifiers, secrets, addresses, a bounded cache, base64url,
//! objects of JSON, enumerations with names.

pub mod address;
pub mod cache;
pub mod encoding;
pub mod id;
pub mod json;
pub(crate) mod named;
pub mod secret;
pub mod time;

pub use address::Address;
pub use cache::Cache;
pub use id::{
    AccountId, AssertionKey, AttemptId, CodeId, DeviceId, FamilyId, GrantId, LinkKey, OrganizationId,
    RegistrationAccessId, SessionId,
};
pub(crate) use named::named;
pub use secret::Secret;
pub use time::{Seconds, UnixTime};
