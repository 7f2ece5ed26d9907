//! Sessions: browsers in which the user is signed in.

use serde::{Deserialize, Serialize};

use super::denied::Denied;
use super::facts::ReadSession;
use super::{head, logouts};
use crate::base::{DeviceId, SessionId, UnixTime};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault, Value};

/// Ends a session and those that the same browser had before: their codes and the families that do not outlive them are dead
/// from now on, and their clients are told.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EndSession {
    pub session: SessionId,
}

/// Ends the sessions of all browsers but one, in the same way.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EndOtherSessions {
    /// A session of the browser that stays signed in.
    pub session: SessionId,
}

impl Ask for EndOtherSessions {
    type Reply = Result<(), Denied>;

    const ONLY_READS: bool = false;
    const MAY_END_SESSIONS: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let epoch = match (ReadSession { session: self.session }).step(sql, now)? {
            Ok(session) => session.authentication.epoch,
            Err(denied) => return Ok(Err(denied)),
        };
        let own = browser_of(sql, self.session)?;
        let alive = "family.session IN (SELECT id FROM session WHERE COALESCE(device, id) <> ? AND epoch = ? AND expires_at > ?)";
        logouts::queue(sql, now, alive, &[own.clone(), epoch.into(), now.into()])?;
        sql.run("DELETE FROM session WHERE COALESCE(device, id) <> ?", &[own])?;
        Ok(Ok(()))
    }
}

/// What all sessions of one browser have in common: its device, or the session itself where no device is known, as in
/// `COALESCE(device, id)`.
pub(super) fn browser_of(sql: &dyn Sql, session: SessionId) -> Result<Value, SqlFault> {
    Ok(device_of(sql, session)?.map_or_else(|| session.into(), Value::from))
}

impl Ask for EndSession {
    type Reply = Result<(), Denied>;

    const ONLY_READS: bool = false;
    const MAY_END_SESSIONS: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(head) = head::read(sql)? else {
            return Ok(Err(Denied::Unknown));
        };
        let device = device_of(sql, self.session)?;
        let alive =
            "family.session IN (SELECT id FROM session WHERE (id = ? OR device = ?) AND epoch = ? AND expires_at > ?)";
        logouts::queue(sql, now, alive, &[self.session.into(), device.into(), head.epoch.into(), now.into()])?;
        sql.run("DELETE FROM session WHERE id = ? OR device = ?", &[self.session.into(), device.into()])?;
        Ok(Ok(()))
    }
}

fn device_of(sql: &dyn Sql, session: SessionId) -> Result<Option<DeviceId>, SqlFault> {
    let row = sql.first("SELECT device FROM session WHERE id = ?", &[session.into()])?;
    Ok(row.and_then(|(device,)| device))
}

/// Queues the clients of all sessions of this epoch, which are about to end.
pub(super) fn end_all(sql: &dyn Sql, now: UnixTime, epoch: u32) -> Result<(), SqlFault> {
    let alive = "family.session IN (SELECT id FROM session WHERE epoch = ? AND expires_at > ?)";
    logouts::queue(sql, now, alive, &[epoch.into(), now.into()])
}

/// Whether the session is alive in an account of this epoch.
pub(super) fn is_alive(sql: &dyn Sql, session: SessionId, epoch: u32, now: UnixTime) -> Result<bool, SqlFault> {
    let row = sql.first("SELECT epoch, expires_at FROM session WHERE id = ?", &[session.into()])?;
    Ok(row.is_some_and(|(of_epoch, expires_at): (u32, UnixTime)| of_epoch == epoch && now < expires_at))
}
