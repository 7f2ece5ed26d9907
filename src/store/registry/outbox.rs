//! How a change gets into KV. The registry is the only writer of the clients' records there: what changes is marked as
//! pending in the same step, and the mark goes when the record has been put, unless a newer change has come in between.
//!
//! KV takes a thousand writes a day, so a client has [`MOST_PUTS`] of them. The last one says to ask the registry, and stays until the
//! next day: every change in between is in force without a put. Clients that registered themselves are never put.

use super::records::{Stored, stored};
use crate::base::{Seconds, UnixTime};
use crate::lifetimes;
use crate::oauth::client::{Client, ClientId, ClientVersion};
use crate::seal::client_record::ClientRecord;
use crate::store::sql::{Sql, SqlFault, atomically};

/// How often a client is put into KV in a day in UTC, in which KV counts too.
pub const MOST_PUTS: u32 = 20;

/// How often a put fails before KV counts as behind.
const MANY_TRIES: u32 = 3;

/// Whether a change has to reach KV.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Urgency {
    /// It takes something away.
    AtOnce,
    /// At the latest [`lifetimes::BETWEEN_PUTS`] after the last put.
    Soon,
}

/// Marks the change of a client as not yet in KV. `before` is the client's row before the change.
pub(super) fn pend_change(
    sql: &dyn Sql,
    before: Option<&Stored>,
    client: &Client,
    now: UnixTime,
) -> Result<(), SqlFault> {
    // Anybody can make such clients, so the registry answers for them. An earlier release has put some.
    if client.self_registered && !before.map_or(Ok(false), |row| is_known_to_kv(sql, &client.id, row))? {
        return Ok(());
    }
    let earlier = before.map(Stored::registered).transpose()?.flatten();
    let takes_away = earlier.is_some_and(|earlier| client.lacks_some_of(&earlier.client));
    pend(sql, before, &client.id, client.version, if takes_away { Urgency::AtOnce } else { Urgency::Soon }, now)
}

/// Marks a version as not yet in KV.
pub(super) fn pend(
    sql: &dyn Sql,
    before: Option<&Stored>,
    id: &ClientId,
    version: ClientVersion,
    urgency: Urgency,
    now: UnixTime,
) -> Result<(), SqlFault> {
    let row = [
        ("id", id.as_str().into()),
        ("version", version.into()),
        ("due_at", before.map_or(now, |row| due(row, urgency, now)).into()),
    ];
    sql.insert(
        "pending",
        row,
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, due_at = min(due_at, excluded.due_at)
        WHERE version < excluded.version",
    )
}

fn due(row: &Stored, urgency: Urgency, now: UnixTime) -> UnixTime {
    if row.puts_on(now) >= MOST_PUTS {
        return now.next_day();
    }
    match urgency {
        Urgency::AtOnce => now,
        Urgency::Soon => row.published_at.map_or(now, |at| now.max(at.plus(lifetimes::BETWEEN_PUTS))),
    }
}

/// Whether a client has ever been put into KV, or may be on its way there.
pub(super) fn is_known_to_kv(sql: &dyn Sql, id: &ClientId, row: &Stored) -> Result<bool, SqlFault> {
    Ok(row.published_at.is_some() || !sql.run("SELECT 1 FROM pending WHERE id = ?", &[id.as_str().into()])?.is_empty())
}

/// When the next record has to be put.
///
/// # Errors
/// When the database fails.
pub fn next_put(sql: &dyn Sql) -> Result<Option<UnixTime>, SqlFault> {
    let next: Option<(Option<UnixTime>,)> = sql.first("SELECT min(due_at) FROM pending", &[])?;
    Ok(next.and_then(|(due_at,)| due_at))
}

