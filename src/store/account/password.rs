//! The user changes their password. In one step, the present password is compared and counted as at sign-in, the new one is kept,
//! everything that was issued ends, and this browser is signed in again.

use serde::{Deserialize, Serialize};

use super::credential::Credential;
use super::events::{self, EventKind};
use super::facts::ReadSession;
use super::sign_in::{self, Proof, SignInRefusal};
use super::{head, sessions};
use crate::base::{AttemptId, DeviceId, SessionId, UnixTime};
use crate::sign_in::password::{Salt, Verifier};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// Compares the present password and sets a new one.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ChangePassword {
    pub attempt: AttemptId,
    /// The session in which the user asks.
    pub session: SessionId,
    /// The earliest sign-in that is accepted.
    pub authenticated_since: UnixTime,
    /// The salt with which the present password was hashed.
    pub salt_used: Salt,
    /// The SHA-256 of the hash.
    pub verifier: Verifier,
    /// The prefix of the network address that the request came from.
    pub address_prefix: String,
    /// The device that the browser says it is.
    pub device: Option<DeviceId>,
    pub credential: Credential,
    /// The id of the session that this browser has from then on.
    pub new_session: SessionId,
    pub expires_at: UnixTime,
}

/// Why the password was not changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum NotChanged {
    /// The present password was not shown.
    #[error("{0}")]
    Refused(SignInRefusal),
    /// The session has ended, or began too long ago.
    #[error("the session has ended or is not recent")]
    SessionEnded,
}

impl Ask for ChangePassword {
    type Reply = Result<(), NotChanged>;

    const ONLY_READS: bool = false;
    const ROWS_EXPIRE: bool = true;
    const MAY_END_SESSIONS: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(head) = sign_in::read(sql)? else {
            return Ok(Err(NotChanged::SessionEnded));
        };
        let done = "SELECT 1 FROM session WHERE id = ? AND attempt = ?";
        if !sql.run(done, &[self.new_session.into(), self.attempt.into()])?.is_empty() {
            return Ok(Ok(()));
        }
        let session = (ReadSession { session: self.session }).step(sql, now)?;
        if !session.is_ok_and(|session| session.authentication.auth_time >= self.authenticated_since) {
            return Ok(Err(NotChanged::SessionEnded));
        }
        let proof = Proof {
            attempt: self.attempt,
            salt_used: &self.salt_used,
            verifier: &self.verifier,
            place: head.place(self.device, &self.address_prefix),
        };
        if let Err(refusal) = sign_in::compared(sql, now, &head, &proof)? {
            return Ok(Err(NotChanged::Refused(refusal)));
        }
        sessions::end_all(sql, now, head.epoch)?;
        let epoch = head::next_epoch(head.epoch)?;
        let (password, verifier) = Credential::columns(Some(self.credential));
        sql.run(
            "UPDATE head SET attempt = ?, epoch = ?, version = version + 1, modified_at = ?, password = ?, verifier = ?, \
             failures = NULL",
            &[self.attempt.into(), epoch.into(), now.into(), password, verifier],
        )?;
        sql.run(
            "INSERT INTO session (id, attempt, epoch, auth_time, expires_at, amr, device, origin) SELECT ?, ?, ?, ?, ?, ?, \
             device, origin FROM session WHERE id = ?",
            &[
                self.new_session.into(),
                self.attempt.into(),
                epoch.into(),
                now.into(),
                self.expires_at.into(),
                sign_in::AMR.into(),
                self.session.into(),
            ],
        )?;
        events::record(sql, now, EventKind::PasswordChanged, None, self.attempt)?;
        Ok(Ok(()))
    }
}
