//! The rows of assertions: written once, deleted after the assertion has expired.

use serde::{Deserialize, Serialize};

use crate::base::{AssertionKey, AttemptId, UnixTime};
use crate::lifetimes;
use crate::store::ask::{Ask, Reply};
use crate::store::sql::{Sql, SqlFault, Value};

/// How many rows each use checks for expired ones. With four, at most about a quarter of the rows are expired.
const LOOKED_AT: u32 = 4;

/// Uses an assertion up.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Spend {
    /// The same attempt may come twice.
    pub attempt: AttemptId,
    pub key: AssertionKey,
    pub expires_at: UnixTime,
}

/// Whether an assertion was used before.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Use {
    /// No: this is the only use.
    First,
    /// Yes.
    Repeated,
}

impl Reply for Use {}

/// Deletes expired rows, in the order of their keys.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Sweep {
    /// The key after which to begin; `None` is at the first one.
    pub after: Option<AssertionKey>,
    /// How many rows to read.
    pub limit: u32,
}

/// How far a sweep came.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Swept {
    /// Where the next sweep begins; `None` when all rows were read.
    pub next: Option<AssertionKey>,
    /// Whether rows are left, which expire later.
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
            &[expired(now), self.key.into(), LOOKED_AT.into()],
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
                &[after.into(), last.into(), expired(now)],
            )?;
        }
        let rows_left = !sql.run("SELECT 1 FROM spent LIMIT 1", &[])?.is_empty();
        Ok(Swept { next, rows_left })
    }
}

/// The time before which rows must have expired to be deleted.
fn expired(now: UnixTime) -> Value {
    now.minus(lifetimes::ASSERTION_MARGIN).into()
}
