//! The registry.

mod catalogue;
mod clients;
mod laws;
mod puts;
