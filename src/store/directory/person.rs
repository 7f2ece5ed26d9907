//! The rows of a person: hers, and those of her names.

use crate::base::{AccountId, AttemptId, UnixTime};
use crate::sign_in::login_name::LoginName;
use crate::store::sql::{Row, Sql, SqlFault, Value};

/// What decides about a person's row.
pub(super) struct PersonRow {
    pub account: AccountId,
    pub attempt: AttemptId,
    /// All names that she holds, claimed ones included.
    pub logins: Vec<LoginName>,
    /// Until when the names are reserved for a person who is not confirmed yet.
    pub reserved_until: Option<UnixTime>,
    /// The version that a change of names is to make.
    pub changing: Option<u32>,
    pub removed: bool,
    /// The version that was confirmed last.
    pub version: Option<u32>,
}

/// Who holds a name.
pub(super) struct Identifier {
    pub sub: String,
    /// How.
    pub hold: Hold,
}

/// How a name is held.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub(super) struct Hold {
    /// Whether the confirmed version of the Account has it; people sign in with such names only.
    pub settled: bool,
    /// Since a change is under way after which the Account is to have it: the version that it makes, and the end of the
    /// lease.
    pub claim: Option<(u32, UnixTime)>,
}

impl Hold {
    /// For good.
    pub const SETTLED: Self = Self { settled: true, claim: None };
}

/// The person with this subject identifier, removed ones included.
pub(super) fn read(sql: &dyn Sql, sub: &str) -> Result<Option<PersonRow>, SqlFault> {
    let statement =
        "SELECT account, attempt, logins, reserved_until, changing, removed_at, version FROM person WHERE sub = ?";
    let Some(mut row) = first(sql.run(statement, &[sub.into()]))? else {
        return Ok(None);
    };
    Ok(Some(PersonRow {
        account: row.take()?,
        attempt: row.take()?,
        logins: decode(&row.take::<String>()?)?,
        reserved_until: row.take()?,
        changing: row.take()?,
        removed: row.take::<Option<UnixTime>>()?.is_some(),
        version: row.take()?,
    }))
}

/// Who holds `login`.
pub(super) fn identifier(sql: &dyn Sql, login: &LoginName) -> Result<Option<Identifier>, SqlFault> {
    let statement = "SELECT sub, settled, claimed_for, until FROM identifier WHERE login = ?";
    let Some(mut row) = first(sql.run(statement, &[login.as_str().into()]))? else {
        return Ok(None);
    };
    let (sub, settled) = (row.take()?, row.take()?);
    Ok(Some(Identifier { sub, hold: Hold { settled, claim: Option::zip(row.take()?, row.take()?) } }))
}

/// How `sub` holds `login`, if at all.
pub(super) fn held(sql: &dyn Sql, login: &LoginName, sub: &str) -> Result<Option<Hold>, SqlFault> {
    Ok(identifier(sql, login)?.filter(|identifier| identifier.sub == sub).map(|identifier| identifier.hold))
}

/// Lets `sub` hold `login`, which nobody else does.
pub(super) fn hold(sql: &dyn Sql, login: &LoginName, sub: &str, hold: Hold) -> Result<(), SqlFault> {
    let (claimed_for, until) = hold.claim.unzip();
    sql.run(
        "INSERT INTO identifier (login, sub, settled, claimed_for, until) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (login) DO UPDATE SET settled = excluded.settled, claimed_for = excluded.claimed_for, \
         until = excluded.until WHERE sub = excluded.sub",
        &[login.as_str().into(), sub.into(), hold.settled.into(), claimed_for.into(), until.into()],
    )?;
    Ok(())
}

/// Frees `login`, if `sub` holds it.
pub(super) fn free(sql: &dyn Sql, login: &LoginName, sub: &str) -> Result<(), SqlFault> {
    sql.run("DELETE FROM identifier WHERE login = ? AND sub = ?", &[login.as_str().into(), sub.into()])?;
    Ok(())
}

/// Notes that there are so many more confirmed people.
pub(super) fn count(sql: &dyn Sql, more: i64) -> Result<(), SqlFault> {
    sql.run("UPDATE head SET people = people + ?", &[more.into()]).map(|_| ())
}

/// The names as the column `logins` holds them.
pub(super) fn encode(logins: &[LoginName]) -> Value {
    // Texts always become JSON.
    serde_json::to_string(logins).unwrap_or_default().into()
}

fn decode(text: &str) -> Result<Vec<LoginName>, SqlFault> {
    serde_json::from_str(text).map_err(|_| SqlFault::Corrupt("logins"))
}

/// The first row, in an object that may have no tables.
pub(super) fn first(rows: Result<Vec<Row>, SqlFault>) -> Result<Option<Row>, SqlFault> {
    match rows {
        Err(SqlFault::NoTables) => Ok(None),
        rows => Ok(rows?.into_iter().next()),
    }
}
