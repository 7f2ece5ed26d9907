//! The rows of clients.

use serde::{Deserialize, Serialize};

use crate::base::{AttemptId, RegistrationAccessId, UnixTime};
use crate::oauth::client::{Client, ClientId, ClientVersion};
use crate::store::ask::Reply;
use crate::store::sql::{Sql, SqlFault, columns};
use crate::store::wire;

/// A registered client, and what only those who manage it need.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Registered {
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
    Never,
    Registered(Box<Registered>),
}

impl Reply for FoundClient {}

columns! {
/// A client's row.
pub(super) struct Stored {
    pub version: ClientVersion,
    pub attempt: AttemptId,
    /// The client as JSON; `None` in a tombstone.
    pub record: Option<String>,
    pub access: Option<RegistrationAccessId>,
    pub changed_at: UnixTime,
    /// The time of the last put.
    pub published_at: Option<UnixTime>,
    puts: u32,
    /// The day on which these puts were.
    puts_on: i64,
}
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

    /// How often its record was put into KV on the day of `now`.
    pub(super) fn puts_on(&self, now: UnixTime) -> u32 {
        if self.puts_on == now.day() { self.puts } else { 0 }
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
    Ok(sql.select("FROM client WHERE id = ?", &[id.as_str().into()])?.into_iter().next())
}

pub(super) fn next(version: ClientVersion) -> Result<ClientVersion, SqlFault> {
    version.0.checked_add(1).map(ClientVersion).ok_or(SqlFault::Corrupt("the versions are used up"))
}

/// Deletes the row of a client that was never put into KV.
pub(super) fn delete_row(sql: &dyn Sql, id: &ClientId) -> Result<(), SqlFault> {
    sql.run("DELETE FROM client WHERE id = ?", &[id.as_str().into()]).map(|_| ())
}

/// Writes a client's row.
pub(super) fn put(
    sql: &dyn Sql,
    id: &ClientId,
    version: ClientVersion,
    attempt: AttemptId,
    record: Option<String>,
    access: Option<RegistrationAccessId>,
    now: UnixTime,
) -> Result<(), SqlFault> {
    let row = [
        ("id", id.as_str().into()),
        ("version", version.into()),
        ("attempt", attempt.into()),
        ("record", record.into()),
        ("access", access.into()),
        ("changed_at", now.into()),
    ];
    sql.insert(
        "client",
        row,
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, attempt = excluded.attempt, \
         record = excluded.record, access = excluded.access, changed_at = excluded.changed_at",
    )
}
