//! The token endpoint with its grants, and what is asked about tokens that exist: revocation, introspection, userinfo.

pub mod authorization_grant;
mod client_credentials;
pub(in crate::endpoints) mod code;
mod endpoint;
pub mod facade;
pub mod id_token;
mod introspect;
pub mod issue;
mod linked;
pub mod mint;
pub mod own_jws;
mod permission;
mod refresh;
mod revoke;
mod userinfo;

pub(super) use endpoint::token;
pub(super) use introspect::introspect;
pub(super) use revoke::revoke;
pub(super) use userinfo::userinfo;
