//! The `Hasher` objects: they compute, and keep nothing.

use worker::{Env, State};

use super::{Database, Object, Step, Unread, read};
use crate::edge::environment::now;
use crate::store::hasher;

/// Hashes passwords.
pub struct Hasher {
    state: State,
}

impl Object for Hasher {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn step(&self, command: &str) -> Result<Step, Unread> {
        let outcome = hasher::handle(read(command)?);
        Ok(Step { database: Database::of(&self.state), now: now(), outcome, alarm: None })
    }
}
