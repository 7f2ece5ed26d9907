//! Clients are registered, read, changed and deleted.

use serde::{Deserialize, Serialize};

use super::denied::Denied;
use super::outbox::Urgency;
use super::owned::{Changer, may_change};
use super::records::{FoundClient, Registered, client, delete_row, next, put, stored};
use super::write::write;
use super::{catalogue, outbox, owned};
use crate::base::{AttemptId, RegistrationAccessId, Seconds, UnixTime};
use crate::lifetimes;
use crate::oauth::client::{Client, ClientId, ClientVersion};
use crate::store::ask::{Ask, Reply};
use crate::store::page::cut;
use crate::store::sql::{Sql, SqlFault};
use crate::store::wire;

/// Registers a client. For an identifier that was deleted, the version goes on, and nothing that was founded before its
/// deletion comes back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Register {
    pub attempt: AttemptId,
    /// The client; the registry gives the version.
    #[serde(with = "wire::json")]
    pub client: Client,
    /// What its registration access token names.
    pub access: RegistrationAccessId,
}

/// Asks for the newest record of a client.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Read {
    pub id: ClientId,
}

/// Replaces a client's record and raises its version.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Update {
    pub attempt: AttemptId,
    /// The new record; the registry gives the version.
    #[serde(with = "wire::json")]
    pub client: Client,
    /// What its registration access token names from now on; `None` leaves it.
    pub access: Option<RegistrationAccessId>,
    /// The version that the caller has read; with another one nothing is changed.
    pub expected_version: Option<ClientVersion>,
}

/// The same for a client that changes itself, if such changes were not too many lately.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct UpdateItself {
    pub update: Update,
}

/// Deletes a client. The answer is the version of its tombstone.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Delete {
    pub attempt: AttemptId,
    pub id: ClientId,
}

/// Asks for clients in the order of their identifiers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct List {
    /// The identifier after which the page begins.
    pub after: Option<ClientId>,
    /// How many clients, at most 100.
    pub limit: u32,
}

/// One page of clients.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Listed {
    #[serde(with = "wire::json")]
    pub clients: Vec<Client>,
    /// After which identifier the next page begins; `None` when this is the last one.
    pub next: Option<ClientId>,
}

impl Reply for Listed {}

impl Ask for Register {
    type Reply = Result<Registered, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let before = stored(sql, &self.client.id)?;
        let (version, revoked_before) = match &before {
            None => (ClientVersion(1), None),
            Some(row) if row.record.is_none() => {
                // By whole seconds: what was founded in the second of the deletion is dead too.
                (next(row.version)?, Some(row.changed_at.plus(Seconds::new(1))))
            }
            Some(row) => return Ok(row.of_attempt(self.attempt)?.ok_or(Denied::Exists)),
        };
        if let Some(owner) = &self.client.owner
            && !owned::has_room(sql, owner)?
        {
            return Ok(Err(Denied::TooMany));
        }
        let client = Client { version, revoked_before: revoked_before.max(self.client.revoked_before), ..self.client };
        write(sql, now, self.attempt, &Registered { client, access: self.access }, before.as_ref()).map(Ok)
    }
}

impl Ask for Read {
    type Reply = FoundClient;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        stored(sql, &self.id)?.map_or(Ok(FoundClient::Never), |row| row.found())
    }
}

impl Ask for Update {
    type Reply = Result<Registered, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        update_if(sql, now, self, |_| Ok(true))
    }
}

impl Ask for UpdateItself {
    type Reply = Result<Registered, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        update_if(sql, now, self.update, |before| match Changer::of_client(before) {
            Some(changer) => may_change(sql, now, changer),
            None => Ok(true),
        })
    }
}

/// Replaces a client's record, unless `may` says of the client as it was that there were too many changes. It is called only when
/// there is a change.
pub(super) fn update_if(
    sql: &dyn Sql,
    now: UnixTime,
    ask: Update,
    may: impl FnOnce(&Client) -> Result<bool, SqlFault>,
) -> Result<Result<Registered, Denied>, SqlFault> {
    let Some(row) = stored(sql, &ask.client.id)? else {
        return Ok(Err(Denied::Unknown));
    };
    if let Some(registered) = row.of_attempt(ask.attempt)? {
        return Ok(Ok(registered));
    }
    let Some(before) = row.registered()? else {
        return Ok(Err(Denied::Unknown));
    };
    if ask.expected_version.is_some_and(|expected| expected != row.version) {
        return Ok(Err(Denied::Changed));
    }
    if let Some(owner) = ask.client.owner.as_deref().filter(|owner| before.client.owner.as_deref() != Some(*owner))
        && !owned::has_room(sql, owner)?
    {
        return Ok(Err(Denied::TooMany));
    }
    if !may(&before.client)? {
        return Ok(Err(Denied::TooOften));
    }
    let client = Client { version: next(row.version)?, ..ask.client };
    write(sql, now, ask.attempt, &Registered { client, access: ask.access.unwrap_or(before.access) }, Some(&row))
        .map(Ok)
}

impl Ask for Delete {
    type Reply = Result<ClientVersion, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(row) = stored(sql, &self.id)? else {
            return Ok(Err(Denied::Unknown));
        };
        if row.record.is_none() {
            return Ok(if row.attempt == self.attempt { Ok(row.version) } else { Err(Denied::Unknown) });
        }
        let version = next(row.version)?;
        if row.registered()?.is_some_and(|registered| registered.client.is_unused) {
            delete_row(sql, &self.id)?;
        } else {
            put(sql, &self.id, version, self.attempt, None, None, now)?;
            if outbox::is_known_to_kv(sql, &self.id, &row)? {
                outbox::pend(sql, Some(&row), &self.id, version, Urgency::AtOnce, now)?;
            }
        }
        catalogue::note(sql, &self.id, None)?;
        if let Some(owner) = row.registered()?.and_then(|registered| registered.client.owner) {
            owned::note(sql, &self.id, Some(&owner), None)?;
        }
        Ok(Ok(version))
    }
}

impl Ask for List {
    type Reply = Listed;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        let limit = self.limit.clamp(1, lifetimes::LONGEST_CLIENTS_PAGE);
        let after = self.after.as_ref().map_or("", ClientId::as_str);
        let statement = "SELECT record FROM client WHERE id > ? AND record IS NOT NULL ORDER BY id LIMIT ?";
        let rows: Vec<(String,)> = sql.all(statement, &[after.into(), limit.saturating_add(1).into()])?;
        let mut clients = rows.iter().map(|(record,)| client(record)).collect::<Result<Vec<_>, _>>()?;
        let more = cut(&mut clients, limit);
        let next = clients.last().filter(|_| more).map(|client| client.id.clone());
        Ok(Listed { clients, next })
    }
}
