//! Clients (RFC 6749 section 2): who they are, what is registered of them, and how they prove it.

pub mod assertion;
pub mod id;
pub mod information;
pub mod metadata_document;
mod model;
pub mod presentation;
pub mod redirect_uri;
pub mod registration;
pub mod settings;

pub use model::{
    AuthenticationMethod, Client, ClientId, ClientKey, ClientVersion, Face, GrantType, MAX_CLIENT_ID, SecretDigest,
    Voucher,
};
