//! What a client asks to be registered as (RFC 7591 section 2, RFC 7592 section 2.2).

mod authority;
mod members;
mod reader;
mod request;
mod rights;
mod settings;
mod unregistrable;

pub use authority::{Authority, RegistrationOffer};
pub use members::{DecidedBy, JsonType, MEMBERS, Registration, RegistrationMember};
pub use request::{Metadata, Ownership, RESPONSE_ONLY};
pub use unregistrable::Unregistrable;
