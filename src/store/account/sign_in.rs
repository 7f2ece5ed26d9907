//! Signing in with a password: compare, count and open the session in one step.

use serde::{Deserialize, Serialize};

use super::{events, head, sweep};
use crate::base::{AttemptId, DeviceId, SessionId, UnixTime};
use crate::sign_in::device::DeviceKey;
use crate::sign_in::lockout::{Lockout, Place};
use crate::sign_in::origin::Origin;
use crate::sign_in::password::{PasswordParameters, Salt, Verifier};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault, Value, columns};
use crate::store::wire;

/// Compares a password and opens a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SignIn {
    pub attempt: AttemptId,
    /// The id of the session to open.
    pub session: SessionId,
    pub expires_at: UnixTime,
    /// The salt with which the password was hashed.
    pub salt_used: Salt,
    /// The SHA-256 of the hash.
    pub verifier: Verifier,
    /// The prefix of the network address that the request came from.
    pub address_prefix: String,
    /// What the user is shown of where they signed in.
    #[serde(with = "wire::json")]
    pub origin: Origin,
    /// The device that the browser says it is.
    pub device: Option<DeviceId>,
    /// Random, for the id of a device that is not known yet.
    pub new_device: [u8; 16],
}

/// The session is open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedIn {
    pub sub: String,
    pub epoch: u32,
    /// When the password was compared.
    pub auth_time: UnixTime,
    /// The id by which the account knows the browser from now on.
    pub device: DeviceId,
}

/// Why no session was opened. The user is told the same of all of them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum SignInRefusal {
    /// The password is right, but the account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// Too many failures: no password is compared.
    #[error("locked after too many failures")]
    Locked { until: UnixTime },
    /// The password was changed since the Directory was asked: it has to be hashed again. Not counted.
    #[error("the salt is not that of the password")]
    StaleSalt {
        /// How the password is hashed now.
        parameters: PasswordParameters,
    },
    #[error("no such account")]
    Unknown,
    /// The password is wrong, or there is none.
    #[error("wrong password")]
    WrongPassword,
    /// This attempt opened a session before, and everything was signed out since.
    #[error("the session that this attempt opened has ended")]
    SessionEnded,
}

/// How the user was authenticated (RFC 8176 section 2).
pub(super) const AMR: &str = "pwd";

/// What signing in reads of the account.
pub(super) struct SignInHead {
    sub: String,
    pub(super) epoch: u32,
    active: bool,
    device_key: DeviceKey,
    credential: Option<(PasswordParameters, Verifier)>,
    failures: Option<Failures>,
}

/// A password that was typed, and where.
pub(super) struct Proof<'a> {
    pub(super) attempt: AttemptId,
    pub(super) salt_used: &'a Salt,
    pub(super) verifier: &'a Verifier,
    pub(super) place: Place,
}

impl SignInHead {
    /// Where a try comes from.
    pub(super) fn place(&self, device: Option<DeviceId>, address_prefix: &str) -> Place {
        Place::of(&self.device_key, device, address_prefix)
    }
}

/// The column `failures`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Failures {
    /// The attempt that was counted last, so that it is not counted twice when it is repeated.
    last: Option<AttemptId>,
    lockout: Lockout,
}

impl Ask for SignIn {
    type Reply = Result<SignedIn, SignInRefusal>;

    const ONLY_READS: bool = false;
    const ROWS_EXPIRE: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(head) = read(sql)? else {
            return Ok(Err(SignInRefusal::Unknown));
        };
        if let Some(signed_in) = opened_before(sql, &head, &self)? {
            return Ok(signed_in);
        }
        let place = head.place(self.device, &self.address_prefix);
        let proof = Proof { attempt: self.attempt, salt_used: &self.salt_used, verifier: &self.verifier, place };
        if let Err(refusal) = compared(sql, now, &head, &proof)? {
            return Ok(Err(refusal));
        }
        let failures = head.failures.unwrap_or_default();
        if !head.active {
            return Ok(Err(SignInRefusal::Disabled));
        }
        if let Some(lockout) = failures.lockout.succeeded(place) {
            write_failures(sql, &Failures { lockout, ..failures })?;
        }
        let device = self.device.filter(|device| head.device_key.knows(*device));
        let device = device.unwrap_or_else(|| head.device_key.admit(self.new_device));
        sweep::on_the_way(sql, now)?;
        sql.insert(
            "session",
            [
                ("id", self.session.into()),
                ("attempt", self.attempt.into()),
                ("epoch", head.epoch.into()),
                ("auth_time", now.into()),
                ("expires_at", self.expires_at.into()),
                ("amr", AMR.into()),
                ("device", device.into()),
                ("origin", self.origin.into()),
            ],
            "",
        )?;
        Ok(Ok(SignedIn { sub: head.sub, epoch: head.epoch, auth_time: now, device }))
    }
}

