//! How a change gets into KV. The registry is the only writer of the clients' records there: what changes is marked as
//! pending in the same step, and the mark goes when the record has been put, unless a newer change has come in between.

use crate::base::UnixTime;
use crate::oauth::client::{ClientId, ClientVersion};
use crate::seal::client_record::ClientRecord;
use crate::store::sql::{Sql, SqlFault, atomically};

/// Marks a version as not yet in KV.
pub(super) fn pend(sql: &dyn Sql, id: &ClientId, version: ClientVersion) -> Result<(), SqlFault> {
    let row = [("id", id.as_str().into()), ("version", version.into())];
    sql.insert(
        "pending",
        row,
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version WHERE version < excluded.version",
    )
}

/// Whether anything still has to be put.
///
/// # Errors
/// When the database fails.
pub fn is_pending(sql: &dyn Sql) -> Result<bool, SqlFault> {
    Ok(!sql.run("SELECT 1 FROM pending LIMIT 1", &[])?.is_empty())
}

/// The newest records of up to `limit` clients that still have to be put, in the order of their identifiers, beginning
/// after `after`. Puts of one client must follow each other: ask for the next ones when the last put has ended.
///
/// # Errors
/// When the database fails.
pub fn outbox(sql: &dyn Sql, after: Option<&ClientId>, limit: u32) -> Result<Vec<ClientRecord>, SqlFault> {
    let after = after.map_or("", ClientId::as_str);
    let statement =
        "SELECT pending.id, client.version, client.record FROM pending JOIN client ON client.id = pending.id
        WHERE pending.id > ? ORDER BY pending.id LIMIT ?";
    let rows = sql.all(statement, &[after.into(), limit.into()])?;
    let record = |(id, version, record)| match record {
        Some(client) => ClientRecord::of(id, version, client),
        None => ClientRecord::tombstone(id, version),
    };
    Ok(rows.into_iter().map(record).collect())
}

/// Records that this version has been put. The mark of a newer one stays.
///
/// # Errors
/// When the database fails.
pub fn published(sql: &dyn Sql, now: UnixTime, id: &ClientId, version: ClientVersion) -> Result<(), SqlFault> {
    atomically(sql, || {
        sql.run("DELETE FROM pending WHERE id = ? AND version = ?", &[id.as_str().into(), version.into()])?;
        sql.run(
            "UPDATE client SET published_at = ? WHERE id = ? AND version = ?",
            &[now.into(), id.as_str().into(), version.into()],
        )?;
        Ok(())
    })
}
