//! The `Registry` object: the clients.
//!
//! Its alarm is what puts records into KV, because alarms of one object never overlap: no put can overtake a later one of
//! the same client. A change sets the alarm for now, and what could not be put sets it again.

use std::cell::Cell;
use std::time::Duration;

use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::{Database, log, read, respond};
use crate::edge::{config, now};
use crate::oauth::client::ClientId;
use crate::platform::clients::outgoing;
use crate::seal::Sealer;
use crate::seal::client_record::ClientRecord;
use crate::store::registry::{self, is_pending, outbox, published};
use crate::store::sql::Sql as _;

/// When to try again what could not be put. KV takes one write a second for each key.
const RETRY: Duration = Duration::from_mins(1);

/// How many records are read at a time.
const BATCH: u32 = 20;

/// A tenant's registry.
#[durable_object(alarm)]
pub struct Registry {
    state: State,
    env: Env,
    /// Whether this instance has made sure that an alarm takes care of what an earlier one left.
    checked: Cell<bool>,
}

impl DurableObject for Registry {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, checked: Cell::new(false) }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let command = read(request).await?;
        let (database, now) = (Database::of(&self.state), now());
        let outcome = registry::handle(&database, now, command);
        // Everything that is written here has to reach KV. Nothing waits between the change and the alarm, so they are kept
        // together or not at all.
        if outcome.is_ok() && database.rows_written() > 0 {
            self.state.storage().set_alarm(Duration::ZERO).await?;
            database.count_alarm();
        } else {
            self.check(&database).await?;
        }
        respond(&database, now, outcome)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        // An error here would make the platform repeat the alarm and then give up for good.
        let done = self.publish().await.unwrap_or_else(|cause| {
            log(&cause);
            false
        });
        let storage = self.state.storage();
        // A change that came in meanwhile has set a sooner one.
        if !done && storage.get_alarm().await?.is_none() {
            storage.set_alarm(RETRY).await?;
        }
        Response::empty()
    }
}

impl Registry {
    /// The platform gives up an alarm that fails too often: once per instance, what is pending without one gets one.
    async fn check(&self, database: &Database) -> worker::Result<()> {
        if self.checked.replace(true) || !is_pending(database).unwrap_or_default() {
            return Ok(());
        }
        let storage = self.state.storage();
        if storage.get_alarm().await?.is_none() {
            storage.set_alarm(Duration::ZERO).await?;
            database.count_alarm();
        }
        Ok(())
    }

    /// Puts everything that is pending. Says whether nothing is left.
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
