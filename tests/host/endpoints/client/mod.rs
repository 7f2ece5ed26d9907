//! Registration of clients.

mod management;
mod members;
mod registration;
mod self_registration;
mod settings;
