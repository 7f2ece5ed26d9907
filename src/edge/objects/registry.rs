//! The `Registry` object: the clients.

use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::{Database, read, respond};
use crate::edge::now;
use crate::store::registry;

/// A tenant's registry.
#[durable_object(fetch)]
pub struct Registry {
    state: State,
}

impl DurableObject for Registry {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let command = read(request).await?;
        let (database, now) = (Database::of(&self.state), now());
        let outcome = registry::handle(&database, now, command);
        respond(&database, now, outcome)
    }
}