/// Compares a password, and counts a wrong one. The caller decides what a right one opens.
pub(super) fn compared(
    sql: &dyn Sql,
    now: UnixTime,
    head: &SignInHead,
    proof: &Proof<'_>,
) -> Result<Result<(), SignInRefusal>, SqlFault> {
    let Some((parameters, verifier)) = &head.credential else {
        return Ok(Err(SignInRefusal::WrongPassword));
    };
    if parameters.salt != *proof.salt_used {
        return Ok(Err(SignInRefusal::StaleSalt { parameters: parameters.clone() }));
    }
    let failures = head.failures.clone().unwrap_or_default();
    if failures.last == Some(proof.attempt) {
        return Ok(Err(SignInRefusal::WrongPassword));
    }
    // Before the comparison: a locked place learns nothing, even with the right password, and causes no write.
    if let Some(until) = failures.lockout.locked_until(proof.place, now) {
        return Ok(Err(SignInRefusal::Locked { until }));
    }
    if !verifier.matches(proof.verifier) {
        let failures = Failures { last: Some(proof.attempt), lockout: failures.lockout.failed(proof.place, now) };
        write_failures(sql, &failures)?;
        if failures.lockout.locked_until(proof.place, now).is_some() {
            events::record_lock(sql, now, proof.attempt)?;
        }
        return Ok(Err(SignInRefusal::WrongPassword));
    }
    Ok(Ok(()))
}

/// The answer to an attempt that was made before: its session exists.
fn opened_before(
    sql: &dyn Sql,
    head: &SignInHead,
    ask: &SignIn,
) -> Result<Option<Result<SignedIn, SignInRefusal>>, SqlFault> {
    let statement = "SELECT epoch, auth_time, device FROM session WHERE id = ? AND attempt = ?";
    let opened = sql.first(statement, &[ask.session.into(), ask.attempt.into()])?;
    let Some((epoch, auth_time, device)) = opened else {
        return Ok(None);
    };
    if !head.active {
        return Ok(Some(Err(SignInRefusal::Disabled)));
    }
    if epoch != head.epoch {
        return Ok(Some(Err(SignInRefusal::SessionEnded)));
    }
    Ok(Some(Ok(SignedIn { sub: head.sub.clone(), epoch, auth_time, device })))
}

columns! {
    /// The head row as far as signing in reads it.
    struct HeadRow {
        sub: String,
        epoch: u32,
        active: bool,
        device_key: DeviceKey,
        password: Option<PasswordParameters>,
        verifier: Option<Verifier>,
        failures: Option<Vec<u8>>,
    }
}

pub(super) fn read(sql: &dyn Sql) -> Result<Option<SignInHead>, SqlFault> {
    let Some(row) = head::columns_of::<HeadRow>(sql)? else {
        return Ok(None);
    };
    let failures = row.failures.map(|bytes| postcard::from_bytes(&bytes).map_err(|_| SqlFault::Corrupt("failures")));
    Ok(Some(SignInHead {
        sub: row.sub,
        epoch: row.epoch,
        active: row.active,
        device_key: row.device_key,
        credential: Option::zip(row.password, row.verifier),
        failures: failures.transpose()?,
    }))
}

fn write_failures(sql: &dyn Sql, failures: &Failures) -> Result<(), SqlFault> {
    let bytes = postcard::to_allocvec(failures).map_err(|error| SqlFault::Failed(error.to_string()))?;
    sql.run("UPDATE head SET failures = ?", &[Value::Blob(bytes)])?;
    Ok(())
}
