//! The `Directory` object: the people.

use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::{Database, read, respond};
use crate::edge::now;
use crate::store::directory;

/// A tenant's directory.
#[durable_object(fetch)]
pub struct Directory {
    state: State,
}

impl DurableObject for Directory {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let command = read(request).await?;
        let (database, now) = (Database::of(&self.state), now());
        let outcome = directory::handle(&database, now, command);
        respond(&database, now, outcome)
    }
}
