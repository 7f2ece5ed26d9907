//! The `Hasher` objects: they compute, and keep nothing.

use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::{Database, read, respond};
use crate::edge::now;
use crate::store::hasher;

/// Hashes passwords.
#[durable_object(fetch)]
pub struct Hasher {
    state: State,
}

impl DurableObject for Hasher {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let command = match read(request).await? {
            Ok(command) => command,
            Err(response) => return Ok(response),
        };
        respond(&Database::of(&self.state), now(), hasher::handle(command))
    }
}
