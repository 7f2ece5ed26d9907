//! Users are administered by SCIM 2.0 (RFC 7643, RFC 7644) below /scim/v2.

mod answer;
mod endpoint;
mod filter;
mod metadata;
mod patch;
mod path;
mod protection;
mod reader;
mod resource;
mod schema;
mod users;

pub(in crate::endpoints) use endpoint::scim;
