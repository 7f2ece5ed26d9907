//! The `Directory` object: the people.

use std::cell::Cell;

use worker::{Env, State};

use super::{Database, Object, Step, Unread, read};
use crate::edge::environment::now;
use crate::store::directory::{self, Command};

/// A tenant's directory.
pub struct Directory {
    state: State,
    /// Whether the tables are known to be this release's.
    opened: Cell<bool>,
}

impl Object for Directory {
    fn new(state: State, _env: Env) -> Self {
        Self { state, opened: Cell::new(false) }
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn step(&self, command: &str) -> Result<Step, Unread> {
        let command: Command = read(command)?;
        let (database, now) = (Database::of(&self.state), now());
        if !self.opened.get() {
            directory::open(&database)?;
            self.opened.set(true);
        }
        let outcome = command.carry_out(&database, now);
        Ok(Step { database, now, outcome, alarm: None })
    }
}
