//! The `Directory` object: the people.

use worker::{Env, State};

use super::database::Tables;
use super::object::{Object, Step, Unread, read};
use crate::edge::environment::now;
use crate::store::directory::{self, Command};

/// A tenant's directory.
pub struct Directory {
    state: State,
    tables: Tables,
}

impl Object for Directory {
    fn new(state: State, _env: Env) -> Self {
        Self { state, tables: Tables::new(directory::open) }
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn step(&self, command: &str) -> Result<Step, Unread> {
        let command: Command = read(command)?;
        let (database, now) = (self.tables.of(&self.state)?, now());
        let outcome = command.carry_out(&database, now);
        Ok(Step { database, now, outcome, alarm: None })
    }
}
