//! The Durable Objects: each parses a command, calls its store and responds. The logic is in `store`.

mod account;
mod classes;
mod database;
mod directory;
mod hasher;
mod object;
mod registry;
mod replay;
