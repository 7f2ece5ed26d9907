//! The rows of clients: registered, read, changed, deleted.

use serde::{Deserialize, Serialize};

use super::schema::make_tables;
use super::{Denied, catalogue, owned};
use crate::base::{AttemptId, RegistrationAccessId, Seconds, UnixTime};
use crate::oauth::client::{Client, ClientId, ClientVersion};
use crate::store::sql::{Row, Sql, SqlFault};
use crate::store::{ask, wire};

/// The most clients that one page of a list has.
const LONGEST_PAGE: u32 = 100;

/// Registers a client. One that was deleted before starts anew: its version goes on, and nothing that was founded before its
/// deletion comes back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Register {
    /// This try.
    pub attempt: AttemptId,
    /// The client; its version is given by the registry.
    #[serde(with = "wire::json")]
    pub client: Client,
    /// What its registration access token names.
    pub access: RegistrationAccessId,
}
ask!(Register -> Result<Registered, Denied>);

/// Asks for the newest record of a client.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Read {
    /// The client.
    pub id: ClientId,
}
ask!(Read -> FoundClient);

/// Replaces a client's record and raises its version.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Update {
    /// This try.
    pub attempt: AttemptId,
    /// The client as it shall be; its version is given by the registry.
    #[serde(with = "wire::json")]
    pub client: Client,
    /// What its registration access token names from now on; `None` leaves it.
    pub access: Option<RegistrationAccessId>,
    /// The version that the caller has read; with another one nothing is changed.
    pub expected_version: Option<ClientVersion>,
}
ask!(Update -> Result<Registered, Denied>);

/// Deletes a client. The answer is the version of its tombstone.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Delete {
    /// This try.
    pub attempt: AttemptId,
    /// The client.
    pub id: ClientId,
}
ask!(Delete -> Result<ClientVersion, Denied>);

/// Asks for clients in the order of their identifiers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct List {
    /// The identifier after which the page begins.
    pub after: Option<ClientId>,
    /// How many clients, at most 100.
    pub limit: u32,
}
ask!(List -> Listed);

/// A registered client, and what only those who manage it need.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Registered {
    /// The client.
    #[serde(with = "wire::json")]
    pub client: Client,
    /// What its registration access token names.
    pub access: RegistrationAccessId,
}

/// What the registry knows about an identifier.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum FoundClient {
    /// The client was deleted, at this version.
    Deleted(ClientVersion),
    /// There never was such a client.
    Never,
    /// The client.
    Registered(Box<Registered>),
}

/// One page of clients.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Listed {
    /// The clients.
    #[serde(with = "wire::json")]
    pub clients: Vec<Client>,
    /// After which identifier the next page begins; `None` when this is the last one.
    pub next: Option<ClientId>,
}

/// A client's row.
pub(super) struct Stored {
    pub version: ClientVersion,
    attempt: AttemptId,
    /// The client as JSON; `None` in a tombstone.
    record: Option<String>,
    access: Option<RegistrationAccessId>,
    changed_at: UnixTime,
    pub published_at: Option<UnixTime>,
}

impl Stored {
    pub(super) fn registered(&self) -> Result<Option<Registered>, SqlFault> {
        let (Some(record), Some(access)) = (&self.record, self.access) else {
            return Ok(None);
        };
        Ok(Some(Registered { client: client(record)?, access }))
    }

    pub(super) fn found(&self) -> Result<FoundClient, SqlFault> {
        Ok(self
            .registered()?
            .map_or(FoundClient::Deleted(self.version), |registered| FoundClient::Registered(Box::new(registered))))
    }

    /// The answer of the attempt that wrote this row.
    pub(super) fn of_attempt(&self, attempt: AttemptId) -> Result<Option<Registered>, SqlFault> {
        if self.attempt == attempt { self.registered() } else { Ok(None) }
    }
}

pub(super) fn client(record: &str) -> Result<Client, SqlFault> {
    serde_json::from_str(record).map_err(|_| SqlFault::Corrupt("a client's record"))
}

/// The row of a client, `None` when there never was one.
pub(super) fn stored(sql: &dyn Sql, id: &ClientId) -> Result<Option<Stored>, SqlFault> {
    let statement = "SELECT version, attempt, record, access, changed_at, published_at FROM client WHERE id = ?";
    let rows = match sql.run(statement, &[id.as_str().into()]) {
        Err(SqlFault::NoTables) => return Ok(None),
        rows => rows?,
    };
    let read = |mut row: Row| {
        Ok(Stored {
            version: row.take()?,
            attempt: row.take()?,
            record: row.take()?,
            access: row.take()?,
            changed_at: row.take()?,
            published_at: row.take()?,
        })
    };
    rows.into_iter().next().map(read).transpose()
}

pub(super) fn register(sql: &dyn Sql, now: UnixTime, ask: Register) -> Result<Result<Registered, Denied>, SqlFault> {
    let before = stored(sql, &ask.client.id)?;
    let (version, revoked_before) = match &before {
        None => (ClientVersion(1), None),
        Some(row) if row.record.is_none() => {
            // By whole seconds: what was founded in the second of the deletion is dead too.
            (next(row.version)?, Some(row.changed_at.plus(Seconds::new(1))))
        }
        Some(row) => return Ok(row.of_attempt(ask.attempt)?.ok_or(Denied::Exists)),
    };
    if before.is_none() {
        make_tables(sql)?;
    }
    let client = Client { version, revoked_before: revoked_before.max(ask.client.revoked_before), ..ask.client };
    write(sql, now, ask.attempt, &Registered { client, access: ask.access }).map(Ok)
}

