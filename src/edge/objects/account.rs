//! The `Account` object: a user.

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::join_all;
use serde::de::DeserializeOwned;
use worker::{Env, State};

use super::database::{Database, Tables};
use super::object::{Alarm, DAY, Object, Step, Unread, in_batches, log, read};
use crate::base::UnixTime;
use crate::edge::environment::{config, now};
use crate::edge::platform::Workers;
use crate::lifetimes;
use crate::platform::attempt;
use crate::store::account::{self, Command, Logout, Sweep, SweepGrants, Swept, Told};
use crate::store::remembered::Memory;
use crate::store::sql::Sql as _;
use crate::tasks;

/// How many rows one batch of the clean-up looks at.
const BATCH: u32 = 200;

/// How many batches of families and sessions, and how many of grants, one alarm handles. What is left waits for the next day.
const BATCHES: u32 = 50;

/// When to retry what failed here.
const RETRY: Duration = Duration::from_secs(lifetimes::ALARM_RETRY.get() as u64);

/// One person's object.
pub struct Account {
    state: State,
    env: Env,
    /// Whether an alarm is known to be set, so that only the first write of an instance asks.
    armed: Cell<bool>,
    tables: Tables,
    memory: Memory,
}

impl Object for Account {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, armed: Cell::new(false), tables: Tables::new(account::migrate), memory: Memory::default() }
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn is_armed(&self) {
        self.armed.set(true);
    }

    fn step(&self, command: &str) -> Result<Step, Unread> {
        let command: Command = read(command)?;
        let now = now();
        let database = self.tables.of(&self.state)?;
        let effects = command.effects();
        let outcome = account::handle(&database, &self.memory, now, command);
        let wrote = outcome.as_ref().is_ok_and(|reply| !reply.is_refusal()) && database.rows_written() > 0;
        let tells = wrote
            && effects.may_end_sessions
            && account::waiting(&database).is_ok_and(|waiting| !waiting.logouts.is_empty());
        let alarm = if tells {
            Some(Alarm::In(Duration::ZERO))
        } else {
            (wrote && effects.rows_expire && !self.armed.get()).then_some(Alarm::UnlessSet(DAY))
        };
        Ok(Step { database, now, outcome, alarm })
    }

    async fn alarm(&self) -> worker::Result<()> {
        // An error here would make the platform repeat the alarm and then give up for good.
        let told = self.tell().await.unwrap_or_else(|cause| {
            log(&cause);
            Some(RETRY)
        });
        let rows_left = self.sweep().await.unwrap_or_else(|cause| {
            log(&cause);
            true
        });
        let next = told.into_iter().chain(rows_left.then_some(DAY)).min();
        let storage = self.state.storage();
        if let Some(next) = next
            // A session that ended in the meantime has set an earlier one.
            && storage.get_alarm().await?.is_none()
        {
            storage.set_alarm(next).await?;
        }
        self.armed.set(next.is_some());
        Ok(())
    }
}

impl Account {
    /// Tells the clients that are due of logouts, all at once, so that none waits for another. Returns the time until
    /// the next one is due.
    async fn tell(&self) -> Result<Option<Duration>, String> {
        let database = self.tables.of(&self.state).map_err(|error| error.to_string())?;
        let waiting = account::waiting(&database).map_err(|fault| fault.to_string())?;
        let began = now();
        let due: Vec<&Logout> = waiting.logouts.iter().filter(|logout| logout.due_at <= began).collect();
        if !due.is_empty() {
            let config = config(&self.env, began);
            let Ok(config) = config.as_ref() else {
                return Err("the configuration has problems".to_owned());
            };
            let platform = Workers::new(&self.env, None);
            let telling = due.iter().map(|logout| tasks::logout::tell(config, &platform, &waiting.sub, logout, began));
            let told = join_all(telling).await;
            let outcomes: Vec<(Logout, Told)> = due.into_iter().cloned().zip(told).collect();
            let attempt = attempt(&platform);
            account::told(&Database::of(&self.state), &self.memory, now(), &outcomes, attempt)
                .map_err(|fault| fault.to_string())?;
        }
        let left = account::waiting(&Database::of(&self.state)).map_err(|fault| fault.to_string())?;
        let until = |due_at: UnixTime| Duration::from_secs(u64::try_from(due_at.since(now())).unwrap_or_default());
        Ok(left.due_at().map(until))
    }

    /// Cleans up. Returns whether rows are left.
    async fn sweep(&self) -> Result<bool, String> {
        let rows_left = in_batches(BATCHES, |after| {
            let swept: Swept = self.carry_out(Command::Sweep(Sweep { after, limit: BATCH }))?;
            Ok((swept.next, swept.rows_left))
        })
        .await?;
        let grants_left = in_batches(BATCHES, |after| {
            let next = self.carry_out(Command::SweepGrants(SweepGrants { after, limit: BATCH }))?;
            Ok((next, false))
        })
        .await?;
        Ok(rows_left || grants_left)
    }

    fn carry_out<T: DeserializeOwned>(&self, command: Command) -> Result<T, String> {
        let database = Database::of(&self.state);
        let reply = account::handle(&database, &self.memory, now(), command).map_err(|fault| fault.to_string())?;
        reply.decode().map_err(|fault| fault.to_string())
    }
}
