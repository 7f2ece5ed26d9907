//! Pure protocol: what the specifications say, as types and functions of their arguments alone.

pub mod api;
pub mod authorize;
pub mod claims;
pub mod claims_request;
pub mod client;
pub mod client_assertion;
pub mod client_id;
pub mod client_information;
pub mod client_settings;
pub mod family;
pub mod family_context;
pub mod interaction;
pub mod issuer;
pub mod logout;
pub mod metadata_document;
pub mod pkce;
pub mod presentation;
pub mod profile;
pub mod redirect_uri;
pub mod registration;
pub mod scope;
pub mod session_state;
pub mod sid;
pub mod subject;
pub mod verified_return;
