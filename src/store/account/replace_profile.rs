//! An administrator changes a user.

use serde::{Deserialize, Serialize};

use super::credential::Credential;
use super::events::{self, EventKind};
use super::{head, sessions};
use crate::base::{AttemptId, UnixTime};
use crate::oauth::person::profile::Profile;
use crate::store::ask::Ask;
use crate::store::directory::Lease;
use crate::store::sql::{Sql, SqlFault, columns};
use crate::store::wire;

/// Replaces what an administrator can change, all in one step. Deactivating and a new password end everything that was
/// issued.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReplaceProfile {
    pub attempt: AttemptId,
    /// The version that the administrator has read.
    pub version: u32,
    #[serde(with = "wire::json")]
    pub profile: Profile,
    /// Whether the user may sign in from now on.
    pub active: bool,
    /// The new password, if it changes.
    pub credential: Option<Credential>,
    /// The reservation of the names of the profile, if they change: once it does not hold, nothing is changed.
    pub lease: Option<Lease>,
}

/// The answer to [`ReplaceProfile`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Replaced {
    pub version: u32,
    pub modified_at: UnixTime,
}

/// Why a profile was not replaced.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum NotReplaced {
    /// It was changed in the meantime.
    #[error("the profile has another version")]
    Changed,
    /// The command came too late.
    #[error("the names are not reserved any more")]
    TooLate,
    #[error("no such account")]
    Unknown,
}

columns! {
    struct Known {
        attempt: AttemptId,
        epoch: u32,
        active: bool,
        version: u32,
        modified_at: UnixTime,
    }
}

impl Ask for ReplaceProfile {
    type Reply = Result<Replaced, NotReplaced>;

    const ONLY_READS: bool = false;
    const MAY_END_SESSIONS: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(Known { attempt, epoch, active, version, modified_at }) = head::columns_of(sql)? else {
            return Ok(Err(NotReplaced::Unknown));
        };
        if attempt == self.attempt {
            return Ok(Ok(Replaced { version, modified_at }));
        }
        if version != self.version {
            return Ok(Err(NotReplaced::Changed));
        }
        if self.lease.is_some_and(|lease| !lease.holds(now)) {
            return Ok(Err(NotReplaced::TooLate));
        }
        let ends_everything = self.credential.is_some() || (active && !self.active);
        let epoch = if ends_everything {
            sessions::end_all(sql, now, epoch)?;
            head::next_epoch(epoch)?
        } else {
            epoch
        };
        let version = version.checked_add(1).ok_or(SqlFault::Corrupt("the versions are used up"))?;
        let new_password = self.credential.is_some();
        let switched = match (active, self.active) {
            (true, false) => Some(EventKind::Disabled),
            (false, true) => Some(EventKind::Enabled),
            (true, true) | (false, false) => None,
        };
        let (password, verifier) = Credential::columns(self.credential);
        sql.run(
            "UPDATE head SET attempt = ?, epoch = ?, active = ?, version = ?, modified_at = ?, profile = ?, \
             password = COALESCE(?, password), verifier = COALESCE(?, verifier), \
             failures = CASE WHEN ? = 1 THEN NULL ELSE failures END",
            &[
                self.attempt.into(),
                epoch.into(),
                self.active.into(),
                version.into(),
                now.into(),
                self.profile.into(),
                password,
                verifier,
                new_password.into(),
            ],
        )?;
        let kind = switched.unwrap_or(if new_password { EventKind::PasswordSet } else { EventKind::Changed });
        events::record(sql, now, kind, None, self.attempt)?;
        if switched.is_some() && new_password {
            events::record_another(sql, now, EventKind::PasswordSet, self.attempt)?;
        }
        Ok(Ok(Replaced { version, modified_at: now }))
    }
}
