//! What this deployment says of itself.

pub mod landing;
pub mod metadata;

pub(super) use landing::landing;
pub(super) use metadata::{discovery, jwks};
