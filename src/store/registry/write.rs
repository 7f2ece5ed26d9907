//! A client is written: its row, whose it is, its entry in the catalogue, and that KV has to be told.

use super::records::{Registered, Stored, put};
use super::{catalogue, outbox, owned};
use crate::base::{AttemptId, UnixTime};
use crate::store::sql::{Sql, SqlFault};

/// Writes a client in place of its row `before`.
pub(super) fn write(
    sql: &dyn Sql,
    now: UnixTime,
    attempt: AttemptId,
    registered: &Registered,
    before: Option<&Stored>,
) -> Result<Registered, SqlFault> {
    let Registered { client, access } = registered;
    let record = serde_json::to_string(client).map_err(|error| SqlFault::Failed(error.to_string()))?;
    put(sql, &client.id, client.version, attempt, Some(record), Some(*access), now)?;
    let registered_before = before.map_or(Ok(None), Stored::registered)?;
    let owner_before = registered_before.and_then(|registered| registered.client.owner);
    owned::note(sql, &client.id, owner_before.as_deref(), client.owner.as_deref())?;
    catalogue::note(sql, &client.id, Some(client))?;
    outbox::pend_change(sql, before, client, now)?;
    Ok(registered.clone())
}
