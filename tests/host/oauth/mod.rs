//! The protocol, without a server.

mod client;
mod request;
mod token;
