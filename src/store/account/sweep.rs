//! Clean-up: expired rows are deleted. Ids begin with the time of their end, so the first rows of a table expire first and no index
//! is needed.

use serde::{Deserialize, Serialize};

use super::families;
use crate::base::{FamilyId, GrantId, SessionId, UnixTime};
use crate::lifetimes;
use crate::oauth::client::ClientKey;
use crate::store::ask::{Ask, Reply};
use crate::store::sql::{Sql, SqlFault, Value};

/// One bounded batch of the daily clean-up.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Sweep {
    /// Where the batch before stopped.
    pub after: Option<FamilyId>,
    /// The maximum of families that are read, and of sessions that are deleted.
    pub limit: u32,
}

/// What a batch did.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Swept {
    /// Where the next batch begins; `None` at the end.
    pub next: Option<FamilyId>,
    /// Whether rows are left that will expire.
    pub rows_left: bool,
}

impl Reply for Swept {}

/// One bounded batch of the clean-up of grants: a grant goes when a newer one replaces it and no code or family uses it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SweepGrants {
    /// Where the batch before stopped.
    pub after: Option<(ClientKey, GrantId)>,
    /// The maximum of grants that are read.
    pub limit: u32,
}

/// How many families and sessions a redemption or sign-in deletes.
const ON_THE_WAY: u32 = 2;

impl Ask for Sweep {
    type Reply = Swept;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        match sweep_tables(sql, now, self.after, self.limit) {
            Err(SqlFault::NoTables) => Ok(Swept { next: None, rows_left: false }),
            swept => swept,
        }
    }
}

/// Deletes at most two expired rows at a redemption or sign-in, so that most accounts never need the alarm.
pub(super) fn on_the_way(sql: &dyn Sql, now: UnixTime) -> Result<(), SqlFault> {
    let deleted = delete_families(sql, now, &families::removable(sql, None, ON_THE_WAY)?)?;
    delete_sessions(sql, now, ON_THE_WAY.saturating_sub(deleted))
}

fn sweep_tables(sql: &dyn Sql, now: UnixTime, after: Option<FamilyId>, limit: u32) -> Result<Swept, SqlFault> {
    let seen = families::removable(sql, after, limit)?;
    delete_families(sql, now, &seen)?;
    delete_sessions(sql, now, limit)?;
    let more = u32::try_from(seen.len()).is_ok_and(|seen| seen >= limit);
    let next = if more { seen.last().map(|(id, _)| *id) } else { None };
    let left = sql.run("SELECT 1 WHERE EXISTS (SELECT 1 FROM family) OR EXISTS (SELECT 1 FROM session)", &[])?;
    Ok(Swept { next, rows_left: !left.is_empty() })
}

fn delete_families(sql: &dyn Sql, now: UnixTime, seen: &[(FamilyId, UnixTime)]) -> Result<u32, SqlFault> {
    let mut deleted: u32 = 0;
    for (id, removable_at) in seen {
        if now >= *removable_at {
            sql.run("DELETE FROM family WHERE id = ?", &[(*id).into()])?;
            deleted = deleted.saturating_add(1);
        }
    }
    Ok(deleted)
}

impl Ask for SweepGrants {
    type Reply = Option<(ClientKey, GrantId)>;

    const ONLY_READS: bool = false;

    /// A consent that was given again is of no use once its codes, which are older than the newer consent, have expired
    /// and its families are gone: a request is judged by the newest one. The answer is where the next batch begins; `None`
    /// at the end.
    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let after = self.after.map_or([Value::Blob(Vec::new()), Value::Blob(Vec::new())], bounds);
        let statement = "SELECT client, id FROM consent WHERE (client, id) > (?, ?) ORDER BY client, id LIMIT ?";
        let rows: Vec<(ClientKey, GrantId)> = match sql.all(statement, &[&after[..], &[self.limit.into()]].concat()) {
            Err(SqlFault::NoTables) => return Ok(None),
            rows => rows?,
        };
        let more = u32::try_from(rows.len()).is_ok_and(|seen| seen >= self.limit);
        let Some(last) = rows.into_iter().next_back() else {
            return Ok(None);
        };
        sql.run(
            "DELETE FROM consent WHERE (client, id) > (?, ?) AND (client, id) <= (?, ?) AND id NOT IN (SELECT consent FROM \
             family) AND EXISTS (SELECT 1 FROM consent AS newer WHERE newer.client = consent.client AND (newer.at, newer.id) > \
             (consent.at, consent.id) AND newer.at < ?)",
            &[&after[..], &bounds(last), &[now.minus(lifetimes::CODE_ROWS).into()]].concat(),
        )?;
        Ok(more.then_some(last))
    }
}

fn bounds((client, grant): (ClientKey, GrantId)) -> [Value; 2] {
    [client.into(), grant.into()]
}

/// A session's id begins with its end, so only the first rows of the table can have expired.
fn delete_sessions(sql: &dyn Sql, now: UnixTime, limit: u32) -> Result<(), SqlFault> {
    let rows = sql.all("SELECT id, expires_at FROM session ORDER BY id LIMIT ?", &[limit.into()])?;
    for (id, expires_at) in rows as Vec<(SessionId, UnixTime)> {
        if now >= expires_at {
            sql.run("DELETE FROM session WHERE id = ?", &[id.into()])?;
        }
    }
    Ok(())
}
