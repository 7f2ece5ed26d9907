//! Sessions: browsers in which the person is signed in.

use serde::{Deserialize, Serialize};

use super::{Denied, head, sweep};
use crate::base::{AttemptId, SessionId, UnixTime};
use crate::store::ask;
use crate::store::sql::{Sql, SqlFault};

/// Opens a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct OpenSession {
    /// This try.
    pub attempt: AttemptId,
    /// The new session's id.
    pub session: SessionId,
    /// When it ends.
    pub expires_at: UnixTime,
}
ask!(OpenSession -> Result<u32, Denied>);

/// Ends a session; its codes and the families that do not outlive it are dead from now on.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EndSession {
    /// The session.
    pub session: SessionId,
}
ask!(EndSession -> Result<(), Denied>);

/// Opens the session and answers with the account's epoch.
pub(super) fn open(sql: &dyn Sql, now: UnixTime, ask: OpenSession) -> Result<Result<u32, Denied>, SqlFault> {
    let Some(head) = head::read(sql)? else {
        return Ok(Err(Denied::Unknown));
    };
    if !head.active {
        return Ok(Err(Denied::Disabled));
    }
    if let Some(mut row) =
        sql.run("SELECT attempt FROM session WHERE id = ?", &[ask.session.into()])?.into_iter().next()
    {
        let same = row.take::<AttemptId>()? == ask.attempt;
        return Ok(if same { Ok(head.epoch) } else { Err(Denied::SessionEnded) });
    }
    sweep::on_the_way(sql, now)?;
    sql.run(
        "INSERT INTO session (id, attempt, epoch, auth_time, expires_at, amr) VALUES (?, ?, ?, ?, ?, '')",
        &[ask.session.into(), ask.attempt.into(), head.epoch.into(), now.into(), ask.expires_at.into()],
    )?;
    Ok(Ok(head.epoch))
}

pub(super) fn end(sql: &dyn Sql, ask: EndSession) -> Result<Result<(), Denied>, SqlFault> {
    if head::read(sql)?.is_none() {
        return Ok(Err(Denied::Unknown));
    }
    sql.run("DELETE FROM session WHERE id = ?", &[ask.session.into()])?;
    Ok(Ok(()))
}

/// Whether the session is alive in an account of this epoch.
pub(super) fn is_alive(sql: &dyn Sql, session: SessionId, epoch: u32, now: UnixTime) -> Result<bool, SqlFault> {
    let rows = sql.run("SELECT epoch, expires_at FROM session WHERE id = ?", &[session.into()])?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(false);
    };
    Ok(row.take::<u32>()? == epoch && now < row.take::<UnixTime>()?)
}
