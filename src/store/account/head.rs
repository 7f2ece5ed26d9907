//! The head row: who the account is, its epoch, and whether it may be used.

use serde::{Deserialize, Serialize};

use super::schema::{TABLES, VERSION};
use super::{Denied, ask};
use crate::base::{AttemptId, UnixTime};
use crate::store::sql::{Sql, SqlFault};

/// Makes the account. The only command that makes tables: no token brings an account to life.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Create {
    /// This try.
    pub attempt: AttemptId,
    /// The subject identifier (`OpenID` Connect Core section 2): never changes, is never reused.
    pub sub: String,
}
ask!(Create -> Created);

/// The answer to [`Create`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Created {
    /// It exists now, made by this attempt.
    Created,
    /// It existed before.
    Exists,
}

/// Ends everything that was issued so far: sessions, codes and families of older epochs are dead from now on. For a
/// changed password and for signing out everywhere.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RaiseEpoch {
    /// This try.
    pub attempt: AttemptId,
}
ask!(RaiseEpoch -> Result<(), Denied>);

/// Enables or disables the account; disabling ends everything that was issued.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SetActive {
    /// This try.
    pub attempt: AttemptId,
    /// Whether the person may sign in from now on.
    pub active: bool,
}
ask!(SetActive -> Result<(), Denied>);

/// What the head row says.
pub(super) struct Head {
    pub attempt: AttemptId,
    pub sub: String,
    pub epoch: u32,
    pub active: bool,
}

/// The head row; `None` when there is no account here.
pub(super) fn read(sql: &dyn Sql) -> Result<Option<Head>, SqlFault> {
    let rows = match sql.run("SELECT attempt, sub, epoch, active FROM head", &[]) {
        Err(SqlFault::NoTables) => return Ok(None),
        rows => rows?,
    };
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Head { attempt: row.take()?, sub: row.take()?, epoch: row.take()?, active: row.take()? }))
}

pub(super) fn create(sql: &dyn Sql, now: UnixTime, ask: Create) -> Result<Created, SqlFault> {
    if let Some(head) = read(sql)? {
        return Ok(if head.attempt == ask.attempt { Created::Created } else { Created::Exists });
    }
    for table in TABLES {
        sql.run(table, &[])?;
    }
    sql.run(
        "INSERT INTO head (one, schema, attempt, sub, epoch, active, created_at) VALUES (1, ?, ?, ?, 0, 1, ?)",
        &[VERSION.into(), ask.attempt.into(), ask.sub.into(), now.into()],
    )?;
    Ok(Created::Created)
}

pub(super) fn raise_epoch(sql: &dyn Sql, ask: RaiseEpoch) -> Result<Result<(), Denied>, SqlFault> {
    let Some(head) = read(sql)? else {
        return Ok(Err(Denied::Unknown));
    };
    if head.attempt != ask.attempt {
        write(sql, &Head { attempt: ask.attempt, epoch: next_epoch(head.epoch)?, ..head })?;
    }
    Ok(Ok(()))
}

pub(super) fn set_active(sql: &dyn Sql, ask: SetActive) -> Result<Result<(), Denied>, SqlFault> {
    let Some(head) = read(sql)? else {
        return Ok(Err(Denied::Unknown));
    };
    if head.active != ask.active {
        let epoch = if ask.active { head.epoch } else { next_epoch(head.epoch)? };
        write(sql, &Head { attempt: ask.attempt, epoch, active: ask.active, ..head })?;
    }
    Ok(Ok(()))
}

fn next_epoch(epoch: u32) -> Result<u32, SqlFault> {
    epoch.checked_add(1).ok_or(SqlFault::Corrupt("the epochs are used up"))
}

fn write(sql: &dyn Sql, head: &Head) -> Result<(), SqlFault> {
    sql.run(
        "UPDATE head SET attempt = ?, epoch = ?, active = ? WHERE one = 1",
        &[head.attempt.into(), head.epoch.into(), head.active.into()],
    )?;
    Ok(())
}