pub(super) fn read(sql: &dyn Sql, ask: Read) -> Result<FoundClient, SqlFault> {
    stored(sql, &ask.id)?.map_or(Ok(FoundClient::Never), |row| row.found())
}

pub(super) fn update(sql: &dyn Sql, now: UnixTime, ask: Update) -> Result<Result<Registered, Denied>, SqlFault> {
    update_if(sql, now, ask, || Ok(true))
}

/// Replaces a client's record, unless `may` says that there were too many changes. It is asked when there is one to be made.
pub(super) fn update_if(
    sql: &dyn Sql,
    now: UnixTime,
    ask: Update,
    may: impl FnOnce() -> Result<bool, SqlFault>,
) -> Result<Result<Registered, Denied>, SqlFault> {
    let Some(row) = stored(sql, &ask.client.id)? else {
        return Ok(Err(Denied::Unknown));
    };
    if let Some(registered) = row.of_attempt(ask.attempt)? {
        return Ok(Ok(registered));
    }
    let (Some(_), Some(access)) = (&row.record, row.access) else {
        return Ok(Err(Denied::Unknown));
    };
    if ask.expected_version.is_some_and(|expected| expected != row.version) {
        return Ok(Err(Denied::Changed));
    }
    if !may()? {
        return Ok(Err(Denied::TooOften));
    }
    let client = Client { version: next(row.version)?, ..ask.client };
    write(sql, now, ask.attempt, &Registered { client, access: ask.access.unwrap_or(access) }).map(Ok)
}

pub(super) fn delete(sql: &dyn Sql, now: UnixTime, ask: Delete) -> Result<Result<ClientVersion, Denied>, SqlFault> {
    let Some(row) = stored(sql, &ask.id)? else {
        return Ok(Err(Denied::Unknown));
    };
    if row.record.is_none() {
        return Ok(if row.attempt == ask.attempt { Ok(row.version) } else { Err(Denied::Unknown) });
    }
    let version = next(row.version)?;
    if row.registered()?.is_some_and(|registered| registered.client.is_unused) {
        delete_row(sql, &ask.id)?;
    } else {
        put(sql, &ask.id, version, ask.attempt, None, None, now)?;
        super::outbox::pend(sql, &ask.id, version)?;
    }
    catalogue::note(sql, &ask.id, None)?;
    if let Some(owner) = row.registered()?.and_then(|registered| registered.client.owner) {
        owned::forget(sql, &owner, &ask.id)?;
    }
    Ok(Ok(version))
}

pub(super) fn list(sql: &dyn Sql, ask: List) -> Result<Listed, SqlFault> {
    let limit = ask.limit.clamp(1, LONGEST_PAGE);
    let after = ask.after.as_ref().map_or("", ClientId::as_str);
    let statement = "SELECT record FROM client WHERE id > ? AND record IS NOT NULL ORDER BY id LIMIT ?";
    let rows = match sql.run(statement, &[after.into(), limit.saturating_add(1).into()]) {
        Err(SqlFault::NoTables) => Vec::new(),
        rows => rows?,
    };
    let mut clients = Vec::with_capacity(rows.len());
    for mut row in rows {
        clients.push(client(&row.take::<String>()?)?);
    }
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = clients.len() > page;
    clients.truncate(page);
    let next = clients.last().filter(|_| more).map(|client| client.id.clone());
    Ok(Listed { clients, next })
}

pub(super) fn next(version: ClientVersion) -> Result<ClientVersion, SqlFault> {
    version.0.checked_add(1).map(ClientVersion).ok_or(SqlFault::Corrupt("the versions are used up"))
}

pub(super) fn write(
    sql: &dyn Sql,
    now: UnixTime,
    attempt: AttemptId,
    registered: &Registered,
) -> Result<Registered, SqlFault> {
    let Registered { client, access } = registered;
    let record = serde_json::to_string(client).map_err(|error| SqlFault::Failed(error.to_string()))?;
    put(sql, &client.id, client.version, attempt, Some(record), Some(*access), now)?;
    catalogue::note(sql, &client.id, Some(client))?;
    // What strangers write is none of KV's business: it has a thousand free writes a day.
    if !client.is_unused {
        super::outbox::pend(sql, &client.id, client.version)?;
    }
    Ok(registered.clone())
}

/// Deletes the row of a client of which KV was never told.
pub(super) fn delete_row(sql: &dyn Sql, id: &ClientId) -> Result<(), SqlFault> {
    sql.run("DELETE FROM client WHERE id = ?", &[id.as_str().into()]).map(|_| ())
}

/// Writes a client's row.
fn put(
    sql: &dyn Sql,
    id: &ClientId,
    version: ClientVersion,
    attempt: AttemptId,
    record: Option<String>,
    access: Option<RegistrationAccessId>,
    now: UnixTime,
) -> Result<(), SqlFault> {
    sql.run(
        "INSERT INTO client (id, version, attempt, record, access, changed_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, attempt = excluded.attempt, record = excluded.record,
        access = excluded.access, changed_at = excluded.changed_at",
        &[id.as_str().into(), version.into(), attempt.into(), record.into(), access.into(), now.into()],
    )?;
    Ok(())
}
