//! Users over SCIM.

mod races;
mod users;