/// Whether records have not reached KV although they were tried repeatedly, or nobody tries.
pub(super) fn is_behind(sql: &dyn Sql, now: UnixTime) -> Result<bool, SqlFault> {
    let statement = "SELECT 1 FROM pending WHERE due_at <= ? AND (tries >= ? OR due_at <= ?) LIMIT 1";
    let bounds = [now.plus(lifetimes::ALARM_RETRY).into(), MANY_TRIES.into(), now.minus(lifetimes::REPUBLISH).into()];
    Ok(!sql.run(statement, &bounds)?.is_empty())
}

/// Up to `limit` records that have to be put now, the longest due first. Puts of one client must follow each other: ask for the next
/// ones when the last put has ended and was noted.
///
/// # Errors
/// When the database fails.
pub fn outbox(sql: &dyn Sql, now: UnixTime, limit: u32) -> Result<Vec<ClientRecord>, SqlFault> {
    let statement = "SELECT id FROM pending WHERE due_at <= ? ORDER BY due_at LIMIT ?";
    let due: Vec<(ClientId,)> = sql.all(statement, &[now.into(), limit.into()])?;
    due.into_iter()
        .map(|(id,)| {
            let row = stored(sql, &id)?.ok_or(SqlFault::Corrupt("a pending client without a row"))?;
            Ok(if row.puts_on(now).saturating_add(1) >= MOST_PUTS {
                ClientRecord::ask_registry(id, row.version)
            } else if let Some(client) = row.record {
                ClientRecord::of(id, row.version, client)
            } else {
                ClientRecord::tombstone(id, row.version)
            })
        })
        .collect()
}

/// Records that this has been put. The mark of a newer version stays. What says to ask the registry is replaced the next day.
///
/// # Errors
/// When the database fails.
pub fn published(sql: &dyn Sql, now: UnixTime, record: &ClientRecord) -> Result<(), SqlFault> {
    let id = || record.id.as_str().into();
    atomically(sql, || {
        if record.asks_registry() {
            let statement = "UPDATE pending SET due_at = ?, tries = 0 WHERE id = ?";
            sql.run(statement, &[now.next_day().into(), id()])?;
        } else {
            sql.run("DELETE FROM pending WHERE id = ? AND version = ?", &[id(), record.version.into()])?;
            sql.run("UPDATE pending SET tries = 0 WHERE id = ?", &[id()])?;
        }
        count_put(sql, &record.id, now, MOST_PUTS)?;
        sql.run("UPDATE client SET published_at = ? WHERE id = ?", &[now.into(), id()]).map(|_| ())
    })
}

/// Records that a put failed: it is tried again soon, and later each time. A put that got no answer may have been carried out, so it
/// counts; but the record that says to ask the registry is tried until it is there.
///
/// # Errors
/// When the database fails.
pub fn postponed(sql: &dyn Sql, now: UnixTime, record: &ClientRecord, may_be_there: bool) -> Result<(), SqlFault> {
    let id = || record.id.as_str().into();
    atomically(sql, || {
        if may_be_there {
            count_put(sql, &record.id, now, MOST_PUTS.saturating_sub(1))?;
        }
        let tries = sql.first("SELECT tries FROM pending WHERE id = ?", &[id()])?.map_or(0, |(tries,): (u32,)| tries);
        let pause = lifetimes::FIRST_PUT_RETRY.get().checked_shl(tries).unwrap_or(u32::MAX);
        let again = now.plus(Seconds::new(pause.min(lifetimes::ALARM_RETRY.get())));
        let statement = "UPDATE pending SET due_at = ?, tries = ? WHERE id = ?";
        sql.run(statement, &[again.into(), tries.saturating_add(1).into(), id()]).map(|_| ())
    })
}

fn count_put(sql: &dyn Sql, id: &ClientId, now: UnixTime, most: u32) -> Result<(), SqlFault> {
    let Some(row) = stored(sql, id)? else {
        return Ok(());
    };
    let puts = row.puts_on(now);
    let counted = puts.max(puts.saturating_add(1).min(most));
    let statement = "UPDATE client SET puts = ?, puts_on = ? WHERE id = ?";
    sql.run(statement, &[counted.into(), now.day().into(), id.as_str().into()]).map(|_| ())
}
