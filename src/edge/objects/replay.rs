//! The `Replay` objects: the assertions that clients have used.

use std::cell::Cell;

use worker::{Env, State};

use super::database::{Database, Tables};
use super::object::{Alarm, DAY, Object, Step, Unread, in_batches, log, read};
use crate::edge::environment::now;
use crate::store::replay::{self, Command, Sweep, Swept};
use crate::store::sql::Sql as _;

/// How many rows one batch of the clean-up looks at, and how many batches one alarm takes.
const BATCH: u32 = 500;
const BATCHES: u32 = 100;

/// The assertions of some of the clients.
pub struct Replay {
    state: State,
    /// Whether an alarm is known to be set, so that only the first write of an instance asks.
    armed: Cell<bool>,
    tables: Tables,
}

impl Object for Replay {
    fn new(state: State, _env: Env) -> Self {
        Self { state, armed: Cell::new(false), tables: Tables::new(replay::open) }
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn is_armed(&self) {
        self.armed.set(true);
    }

    fn step(&self, command: &str) -> Result<Step, Unread> {
        let command: Command = read(command)?;
        let (database, now) = (self.tables.of(&self.state)?, now());
        let rows_expire = command.effects().rows_expire;
        let outcome = command.carry_out(&database, now);
        let wrote = outcome.is_ok() && database.rows_written() > 0;
        let alarm = (wrote && rows_expire && !self.armed.get()).then_some(Alarm::UnlessSet(DAY));
        Ok(Step { database, now, outcome, alarm })
    }

    async fn alarm(&self) -> worker::Result<()> {
        // An error here would make the platform repeat the alarm and then give up for good.
        let rows_left = self.sweep().await.unwrap_or_else(|cause| {
            log(&cause);
            true
        });
        if rows_left {
            self.state.storage().set_alarm(DAY).await?;
        }
        self.armed.set(rows_left);
        Ok(())
    }
}

impl Replay {
    /// Cleans up. Returns whether rows are left.
    async fn sweep(&self) -> Result<bool, String> {
        self.tables.of(&self.state).map_err(|fault| fault.to_string())?;
        in_batches(BATCHES, |after| {
            let command = Command::Sweep(Sweep { after, limit: BATCH });
            let reply = command.carry_out(&Database::of(&self.state), now()).map_err(|fault| fault.to_string())?;
            let swept: Swept = reply.decode().map_err(|fault| fault.to_string())?;
            Ok((swept.next, swept.rows_left))
        })
        .await
    }
}
