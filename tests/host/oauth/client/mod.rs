//! Clients, without a server.

mod registration;
