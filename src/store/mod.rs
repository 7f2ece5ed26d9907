//! The logic of each Durable Object, over the small [`sql::Sql`] port: synchronous, so that no other request can come
//! between what a step reads and what it writes.
//!
//! The same functions run inside the objects in workerd and, in host tests, on SQLite.

pub mod account;
pub mod ask;
mod command;
pub mod directory;
pub mod hasher;
pub mod names;
mod page;
pub mod registry;
pub mod remembered;
pub mod replay;
pub mod schema;
pub mod sql;
pub mod wire;

pub use ask::Ask;
