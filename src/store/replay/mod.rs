//! The `Replay` objects: which assertions of clients were used (RFC 7523 section 3, `jti`). They are asked when everything
//! else about an assertion has been verified, so that only a client can write its own rows.

mod command;
mod schema;
mod spent;

pub use command::Command;
pub use schema::open;
pub use spent::{Spend, Sweep, Swept, Use};
