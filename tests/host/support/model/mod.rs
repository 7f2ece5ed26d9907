//! The model of an account: what the tests of storage compare it with.

mod account;
mod families;

pub use account::{Expected, Model};
