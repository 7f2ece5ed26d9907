//! The `Hasher` objects: they compute, and keep nothing.

use worker::{Env, State};

use super::database::Database;
use super::object::{Object, Step, Unread, read};
use crate::edge::environment::now;
use crate::store::hasher::Command;

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
        let command: Command = read(command)?;
        let (database, now) = (Database::of(&self.state), now());
        let outcome = command.carry_out(&database, now);
        Ok(Step { database, now, outcome, alarm: None })
    }
}
