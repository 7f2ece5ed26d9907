//! The Durable Objects: each parses a command, calls its store and responds. The logic is in `store`.

mod account;
mod database;
mod directory;
mod hasher;
mod registry;
mod replay;

use std::cell::Cell;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Request, Response, State};

use self::database::Database;
use super::now;
use crate::base::UnixTime;
use crate::store::sql::{Sql as _, SqlFault};
use crate::store::wire::{self, Encoded, WireFault};

/// Reads the whole command, so that the step that follows needs no `await`. An `Err` inside is the answer to one that is of
/// another protocol.
async fn read<C: DeserializeOwned>(mut request: Request) -> worker::Result<Result<C, Response>> {
    match wire::decode_command(&request.bytes().await?) {
        Ok(command) => Ok(Ok(command)),
        Err(fault @ WireFault::OtherProtocol { .. }) => {
            log(&fault.to_string());
            Response::from_bytes(wire::other_protocol()).map(Err)
        }
        Err(fault) => Err(worker::Error::RustError(fault.to_string())),
    }
}

/// How long after the first row that can expire an object cleans up, and how long after that again.
const DAY: Duration = Duration::from_hours(24);

/// Sets the daily alarm unless it is set; `armed` is whether it is known to be, so that only the first write of an instance
/// asks.
async fn arm_daily(state: &State, armed: &Cell<bool>, database: &Database) -> worker::Result<()> {
    if armed.get() {
        return Ok(());
    }
    let storage = state.storage();
    if storage.get_alarm().await?.is_none() {
        storage.set_alarm(DAY).await?;
        database.count_alarm();
    }
    armed.set(true);
    Ok(())
}

/// Takes a clean-up batch by batch, at most `batches` of them; other requests get their turn in between. `batch` begins behind
/// what it is given, and answers where the next one begins, and whether rows are left. Says whether rows are left.
async fn in_batches<K>(
    batches: u32,
    batch: impl Fn(Option<K>) -> Result<(Option<K>, bool), String>,
) -> Result<bool, String> {
    let mut after = None;
    for _ in 0..batches {
        let (next, rows_left) = batch(after)?;
        if next.is_none() {
            return Ok(rows_left);
        }
        after = next;
        worker::Delay::from(Duration::ZERO).await;
    }
    Ok(true)
}

/// Sends what a step came to.
fn respond(database: &Database, now: UnixTime, outcome: Result<Encoded, SqlFault>) -> worker::Result<Response> {
    match outcome {
        Ok(reply) => {
            let answer = wire::encode_answer(now, database.rows_written(), &reply);
            Response::from_bytes(answer.map_err(|fault| worker::Error::RustError(fault.to_string()))?)
        }
        Err(fault) => {
            // The cause goes to the log; the Worker learns that there was one.
            log(&fault.to_string());
            Response::error("the object failed", 500)
        }
    }
}

fn log(cause: &str) {
    #[derive(Serialize)]
    struct Line<'a> {
        event: &'a str,
        at: UnixTime,
        cause: &'a str,
    }
    let line = Line { event: "object_fault", at: now(), cause };
    worker::console_log!("{}", serde_json::to_string(&line).unwrap_or_default());
}
