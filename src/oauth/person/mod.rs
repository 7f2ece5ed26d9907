//! What is told of a user: subject identifiers and claims.

pub mod claims;
pub mod pairwise;
pub mod profile;
pub mod role;
pub mod subject;
pub mod user_identity;
