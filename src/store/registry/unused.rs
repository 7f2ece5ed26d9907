//! Clients that registered themselves. Anybody can do that, so they are counted, they are never put into KV, and they are deleted
//! after a day if no code of theirs is redeemed.

use serde::{Deserialize, Serialize};

use super::catalogue;
use super::clients::Register;
use super::denied::Denied;
use super::outbox::next_put;
use super::records::{Registered, delete_row, next, stored};
use super::write::write;
use crate::base::{AttemptId, Seconds, UnixTime};
use crate::lifetimes;
use crate::oauth::client::{Client, ClientId, ClientVersion};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault, atomically};

/// The most clients that register themselves in a day, in an hour, and in an hour from one place.
const MOST: u32 = 1_000;
const MOST_IN_AN_HOUR: u32 = 200;
const MOST_OF_A_PLACE: u32 = 20;

/// How many are deleted at a time.
const BATCH: u32 = 50;

/// Registers a client that registers itself, if not too many have done so lately.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RegisterItself {
    pub register: Register,
    /// The part of the network that it comes from.
    pub place: String,
}

/// Records that a code of the client was redeemed: the client stays. The answer is its new version.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct MarkUsed {
    pub attempt: AttemptId,
    pub id: ClientId,
}

impl Ask for RegisterItself {
    type Reply = Result<Registered, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let RegisterItself { register: Register { attempt, client, access }, place } = self;
        if let Some(row) = stored(sql, &client.id)? {
            return Ok(row.of_attempt(attempt)?.ok_or(Denied::Exists));
        }
        if is_full(sql, now, &place)? {
            return Ok(Err(Denied::Full));
        }
        let client = Client { version: ClientVersion(1), is_unused: true, ..client };
        let row = [("id", client.id.as_str().into()), ("place", place.into()), ("at", now.into())];
        sql.insert("self_registration", row, "")?;
        write(sql, now, attempt, &Registered { client, access }, None).map(Ok)
    }
}

fn is_full(sql: &dyn Sql, now: UnixTime, place: &str) -> Result<bool, SqlFault> {
    let hour_ago = now.minus(lifetimes::REGISTRATIONS_WINDOW);
    let statement =
        "SELECT count(*), count(CASE WHEN at > ? THEN 1 END), count(CASE WHEN at > ? AND place = ? THEN 1 END)
        FROM self_registration";
    let counts = sql.first(statement, &[hour_ago.into(), hour_ago.into(), place.into()])?;
    let (day, hour, of_place): (u32, u32, u32) = counts.ok_or(SqlFault::Corrupt("no row"))?;
    Ok(day >= MOST || hour >= MOST_IN_AN_HOUR || of_place >= MOST_OF_A_PLACE)
}

impl Ask for MarkUsed {
    type Reply = Result<ClientVersion, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(row) = stored(sql, &self.id)? else {
            return Ok(Err(Denied::Unknown));
        };
        let Some(Registered { client, access }) = row.registered()? else {
            return Ok(Err(Denied::Unknown));
        };
        if !client.is_unused {
            return Ok(Ok(client.version));
        }
        let client = Client { version: next(client.version)?, is_unused: false, ..client };
        let version = client.version;
        write(sql, now, self.attempt, &Registered { client, access }, Some(&row))?;
        Ok(Ok(version))
    }
}

/// Deletes clients that were not used within a day, some at a time. They were never in KV and their identifiers are not reused, so
/// no row needs to stay.
///
/// # Errors
/// When the database fails.
pub fn sweep(sql: &dyn Sql, now: UnixTime) -> Result<(), SqlFault> {
    atomically(sql, || {
        let statement = "SELECT id FROM self_registration WHERE at <= ? ORDER BY at LIMIT ?";
        let rows: Vec<(ClientId,)> = sql.all(statement, &[now.minus(lifetimes::UNUSED_CLIENT).into(), BATCH.into()])?;
        for (id,) in rows {
            if is_unused(sql, &id)? {
                delete_row(sql, &id)?;
                catalogue::note(sql, &id, None)?;
            }
            sql.run("DELETE FROM self_registration WHERE id = ?", &[id.as_str().into()])?;
        }
        Ok(())
    })
}

fn is_unused(sql: &dyn Sql, id: &ClientId) -> Result<bool, SqlFault> {
    let registered = stored(sql, id)?.map(|row| row.registered()).transpose()?.flatten();
    Ok(registered.is_some_and(|registered| registered.client.is_unused))
}

/// When the object needs its alarm: when something has to be put into KV, and a day after the oldest registration of a client by
/// itself. `None` when there is nothing.
///
/// # Errors
/// When the database fails.
pub fn next_alarm(sql: &dyn Sql, now: UnixTime) -> Result<Option<Seconds>, SqlFault> {
    let oldest: Option<(Option<UnixTime>,)> = sql.first("SELECT min(at) FROM self_registration", &[])?;
    let oldest = oldest.and_then(|(oldest,)| oldest);
    let sweep = oldest.map(|at| at.plus(lifetimes::UNUSED_CLIENT).max(now.plus(lifetimes::BETWEEN_DELETIONS)));
    let next = next_put(sql)?.into_iter().chain(sweep).min();
    Ok(next.map(|at| Seconds::new(u32::try_from(at.since(now).max(0)).unwrap_or(lifetimes::UNUSED_CLIENT.get()))))
}
