//! The account is made.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::credential::Credential;
use super::head;
use super::schema::SCHEMA;
use crate::base::{AttemptId, UnixTime};
use crate::oauth::person::profile::Profile;
use crate::sign_in::device::DeviceKey;
use crate::store::ask::{Ask, Reply};
use crate::store::directory::Lease;
use crate::store::sql::{Sql, SqlFault};
use crate::store::wire;

/// Makes the account. The only command that makes tables: no token brings an account to life.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Create {
    pub attempt: AttemptId,
    /// The subject identifier (`OpenID` Connect Core section 2): never changes, is never reused.
    pub sub: String,
    /// Tags the ids of the user's devices: random, known to nobody else.
    pub device_key: DeviceKey,
    /// What is known about the user.
    #[serde(with = "wire::json")]
    pub profile: Profile,
    /// Whether the user may sign in.
    pub active: bool,
    /// The password, if the user has one.
    pub credential: Option<Credential>,
    /// The reservation of the names of the profile: once it does not hold, the account is not made.
    pub lease: Option<Lease>,
}

/// The answer to [`Create`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Created {
    /// It exists now, made by this attempt.
    Created,
    /// It existed before, or was deleted.
    Exists,
    /// The command came too late.
    TooLate,
}

impl Reply for Created {}

impl Create {
    /// Names the attempt that makes this account by what it makes: a request that is sent again is the same attempt.
    #[must_use]
    pub fn attempt_at(sub: &str, profile: &Profile, active: bool, credential: Option<&Credential>) -> AttemptId {
        // Texts, lists and truth values always become JSON.
        let content = serde_json::to_vec(&(sub, profile, active, credential)).unwrap_or_default();
        let digest: [u8; 32] = Sha256::new().chain_update(b"grantry account\0").chain_update(content).finalize().into();
        let [short @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
        AttemptId::from_bytes(short)
    }
}

impl Ask for Create {
    type Reply = Created;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        if let Some((attempt,)) = head::row::<(AttemptId,)>(sql, "SELECT attempt FROM head")? {
            return Ok(if attempt == self.attempt { Created::Created } else { Created::Exists });
        }
        if self.lease.is_some_and(|lease| !lease.holds(now)) {
            return Ok(Created::TooLate);
        }
        SCHEMA.make_tables(sql)?;
        let (password, verifier) = Credential::columns(self.credential);
        sql.insert(
            "head",
            [
                ("one", 1_u32.into()),
                SCHEMA.schema(),
                SCHEMA.readable_from(),
                ("attempt", self.attempt.into()),
                ("sub", self.sub.into()),
                ("epoch", 0_u32.into()),
                ("active", self.active.into()),
                ("created_at", now.into()),
                ("modified_at", now.into()),
                ("version", 1_u32.into()),
                ("profile", self.profile.into()),
                ("device_key", self.device_key.into()),
                ("password", password),
                ("verifier", verifier),
            ],
            "",
        )?;
        Ok(Created::Created)
    }
}
