//! Clients (RFC 6749 section 2): who they are, what is registered of them, and how they prove it.

pub mod assertion;
mod authentication;
mod face;
mod grant_type;
pub mod id;
pub mod information;
pub mod metadata_document;
mod model;
pub mod presentation;
pub mod redirect_uri;
pub mod registration;
pub mod settings;

pub use authentication::{AuthenticationMethod, SecretDigest, rotated};
pub use face::{FaceDigest, ShownFace};
pub use grant_type::GrantType;
pub use id::{ClientId, ClientKey, MAX_CLIENT_ID};
pub use model::{Client, ClientVersion, Voucher};
