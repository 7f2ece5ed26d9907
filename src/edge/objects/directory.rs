//! The `Directory` object: the people.

use std::cell::Cell;

use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::{Database, read, respond};
use crate::edge::now;
use crate::store::directory;

/// A tenant's directory.
#[durable_object(fetch)]
pub struct Directory {
    state: State,
    /// Whether the tables are known to be this release's.
    migrated: Cell<bool>,
}

impl DurableObject for Directory {
    fn new(state: State, _env: Env) -> Self {
        Self { state, migrated: Cell::new(false) }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let command = match read(request).await? {
            Ok(command) => command,
            Err(response) => return Ok(response),
        };
        let (database, now) = (Database::of(&self.state), now());
        if !self.migrated.get() {
            directory::migrate(&database).map_err(|fault| worker::Error::RustError(fault.to_string()))?;
            self.migrated.set(true);
        }
        let outcome = directory::handle(&database, now, command);
        respond(&database, now, outcome)
    }
}
