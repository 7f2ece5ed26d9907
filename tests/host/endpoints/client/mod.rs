//! Registration of clients.

mod registration;
mod self_registration;
mod settings;
