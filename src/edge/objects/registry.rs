//! The `Registry` object: the clients.
//!
//! Its alarm is what puts records into KV, because alarms of one object never overlap: no put can overtake a later one of
//! the same client. A change sets the alarm for when its record is due, and what could not be put sets it again. The same alarm
//! deletes clients that registered themselves and were not used.

use std::cell::Cell;
use std::time::Duration;

use worker::{Env, State};

use super::database::{Database, Tables};
use super::object::{Alarm, Object, Step, Unread, log, read};
use crate::base::{Seconds, UnixTime};
use crate::edge::environment::{config, now};
use crate::edge::task::within;
use crate::lifetimes;
use crate::lookup::client::Outgoing;
use crate::store::registry::{self, Command, next_alarm, sweep};
use crate::store::sql::Sql as _;
use crate::tasks::publish::{NotPut, Outlet, publish};

/// When to try again after the database failed.
const RETRY: Duration = Duration::from_secs(lifetimes::ALARM_RETRY.get() as u64);

/// A tenant's registry.
pub struct Registry {
    state: State,
    env: Env,
    tables: Tables,
    /// Whether this instance has set an alarm for what an earlier instance left.
    checked: Cell<bool>,
}

impl Object for Registry {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, tables: Tables::new(registry::open), checked: Cell::new(false) }
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn step(&self, command: &str) -> Result<Step, Unread> {
        let command: Command = read(command)?;
        let (database, now) = (self.tables.of(&self.state)?, now());
        let outcome = command.carry_out(&database, now);
        let due = || next_alarm(&database, now).ok().flatten().map(duration);
        // What is written here has to reach KV, or to end. The platform gives up an alarm that fails too often: once per
        // instance, what is to be done without one gets one.
        let alarm = if outcome.is_ok() && database.rows_written() > 0 {
            due().map(Alarm::In)
        } else if self.checked.replace(true) {
            None
        } else {
            due().map(Alarm::UnlessSet)
        };
        Ok(Step { database, now, outcome, alarm })
    }

    async fn alarm(&self) -> worker::Result<()> {
        let database = match self.tables.of(&self.state) {
            Ok(database) => database,
            Err(fault) => {
                log(&fault.to_string());
                return self.state.storage().set_alarm(RETRY).await;
            }
        };
        if let Err(fault) = sweep(&database, now()) {
            log(&fault.to_string());
        }
        // An error here would make the platform repeat the alarm and then give up for good.
        let pause = match self.publish(&database).await {
            Ok(()) => next_alarm(&database, now()).map_or(Some(RETRY), |next| next.map(duration)),
            Err(cause) => {
                log(&cause);
                Some(RETRY)
            }
        };
        let storage = self.state.storage();
        // A change in the meantime has set an earlier one.
        if let Some(pause) = pause
            && storage.get_alarm().await?.is_none()
        {
            storage.set_alarm(pause).await?;
        }
        Ok(())
    }
}

fn duration(seconds: Seconds) -> Duration {
    Duration::from_secs(u64::from(seconds.get()))
}

impl Registry {
    async fn publish(&self, database: &Database) -> Result<(), String> {
        let config = config(&self.env, now());
        let Ok(config) = config.as_ref() else {
            return Err("the configuration has problems".to_owned());
        };
        publish(database, &config.sealer, &Kv(&self.env)).await
    }
}

/// KV as the alarm sees it.
struct Kv<'a>(&'a Env);

impl Outlet for Kv<'_> {
    fn now(&self) -> UnixTime {
        now()
    }

    fn nonce(&self) -> Result<[u8; 24], String> {
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(|error| error.to_string())?;
        Ok(nonce)
    }

    async fn put(&self, Outgoing { key, value }: Outgoing) -> Result<(), NotPut> {
        let refused = |error: &dyn ToString| NotPut::Refused(error.to_string());
        let store = self.0.kv("CLIENTS").map_err(|error| refused(&error))?;
        let put = store.put(&key, value.as_str()).map_err(|error| refused(&error))?;
        let deadline = Duration::from_secs(lifetimes::KV_WRITE.get().into());
        within(deadline, put.execute()).await.ok_or(NotPut::Late)?.map_err(|error| refused(&error))
    }

    fn log(&self, cause: &str) {
        log(cause);
    }
}
