//! The clients that developers registered in the portal, by their owner. A projection, written in the same step as the client.

use serde::{Deserialize, Serialize};

use super::Denied;
use super::clients::{Register, Registered, Update, client, stored, update_if, write};
use super::schema::{CHANGES, OWNED, make_tables};
use crate::base::{Seconds, UnixTime};
use crate::oauth::client::{Client, ClientId, ClientVersion};
use crate::store::sql::{Sql, SqlFault};
use crate::store::{ask, wire};

/// The most clients that one developer has.
pub const MOST_OWNED: u32 = 50;

/// The most changes that one developer makes in an hour, registrations among them: each costs rows and a put into KV. Deletion
/// is not counted, because what is deleted was registered.
pub const MOST_CHANGES: u32 = 60;

/// The hour of [`MOST_CHANGES`].
pub const CHANGES_WITHIN: Seconds = Seconds::new(3_600);

/// Registers a client of a developer. Its identifier must never have been used: one that was deleted is not given to another.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RegisterOwned {
    /// The registration.
    pub register: Register,
    /// The developer's `sub`.
    pub owner: String,
}
ask!(RegisterOwned -> Result<Registered, Denied>);

/// Replaces the record of a developer's client, if she has not changed too much lately.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct UpdateOwned {
    /// The change.
    pub update: Update,
    /// The developer's `sub`.
    pub owner: String,
}
ask!(UpdateOwned -> Result<Registered, Denied>);

/// Asks for the clients of a developer, in the order of their names.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ListOwned {
    /// The developer's `sub`.
    pub owner: String,
}
ask!(ListOwned -> Owned);

/// The clients of a developer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Owned {
    /// All of them.
    #[serde(with = "wire::json")]
    pub clients: Vec<Client>,
}

pub(super) fn register(
    sql: &dyn Sql,
    now: UnixTime,
    ask: RegisterOwned,
) -> Result<Result<Registered, Denied>, SqlFault> {
    let RegisterOwned { register: Register { attempt, client, access }, owner } = ask;
    if let Some(row) = stored(sql, &client.id)? {
        return Ok(row.of_attempt(attempt)?.ok_or(Denied::Exists));
    }
    make_tables(sql)?;
    sql.run(OWNED, &[])?;
    let count = sql.run("SELECT COUNT(*) FROM owned WHERE owner = ?", &[owner.as_str().into()])?.into_iter().next();
    let count: u32 = count.ok_or(SqlFault::Corrupt("no row"))?.take()?;
    if count >= MOST_OWNED {
        return Ok(Err(Denied::TooMany));
    }
    if !may_change(sql, now, &owner)? {
        return Ok(Err(Denied::TooOften));
    }
    let id = client.id.as_str();
    sql.run("INSERT INTO owned (owner, id) VALUES (?, ?)", &[owner.as_str().into(), id.into()])?;
    let client = Client { version: ClientVersion(1), owner: Some(owner), ..client };
    write(sql, now, attempt, &Registered { client, access }).map(Ok)
}

pub(super) fn update(sql: &dyn Sql, now: UnixTime, ask: UpdateOwned) -> Result<Result<Registered, Denied>, SqlFault> {
    update_if(sql, now, ask.update, || may_change(sql, now, &ask.owner))
}

/// Counts a change; says whether it is among those that a developer makes in an hour.
fn may_change(sql: &dyn Sql, now: UnixTime, owner: &str) -> Result<bool, SqlFault> {
    let rows = match sql.run("SELECT since, number FROM changes WHERE owner = ?", &[owner.into()]) {
        Err(SqlFault::NoTables) => sql.run(CHANGES, &[])?,
        rows => rows?,
    };
    let (mut since, mut number) = (now, 0);
    if let Some(mut row) = rows.into_iter().next() {
        let known: UnixTime = row.take()?;
        if (0..i64::from(CHANGES_WITHIN.get())).contains(&now.since(known)) {
            (since, number) = (known, row.take::<u32>()?);
        }
    }
    if number >= MOST_CHANGES {
        return Ok(false);
    }
    sql.run(
        "INSERT INTO changes (owner, since, number) VALUES (?, ?, ?) ON CONFLICT (owner) DO UPDATE SET since = \
         excluded.since, number = excluded.number",
        &[owner.into(), since.into(), number.saturating_add(1).into()],
    )?;
    Ok(true)
}

pub(super) fn list(sql: &dyn Sql, ask: &ListOwned) -> Result<Owned, SqlFault> {
    let statement = "SELECT client.record FROM owned JOIN client ON client.id = owned.id WHERE owned.owner = ? AND \
                     client.record IS NOT NULL";
    let rows = match sql.run(statement, &[ask.owner.as_str().into()]) {
        // No developer has registered anything.
        Err(SqlFault::NoTables) => return Ok(Owned { clients: Vec::new() }),
        rows => rows?,
    };
    let mut clients = Vec::with_capacity(rows.len());
    for mut row in rows {
        clients.push(client(&row.take::<String>()?)?);
    }
    clients.sort_by(|one, other| {
        one.registration.name.to_lowercase().cmp(&other.registration.name.to_lowercase()).then(one.id.cmp(&other.id))
    });
    Ok(Owned { clients })
}

/// Notes that a client is gone.
pub(super) fn forget(sql: &dyn Sql, owner: &str, id: &ClientId) -> Result<(), SqlFault> {
    match sql.run("DELETE FROM owned WHERE owner = ? AND id = ?", &[owner.into(), id.as_str().into()]) {
        Ok(_) | Err(SqlFault::NoTables) => Ok(()),
        Err(fault) => Err(fault),
    }
}
