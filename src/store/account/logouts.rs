//! Clients that have to be told of a logout (`OpenID` Connect Back-Channel Logout 1.0). They are queued in the head row: no
//! further row is written, and the queue stays when the sessions or the account end.

use serde::{Deserialize, Serialize};

use super::events::{self, EventKind};
use super::head;
use crate::base::{AttemptId, SessionId, UnixTime};
use crate::lifetimes;
use crate::oauth::client::ClientId;
use crate::store::remembered::{Memory, Remembering};
use crate::store::sql::{Sql, SqlFault, Value};

/// The maximum that wait at a time. Beyond it, the oldest are given up.
const MOST: usize = 200;

/// One client that has to be told that a session ended.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Logout {
    /// The client to tell.
    pub client: ClientId,
    pub session: SessionId,
    /// How many tries have failed.
    pub tries: u8,
    /// When to try.
    pub due_at: UnixTime,
}

/// The result of one try.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Told {
    /// The client was told, or does not ask to be told.
    Done,
    /// It could not be told.
    Failed,
}

/// The queue, and the user.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WaitingLogouts {
    pub sub: String,
    /// The clients, in the order in which their sessions ended.
    pub logouts: Vec<Logout>,
}

impl WaitingLogouts {
    /// When the first of them is due.
    #[must_use]
    pub fn due_at(&self) -> Option<UnixTime> {
        self.logouts.iter().map(|logout| logout.due_at).min()
    }
}

/// Reads the queue.
///
/// # Errors
/// When the database fails.
pub fn waiting(sql: &dyn Sql) -> Result<WaitingLogouts, SqlFault> {
    let row: Option<(String, String)> = head::row(sql, "SELECT sub, logouts FROM head WHERE logouts IS NOT NULL")?;
    let Some((sub, text)) = row else {
        return Ok(WaitingLogouts::default());
    };
    let logouts = serde_json::from_str(&text).map_err(|_| SqlFault::Corrupt("logouts"))?;
    Ok(WaitingLogouts { sub, logouts })
}

/// Queues the clients that hold tokens of sessions which are about to end. `which` is a condition on
/// the table `family`.
pub(super) fn queue(sql: &dyn Sql, now: UnixTime, which: &str, parameters: &[Value]) -> Result<(), SqlFault> {
    let statement = [
        "SELECT DISTINCT family.session, consent.client_id FROM family JOIN consent ON consent.client = family.client \
         AND consent.id = family.consent WHERE family.revoked_at IS NULL AND ",
        which,
    ]
    .concat();
    let rows: Vec<(SessionId, ClientId)> = sql.all(&statement, parameters)?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut waiting = waiting(sql)?;
    for (session, client) in rows {
        waiting.logouts.push(Logout { client, session, tries: 0, due_at: now });
    }
    let surplus = waiting.logouts.len().saturating_sub(MOST);
    waiting.logouts.drain(..surplus);
    write(sql, &waiting)
}

/// Writes the results of one run of tries. What was queued in the meantime stays.
///
/// # Errors
/// When the database fails; then all of it is tried again.
pub fn told(
    sql: &dyn Sql,
    memory: &Memory,
    now: UnixTime,
    outcomes: &[(Logout, Told)],
    attempt: AttemptId,
) -> Result<(), SqlFault> {
    let sql: &dyn Sql = &Remembering::new(sql, memory, false);
    crate::store::sql::atomically(sql, || {
        let mut waiting = waiting(sql)?;
        for (logout, told) in outcomes {
            let Some(at) = waiting.logouts.iter().position(|known| known == logout) else {
                continue;
            };
            let mut logout = waiting.logouts.remove(at);
            if *told == Told::Done {
                continue;
            }
            match lifetimes::LOGOUT_RETRIES.get(usize::from(logout.tries)) {
                Some(pause) => {
                    logout.tries = logout.tries.saturating_add(1);
                    logout.due_at = now.plus(*pause);
                    waiting.logouts.push(logout);
                }
                // A deleted account has no events any more.
                None if head::read(sql)?.is_none() => {}
                None => events::record(sql, now, EventKind::LogoutNotDelivered, Some(&logout.client), attempt)?,
            }
        }
        write(sql, &waiting)
    })
}

fn write(sql: &dyn Sql, waiting: &WaitingLogouts) -> Result<(), SqlFault> {
    let text = if waiting.logouts.is_empty() {
        Value::Null
    } else {
        let text = serde_json::to_string(&waiting.logouts).map_err(|error| SqlFault::Failed(error.to_string()))?;
        Value::Text(text)
    };
    sql.run("UPDATE head SET logouts = ?", &[text])?;
    Ok(())
}
