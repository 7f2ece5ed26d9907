//! Whether the object works, and whether KV takes what it puts.

use serde::{Deserialize, Serialize};

use super::outbox::is_behind;
use crate::base::UnixTime;
use crate::lifetimes;
use crate::store::ask::{Ask, Reply};
use crate::store::sql::{Sql, SqlFault};

/// Writes a number into the database and reads it back.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Probe {
    /// Any number; the database sends it back.
    pub number: u32,
    /// Whether the caller has just written to KV and read it back.
    pub kv_was_checked: bool,
}

/// What the object says about itself and about KV.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Probed {
    pub number: u32,
    /// Whether the caller may write to KV: it takes a thousand writes a day.
    pub kv_check_is_due: bool,
    /// Whether changes of clients have not reached KV for a while.
    pub kv_is_behind: bool,
}

impl Reply for Probed {}

impl Ask for Probe {
    type Reply = Probed;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        sql.run("UPDATE head SET probe = ?", &[self.number.into()])?;
        if self.kv_was_checked {
            sql.run("UPDATE head SET kv_checked_at = ?", &[now.into()])?;
        }
        let row = sql.first("SELECT probe, kv_checked_at FROM head", &[])?;
        let (number, checked_at): (u32, UnixTime) = row.ok_or(SqlFault::Corrupt("head"))?;
        let fresh = 0..i64::from(lifetimes::BETWEEN_KV_CHECKS.get());
        let kv_check_is_due = !fresh.contains(&now.since(checked_at));
        Ok(Probed { number, kv_check_is_due, kv_is_behind: is_behind(sql, now)? })
    }
}
