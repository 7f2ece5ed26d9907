//! The `Registry` object: the clients.
//!
//! Its alarm is what puts records into KV, because alarms of one object never overlap: no put can overtake a later one of
//! the same client. A change sets the alarm for now, and what could not be put sets it again. The same alarm deletes
//! clients that registered themselves and were not used.

use std::cell::Cell;
use std::time::Duration;

use worker::{Env, State};

use super::database::{Database, Tables};
use super::object::{Alarm, Object, Step, Unread, log, read};
use crate::base::Seconds;
use crate::edge::environment::{config, now};
use crate::lifetimes;
use crate::lookup::client::outgoing;
use crate::oauth::client::ClientId;
use crate::seal::Sealer;
use crate::seal::client_record::ClientRecord;
use crate::store::registry::{self, Command, next_alarm, outbox, published, sweep};
use crate::store::sql::Sql as _;

/// When to try again what could not be put. KV takes one write a second for each key.
const RETRY: Duration = Duration::from_secs(lifetimes::ALARM_RETRY.get() as u64);

/// How many records are read at a time.
const BATCH: u32 = 20;

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
        let done = self.publish().await.unwrap_or_else(|cause| {
            log(&cause);
            false
        });
        let storage = self.state.storage();
        let pause = if done { next_alarm(&database, now()).ok().flatten().map(duration) } else { Some(RETRY) };
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
    /// Puts everything that is pending. Returns whether nothing is left.
    async fn publish(&self) -> Result<bool, String> {
        let config = config(&self.env, now());
        let Ok(config) = config.as_ref() else {
            return Err("the configuration has problems".to_owned());
        };
        let mut done = true;
        let mut after: Option<ClientId> = None;
        loop {
            let records =
                outbox(&Database::of(&self.state), after.as_ref(), BATCH).map_err(|fault| fault.to_string())?;
            let Some(last) = records.last() else {
                return Ok(done);
            };
            after = Some(last.id.clone());
            for record in &records {
                // One record that cannot be put must not hold up the others.
                if let Err(cause) = self.put(&config.sealer, record).await {
                    log(&cause);
                    done = false;
                }
            }
        }
    }

    async fn put(&self, sealer: &Sealer, record: &ClientRecord) -> Result<(), String> {
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(|error| error.to_string())?;
        let outgoing = outgoing(sealer, record, now(), nonce).map_err(|error| error.to_string())?;
        let store = self.env.kv("CLIENTS").map_err(|error| error.to_string())?;
        let put = store.put(&outgoing.key, outgoing.value.as_str()).map_err(|error| error.to_string())?;
        put.execute().await.map_err(|error| error.to_string())?;
        published(&Database::of(&self.state), now(), &record.id, record.version).map_err(|fault| fault.to_string())
    }
}
