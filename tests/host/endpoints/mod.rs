//! The endpoints, over HTTP.

mod account;
mod authorize;
mod callers;
mod client;
mod developer;
mod garbage;
mod health;
mod logout;
mod other_host;
mod scim;
mod sign_in;
mod spraying;
mod token;
mod well_known_addresses;
