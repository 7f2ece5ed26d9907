//! The rows of a user and of their login names.

use crate::base::{AccountId, AttemptId, UnixTime};
use crate::sign_in::login_name::LoginName;
use crate::store::sql::{Sql, SqlFault, Value, columns};

/// What is known of a user.
pub(super) struct PersonRow {
    pub account: AccountId,
    pub attempt: AttemptId,
    /// All names that they hold, claimed ones included.
    pub logins: Vec<LoginName>,
    /// Until when the names are reserved for a user who is not confirmed yet.
    pub reserved_until: Option<UnixTime>,
    /// The version of the account that a change of names is to make.
    pub changing: Option<u32>,
    pub removed: bool,
    /// The version that was confirmed last.
    pub version: Option<u32>,
}

/// Who holds a name.
pub(super) struct Identifier {
    pub sub: String,
    pub hold: Hold,
}

/// How a name is held.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub(super) struct Hold {
    /// Whether the confirmed version of the Account has it. Users sign in only with such names.
    pub settled: bool,
    /// A change is under way that gives it to the Account: the version that it makes, and the end of the lease.
    pub claim: Option<(u32, UnixTime)>,
}

impl Hold {
    /// The Account has it, and no change is under way.
    pub const SETTLED: Self = Self { settled: true, claim: None };
}

columns! {
    struct PersonColumns {
        account: AccountId,
        attempt: AttemptId,
        logins: String,
        reserved_until: Option<UnixTime>,
        changing: Option<u32>,
        removed_at: Option<UnixTime>,
        version: Option<u32>,
    }
}

/// The user with this subject identifier, removed ones included.
pub(super) fn read(sql: &dyn Sql, sub: &str) -> Result<Option<PersonRow>, SqlFault> {
    let rows: Vec<PersonColumns> = sql.select("FROM person WHERE sub = ?", &[sub.into()])?;
    let person = |row: PersonColumns| {
        Ok(PersonRow {
            account: row.account,
            attempt: row.attempt,
            logins: decode(&row.logins)?,
            reserved_until: row.reserved_until,
            changing: row.changing,
            removed: row.removed_at.is_some(),
            version: row.version,
        })
    };
    rows.into_iter().next().map(person).transpose()
}

/// Who holds `login`.
pub(super) fn identifier(sql: &dyn Sql, login: &LoginName) -> Result<Option<Identifier>, SqlFault> {
    let statement = "SELECT sub, settled, claimed_for, until FROM identifier WHERE login = ?";
    let row = sql.first(statement, &[login.as_str().into()])?;
    Ok(row.map(|(sub, settled, claimed_for, until)| Identifier {
        sub,
        hold: Hold { settled, claim: Option::zip(claimed_for, until) },
    }))
}

/// How `sub` holds `login`, if at all.
pub(super) fn held(sql: &dyn Sql, login: &LoginName, sub: &str) -> Result<Option<Hold>, SqlFault> {
    Ok(identifier(sql, login)?.filter(|identifier| identifier.sub == sub).map(|identifier| identifier.hold))
}

/// Writes how `sub` holds `login`, which nobody else holds.
pub(super) fn hold(sql: &dyn Sql, login: &LoginName, sub: &str, hold: Hold) -> Result<(), SqlFault> {
    let (claimed_for, until) = hold.claim.unzip();
    let row = [
        ("login", login.as_str().into()),
        ("sub", sub.into()),
        ("settled", hold.settled.into()),
        ("claimed_for", claimed_for.into()),
        ("until", until.into()),
    ];
    sql.insert(
        "identifier",
        row,
        "ON CONFLICT (login) DO UPDATE SET settled = excluded.settled, claimed_for = excluded.claimed_for, \
         until = excluded.until WHERE sub = excluded.sub",
    )
}

/// Frees `login`, if `sub` holds it.
pub(super) fn free(sql: &dyn Sql, login: &LoginName, sub: &str) -> Result<(), SqlFault> {
    sql.run("DELETE FROM identifier WHERE login = ? AND sub = ?", &[login.as_str().into(), sub.into()])?;
    Ok(())
}

/// Adds to the number of confirmed people.
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
