//! Looking people up.

use serde::{Deserialize, Serialize};

use super::projection::Projection;
use super::schema::confirmed;
use crate::base::{AccountId, UnixTime};
use crate::sign_in::login_name::LoginName;
use crate::sign_in::password::PasswordParameters;
use crate::store::ask::{Ask, Reply};
use crate::store::sql::{Sql, SqlFault, Value, columns};

/// Finds the user with a login name.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Find {
    pub login: LoginName,
}

/// Finds the user with a subject identifier.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FindBySub {
    pub sub: String,
}

/// Where a user's account is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FoundAccount {
    pub sub: String,
    pub account: AccountId,
    /// How the password is hashed, if there is one.
    pub parameters: Option<PasswordParameters>,
    /// The version of the account that the directory has.
    pub version: u32,
}

/// Lists people in the order of their subject identifiers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct List {
    /// Only the user with this user name.
    pub user_name: Option<LoginName>,
    /// How many to skip.
    pub skip: u32,
    /// The maximum to return.
    pub count: u32,
}

/// One page of a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccountsPage {
    /// The number of all people.
    pub total: u32,
    pub entries: Vec<DirectoryEntry>,
}

impl Reply for AccountsPage {}

/// A user in a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DirectoryEntry {
    pub sub: String,
    /// What is shown.
    pub projection: Projection,
}

impl Ask for Find {
    type Reply = Option<FoundAccount>;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        by_login(sql, self.login)
    }
}

fn by_login(sql: &dyn Sql, login: LoginName) -> Result<Option<FoundAccount>, SqlFault> {
    // A name that is only claimed belongs to nobody yet.
    let from = concat!(
        "FROM person WHERE sub = (SELECT sub FROM identifier WHERE login = ? AND settled = 1) AND ",
        confirmed!()
    );
    found(sql, from, login.into())
}

impl Ask for FindBySub {
    type Reply = Option<FoundAccount>;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        found(sql, concat!("FROM person WHERE sub = ? AND ", confirmed!()), self.sub.into())
    }
}

impl Ask for List {
    type Reply = AccountsPage;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        match self.user_name {
            Some(user_name) => list_one(sql, user_name, self.skip, self.count),
            None => list_all(sql, self.skip, self.count),
        }
    }
}

fn list_one(sql: &dyn Sql, user_name: LoginName, skip: u32, count: u32) -> Result<AccountsPage, SqlFault> {
    let found = if user_name.is_email() { None } else { by_login(sql, user_name)? };
    let Some(found) = found else {
        return Ok(AccountsPage { total: 0, entries: Vec::new() });
    };
    let shown = skip == 0 && count > 0;
    let rows = if shown { sql.select("FROM person WHERE sub = ?", &[found.sub.into()])? } else { Vec::new() };
    Ok(AccountsPage { total: 1, entries: rows.into_iter().map(entry).collect() })
}

fn list_all(sql: &dyn Sql, skip: u32, count: u32) -> Result<AccountsPage, SqlFault> {
    let (total,) = sql.first("SELECT people FROM head", &[])?.unwrap_or_default();
    if count == 0 || total == 0 {
        return Ok(AccountsPage { total, entries: Vec::new() });
    }
    // As many rows are read as are skipped.
    let from = concat!("FROM person WHERE ", confirmed!(), " ORDER BY sub LIMIT ? OFFSET ?");
    let rows = sql.select(from, &[count.into(), skip.into()])?;
    Ok(AccountsPage { total, entries: rows.into_iter().map(entry).collect() })
}

columns! {
    struct EntryRow {
        sub: String,
        user_name: String,
        email: Option<String>,
        display_name: Option<String>,
        active: bool,
        created_at: UnixTime,
        modified_at: UnixTime,
        version: u32,
    }
}

fn entry(row: EntryRow) -> DirectoryEntry {
    let EntryRow { sub, user_name, email, display_name, active, created_at, modified_at, version } = row;
    DirectoryEntry {
        sub,
        projection: Projection { user_name, email, display_name, active, created_at, modified_at, version },
    }
}

columns! {
    struct FoundRow {
        sub: String,
        account: AccountId,
        password: Option<PasswordParameters>,
        version: u32,
    }
}

fn found(sql: &dyn Sql, from: &str, parameter: Value) -> Result<Option<FoundAccount>, SqlFault> {
    let found =
        |FoundRow { sub, account, password, version }| FoundAccount { sub, account, parameters: password, version };
    Ok(sql.select(from, &[parameter])?.into_iter().next().map(found))
}
