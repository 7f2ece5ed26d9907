//! The `Hasher` objects compute the verifiers of passwords and keep nothing. The free plan gives a Worker less computing time than
//! that takes, and an object more.

mod command;
mod hash;

pub use command::Command;
pub use hash::Hash;
