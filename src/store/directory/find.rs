//! Looking people up.

use serde::{Deserialize, Serialize};

use super::person::first;
use super::projection::Projection;
use super::schema::confirmed;
use crate::base::{AccountId, UnixTime};
use crate::sign_in::login_name::LoginName;
use crate::sign_in::password::PasswordParameters;
use crate::store::ask::{Ask, Reply};
use crate::store::sql::{Row, Sql, SqlFault};

/// Finds the person with a login name.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Find {
    /// The name.
    pub login: LoginName,
}

/// Finds the person with a subject identifier.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FindBySub {
    /// The subject identifier.
    pub sub: String,
}

/// Where a person's account is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FoundAccount {
    /// The subject identifier.
    pub sub: String,
    /// The account.
    pub account: AccountId,
    /// How the password is hashed, if there is one.
    pub parameters: Option<PasswordParameters>,
    /// Which version of the account stands here.
    pub version: u32,
}

/// Lists people in the order of their subject identifiers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct List {
    /// Only the person with this user name.
    pub user_name: Option<LoginName>,
    /// How many to pass over.
    pub skip: u32,
    /// The most to give.
    pub count: u32,
}

/// Some of all.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccountsPage {
    /// How many there are in all.
    pub total: u32,
    /// Those that were asked for.
    pub entries: Vec<DirectoryEntry>,
}

impl Reply for AccountsPage {}

/// A person in a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DirectoryEntry {
    /// The subject identifier.
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
    let statement = concat!(
        "SELECT sub, account, password, version FROM person WHERE sub = \
         (SELECT sub FROM identifier WHERE login = ? AND settled = 1) AND ",
        confirmed!()
    );
    first(sql.run(statement, &[login.into()]))?.map(found).transpose()
}

impl Ask for FindBySub {
    type Reply = Option<FoundAccount>;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        let statement = concat!("SELECT sub, account, password, version FROM person WHERE sub = ? AND ", confirmed!());
        first(sql.run(statement, &[self.sub.as_str().into()]))?.map(found).transpose()
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
    let statement = concat!("SELECT ", columns!(), " FROM person WHERE sub = ?");
    let rows = if skip == 0 && count > 0 { sql.run(statement, &[found.sub.into()])? } else { Vec::new() };
    Ok(AccountsPage { total: 1, entries: rows.into_iter().map(entry).collect::<Result<_, _>>()? })
}

fn list_all(sql: &dyn Sql, skip: u32, count: u32) -> Result<AccountsPage, SqlFault> {
    let total = first(sql.run("SELECT people FROM head", &[]))?;
    let total = total.map(|mut row| row.take()).transpose()?.unwrap_or_default();
    if count == 0 || total == 0 {
        return Ok(AccountsPage { total, entries: Vec::new() });
    }
    // As many rows are read as are passed over: whoever reads all people does so page by page in time.
    let statement =
        concat!("SELECT ", columns!(), " FROM person WHERE ", confirmed!(), " ORDER BY sub LIMIT ? OFFSET ?");
    let rows = sql.run(statement, &[count.into(), skip.into()])?;
    Ok(AccountsPage { total, entries: rows.into_iter().map(entry).collect::<Result<_, _>>()? })
}

/// The columns of an entry in the order in which they are read.
macro_rules! columns {
    () => {
        "sub, user_name, email, display_name, active, created_at, modified_at, version"
    };
}
use columns;

fn entry(mut row: Row) -> Result<DirectoryEntry, SqlFault> {
    Ok(DirectoryEntry {
        sub: row.take()?,
        projection: Projection {
            user_name: row.take()?,
            email: row.take()?,
            display_name: row.take()?,
            active: row.take()?,
            created_at: row.take()?,
            modified_at: row.take()?,
            version: row.take()?,
        },
    })
}

fn found(mut row: Row) -> Result<FoundAccount, SqlFault> {
    Ok(FoundAccount { sub: row.take()?, account: row.take()?, parameters: row.take()?, version: row.take()? })
}
