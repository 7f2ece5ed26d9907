//! What is known about the user.

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::denied::Denied;
use super::head;
use crate::base::UnixTime;
use crate::oauth::person::profile::Profile;
use crate::sign_in::password::PasswordParameters;
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault, columns};
use crate::store::wire;

/// Reads the profile, for claims and for administrators.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadProfile {}

/// A user as the account knows them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonRecord {
    pub sub: String,
    /// What is known.
    #[serde(with = "wire::json")]
    pub profile: Profile,
    /// Whether the user may sign in.
    pub active: bool,
    /// Counts the changes, from 1.
    pub version: u32,
    /// When the account was made.
    pub created_at: UnixTime,
    /// When it was changed last.
    pub modified_at: UnixTime,
    /// How the password is hashed, if there is one.
    pub parameters: Option<PasswordParameters>,
}

columns! {
    struct ProfileRow {
        sub: String,
        profile: Profile,
        active: bool,
        version: u32,
        created_at: UnixTime,
        modified_at: UnixTime,
        password: Option<PasswordParameters>,
    }
}

pub(super) fn read(sql: &dyn Sql) -> Result<Option<PersonRecord>, SqlFault> {
    Ok(head::columns_of(sql)?.map(|ProfileRow { sub, profile, active, version, created_at, modified_at, password }| {
        PersonRecord { sub, profile, active, version, created_at, modified_at, parameters: password }
    }))
}

impl Ask for ReadProfile {
    type Reply = Result<PersonRecord, Denied>;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        Ok(read(sql)?.ok_or(Denied::Unknown))
    }
}

/// Everything about a user that a claim can tell.
pub(super) fn known(person: &PersonRecord) -> Map<String, serde_json::Value> {
    let mut known = person.profile.claims();
    known.extend(person.profile.attributes());
    known.insert("updated_at".to_owned(), person.modified_at.as_secs().into());
    known
}
