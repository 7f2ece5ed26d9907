//! How a change gets into KV. The registry is the only writer of the clients' records there: what changes is marked as
//! pending in the same step, and the mark goes when the record has been put, unless a newer change has come in between.

use crate::base::UnixTime;
use crate::oauth::client::{ClientId, ClientVersion};
use crate::seal::client_record::ClientRecord;
use crate::store::sql::{Row, Sql, SqlFault, atomically};

/// Marks a version as not yet in KV.
pub(super) fn pend(sql: &dyn Sql, id: &ClientId, version: ClientVersion) -> Result<(), SqlFault> {
    sql.run(
        "INSERT INTO pending (id, version) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version
        WHERE version < excluded.version",
        &[id.as_str().into(), version.into()],
    )?;
    Ok(())
}

/// Whether anything still has to be put.
///
/// # Errors
/// When the database fails.
pub fn is_pending(sql: &dyn Sql) -> Result<bool, SqlFault> {
    match sql.run("SELECT 1 FROM pending LIMIT 1", &[]) {
        Err(SqlFault::NoTables) => Ok(false),
        rows => Ok(!rows?.is_empty()),
    }
}

/// The newest records of up to `limit` clients that still have to be put, in the order of their identifiers, beginning
/// after `after`. Puts of one client must follow each other: only who waited for the last one may ask.
///
/// # Errors
/// When the database fails.
pub fn outbox(sql: &dyn Sql, after: Option<&ClientId>, limit: u32) -> Result<Vec<ClientRecord>, SqlFault> {
    let after = after.map_or("", ClientId::as_str);
    let statement =
        "SELECT pending.id, client.version, client.record FROM pending JOIN client ON client.id = pending.id
        WHERE pending.id > ? ORDER BY pending.id LIMIT ?";
    let rows = match sql.run(statement, &[after.into(), limit.into()]) {
        Err(SqlFault::NoTables) => return Ok(Vec::new()),
        rows => rows?,
    };
    let record = |mut row: Row| {
        let (id, version, record) = (row.take()?, row.take()?, row.take::<Option<String>>()?);
        Ok(match record {
            Some(client) => ClientRecord::of(id, version, client),
            None => ClientRecord::tombstone(id, version),
        })
    };
    rows.into_iter().map(record).collect()
}

/// Notes that this version has been put. The mark of a newer one stays.
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
