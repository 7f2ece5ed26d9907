//! The rows of assertions: written once, deleted when nobody could use them any more.

use serde::{Deserialize, Serialize};

use crate::base::{AssertionKey, AttemptId, Seconds, UnixTime};
use crate::store::ask::{Ask, Reply};
use crate::store::sql::{Sql, SqlFault, Value};

/// How long a row stays after its assertion has expired: the clocks of the platform's machines differ.
const MARGIN: Seconds = Seconds::new(60);

/// How many rows each use looks at for some that can go. With four, at most about a quarter of the rows are outlived ones.
const LOOKED_AT: u32 = 4;

/// Uses an assertion.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Spend {
    /// This try: the same one may come twice.
    pub attempt: AttemptId,
    /// The assertion.
    pub key: AssertionKey,
    /// When it expires.
    pub expires_at: UnixTime,
}

/// Whether an assertion was used before.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Use {
    /// No: this is the only use that there will be.
    First,
    /// Yes.
    Repeated,
}

impl Reply for Use {}

/// Deletes rows that are outlived, in the order of their keys.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Sweep {
    /// Behind which key to begin; `None` is at the first one.
    pub after: Option<AssertionKey>,
    /// How many rows to look at.
    pub limit: u32,
}

/// How far a sweep came.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Swept {
    /// Where to go on; `None` when all rows were looked at.
    pub next: Option<AssertionKey>,
    /// Whether there are rows that will have to go later.
    pub rows_left: bool,
}

impl Reply for Swept {}

impl Ask for Spend {
    type Reply = Use;

    const ONLY_READS: bool = false;
    const ROWS_EXPIRE: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let statement = "SELECT attempt FROM spent WHERE key = ?";
        if let Some((attempt,)) = sql.first::<(AttemptId,)>(statement, &[self.key.into()])? {
            return Ok(if attempt == self.attempt { Use::First } else { Use::Repeated });
        }
        sql.run(
            "DELETE FROM spent WHERE expires_at < ? AND key IN (SELECT key FROM spent WHERE key > ? ORDER BY key LIMIT ?)",
            &[outlived(now), self.key.into(), LOOKED_AT.into()],
        )?;
        let row = [("key", self.key.into()), ("attempt", self.attempt.into()), ("expires_at", self.expires_at.into())];
        sql.insert("spent", row, "")?;
        Ok(Use::First)
    }
}

impl Ask for Sweep {
    type Reply = Swept;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let after = self.after.map_or_else(Vec::new, |key| key.as_bytes().to_vec());
        let statement = "SELECT key FROM spent WHERE key > ? ORDER BY key LIMIT ?";
        let rows: Vec<(AssertionKey,)> = sql.all(statement, &[after.clone().into(), self.limit.into()])?;
        let next = rows.last().map(|(key,)| *key);
        if let Some(last) = next {
            sql.run(
                "DELETE FROM spent WHERE key > ? AND key <= ? AND expires_at < ?",
                &[after.into(), last.into(), outlived(now)],
            )?;
        }
        let rows_left = !sql.run("SELECT 1 FROM spent LIMIT 1", &[])?.is_empty();
        Ok(Swept { next, rows_left })
    }
}

/// What expired before this moment can go.
fn outlived(now: UnixTime) -> Value {
    UnixTime::from_secs(now.as_secs().saturating_sub(i64::from(MARGIN.get()))).into()
}
