//! Users over SCIM.

mod interrupted;
mod races;
mod users;
