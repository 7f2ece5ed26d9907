//! The head row: who the account is, its epoch, and whether it may be used.

use serde::{Deserialize, Serialize};

use super::person::Credential;
use super::schema::{TABLES, VERSION};
use super::{Denied, sessions};
use crate::base::{AttemptId, UnixTime};
use crate::oauth::person::profile::Profile;
use crate::sign_in::device::DeviceKey;
use crate::store::sql::{Row, Sql, SqlFault, Value};
use crate::store::{ask, wire};

/// Makes the account. The only command that makes tables: no token brings an account to life.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Create {
    /// This try.
    pub attempt: AttemptId,
    /// The subject identifier (`OpenID` Connect Core section 2): never changes, is never reused.
    pub sub: String,
    /// Tags the ids of the person's devices: random, known to nobody else.
    pub device_key: DeviceKey,
    /// What is known about the person.
    #[serde(with = "wire::json")]
    pub profile: Profile,
    /// Whether the person may sign in.
    pub active: bool,
    /// The password, if the person has one.
    pub credential: Option<Credential>,
    /// When the names that the profile holds may be given to others: nothing is made from then on.
    pub before: Option<UnixTime>,
}
ask!(Create -> Created);

/// The answer to [`Create`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Created {
    /// It exists now, made by this attempt.
    Created,
    /// It existed before, or does not any more.
    Exists,
    /// It was asked for too late.
    TooLate,
}

/// Ends the account for good: everything but the fact that there was one is deleted, and nothing brings it back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Delete {
    /// This try.
    pub attempt: AttemptId,
}
ask!(Delete -> Result<(), Denied>);

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
    let Some(mut row) = row(sql, "SELECT attempt, sub, epoch, active FROM head WHERE deleted_at IS NULL")? else {
        return Ok(None);
    };
    Ok(Some(Head { attempt: row.take()?, sub: row.take()?, epoch: row.take()?, active: row.take()? }))
}

/// What `statement` finds in the head row, in an object that may have no tables.
pub(super) fn row(sql: &dyn Sql, statement: &str) -> Result<Option<Row>, SqlFault> {
    match sql.run(statement, &[]) {
        Err(SqlFault::NoTables) => Ok(None),
        rows => Ok(rows?.into_iter().next()),
    }
}

pub(super) fn create(sql: &dyn Sql, now: UnixTime, ask: Create) -> Result<Created, SqlFault> {
    if let Some(mut row) = row(sql, "SELECT attempt FROM head")? {
        let same = row.take::<AttemptId>()? == ask.attempt;
        return Ok(if same { Created::Created } else { Created::Exists });
    }
    if ask.before.is_some_and(|before| now >= before) {
        return Ok(Created::TooLate);
    }
    for table in TABLES {
        sql.run(table, &[])?;
    }
    let (password, verifier) = Credential::columns(ask.credential);
    sql.run(
        "INSERT INTO head (one, schema, attempt, sub, epoch, active, created_at, modified_at, version, profile, \
         device_key, password, verifier) VALUES (1, ?, ?, ?, 0, ?, ?, ?, 1, ?, ?, ?, ?)",
        &[
            VERSION.into(),
            ask.attempt.into(),
            ask.sub.into(),
            ask.active.into(),
            now.into(),
            now.into(),
            ask.profile.into(),
            ask.device_key.into(),
            password,
            verifier,
        ],
    )?;
    Ok(Created::Created)
}

pub(super) fn delete(sql: &dyn Sql, now: UnixTime, ask: Delete) -> Result<Result<(), Denied>, SqlFault> {
    let Some(head) = read(sql)? else {
        let was_one = row(sql, "SELECT 1 FROM head")?.is_some();
        return Ok(if was_one { Ok(()) } else { Err(Denied::Unknown) });
    };
    sessions::end_all(sql, now, head.epoch)?;
    for table in ["session", "consent", "family", "event"] {
        sql.run(&["DELETE FROM ", table].concat(), &[])?;
    }
    sql.run(
        "UPDATE head SET attempt = ?, epoch = ?, active = 0, deleted_at = ?, profile = '{}', device_key = ?, \
         password = NULL, verifier = NULL, failures = NULL",
        &[ask.attempt.into(), next_epoch(head.epoch)?.into(), now.into(), Value::Blob(Vec::new())],
    )?;
    Ok(Ok(()))
}

pub(super) fn raise_epoch(sql: &dyn Sql, now: UnixTime, ask: RaiseEpoch) -> Result<Result<(), Denied>, SqlFault> {
    let Some(head) = read(sql)? else {
        return Ok(Err(Denied::Unknown));
    };
    if head.attempt != ask.attempt {
        sessions::end_all(sql, now, head.epoch)?;
        sql.run("UPDATE head SET attempt = ?, epoch = ?", &[ask.attempt.into(), next_epoch(head.epoch)?.into()])?;
    }
    Ok(Ok(()))
}

pub(super) fn set_active(sql: &dyn Sql, now: UnixTime, ask: SetActive) -> Result<Result<(), Denied>, SqlFault> {
    let Some(head) = read(sql)? else {
        return Ok(Err(Denied::Unknown));
    };
    if head.active != ask.active {
        let epoch = if ask.active {
            head.epoch
        } else {
            sessions::end_all(sql, now, head.epoch)?;
            next_epoch(head.epoch)?
        };
        sql.run(
            "UPDATE head SET attempt = ?, epoch = ?, active = ?, modified_at = ?, version = version + 1",
            &[ask.attempt.into(), epoch.into(), ask.active.into(), now.into()],
        )?;
    }
    Ok(Ok(()))
}

/// The epoch after `epoch`, in which nothing of it is good.
pub(super) fn next_epoch(epoch: u32) -> Result<u32, SqlFault> {
    epoch.checked_add(1).ok_or(SqlFault::Corrupt("the epochs are used up"))
}
