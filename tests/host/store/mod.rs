//! What the objects do, on SQLite.

mod account;
mod directory;
mod growth;
mod registry;
mod replay;
mod schemas;
mod wire;
