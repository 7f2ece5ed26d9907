//! The protocol, without a server.

mod request;
mod token;
