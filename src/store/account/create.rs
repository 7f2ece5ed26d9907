//! The account is made.

use serde::{Deserialize, Serialize};

use super::credential::Credential;
use super::head;
use super::schema::{TABLES, VERSION};
use crate::base::{AttemptId, UnixTime};
use crate::oauth::person::profile::Profile;
use crate::sign_in::device::DeviceKey;
use crate::store::ask::{Ask, Reply};
use crate::store::sql::{Sql, SqlFault};
use crate::store::wire;

/// Makes the account. The only command that makes tables: no token brings an account to life.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Create {
    /// This try.
    pub attempt: AttemptId,
    /// The subject identifier (`OpenID` Connect Core section 2): never changes, is never reused.
    pub sub: String,
    /// Tags the ids of the person's devices: random, known to nobody else.
    pub device_key: DeviceKey,
    /// What is known about the person.
    #[serde(with = "wire::json")]
    pub profile: Profile,
    /// Whether the person may sign in.
    pub active: bool,
    /// The password, if the person has one.
    pub credential: Option<Credential>,
    /// When the names that the profile holds may be given to others: nothing is made from then on.
    pub before: Option<UnixTime>,
}

/// The answer to [`Create`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Created {
    /// It exists now, made by this attempt.
    Created,
    /// It existed before, or does not any more.
    Exists,
    /// It was asked for too late.
    TooLate,
}

impl Reply for Created {}

impl Ask for Create {
    type Reply = Created;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        if let Some(mut row) = head::row(sql, "SELECT attempt FROM head")? {
            let same = row.take::<AttemptId>()? == self.attempt;
            return Ok(if same { Created::Created } else { Created::Exists });
        }
        if self.before.is_some_and(|before| now >= before) {
            return Ok(Created::TooLate);
        }
        for table in TABLES {
            sql.run(table, &[])?;
        }
        let (password, verifier) = Credential::columns(self.credential);
        sql.run(
            "INSERT INTO head (one, schema, attempt, sub, epoch, active, created_at, modified_at, version, profile, \
             device_key, password, verifier) VALUES (1, ?, ?, ?, 0, ?, ?, ?, 1, ?, ?, ?, ?)",
            &[
                VERSION.into(),
                self.attempt.into(),
                self.sub.into(),
                self.active.into(),
                now.into(),
                now.into(),
                self.profile.into(),
                self.device_key.into(),
                password,
                verifier,
            ],
        )?;
        Ok(Created::Created)
    }
}
