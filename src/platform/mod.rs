//! The ports: what the core needs from the platform. `src/edge` implements them on Workers, host tests on SQLite and software
//! keys.

pub mod executor;
mod fault;
pub mod memory;
pub mod outbound;
mod port;
mod random;
mod signing;

pub use fault::Fault;
pub use port::{Platform, Usage};
pub use random::{attempt, random};
pub use signing::sign_jws;
