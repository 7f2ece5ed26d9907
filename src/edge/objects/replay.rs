//! The `Replay` objects: the assertions that clients have used.

use std::cell::Cell;

use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::{DAY, Database, arm_daily, in_batches, log, read, respond};
use crate::edge::now;
use crate::store::replay::{self, Command, Sweep, Swept};
use crate::store::sql::Sql as _;

/// How many rows one batch of the clean-up looks at, and how many batches one alarm takes.
const BATCH: u32 = 500;
const BATCHES: u32 = 100;

/// The assertions of some of the clients.
#[durable_object(alarm)]
pub struct Replay {
    state: State,
    /// Whether an alarm is known to be set, so that only the first write of an instance asks.
    armed: Cell<bool>,
}

impl DurableObject for Replay {
    fn new(state: State, _env: Env) -> Self {
        Self { state, armed: Cell::new(false) }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let command = match read(request).await? {
            Ok(command) => command,
            Err(response) => return Ok(response),
        };
        let (database, now) = (Database::of(&self.state), now());
        let outcome = replay::handle(&database, now, command);
        if outcome.is_ok() && database.rows_written() > 0 {
            arm_daily(&self.state, &self.armed, &database).await?;
        }
        respond(&database, now, outcome)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        // An error here would make the platform repeat the alarm and then give up for good.
        let rows_left = self.sweep().await.unwrap_or_else(|cause| {
            log(&cause);
            true
        });
        if rows_left {
            self.state.storage().set_alarm(DAY).await?;
        }
        self.armed.set(rows_left);
        Response::empty()
    }
}

impl Replay {
    /// The clean-up. Says whether rows are left.
    async fn sweep(&self) -> Result<bool, String> {
        in_batches(BATCHES, |after| {
            let command = Command::Sweep(Sweep { after, limit: BATCH });
            let reply =
                replay::handle(&Database::of(&self.state), now(), command).map_err(|fault| fault.to_string())?;
            let swept: Swept = reply.decode().map_err(|fault| fault.to_string())?;
            Ok((swept.next, swept.rows_left))
        })
        .await
    }
}
