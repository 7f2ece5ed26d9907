//! What is known about the person, and the password.

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::events::{self, EventKind};
use super::families::{self, Inspect, Inspected};
use super::head::{self, next_epoch};
use super::{Denied, sessions};
use crate::base::{AttemptId, FamilyId, UnixTime};
use crate::oauth::person::profile::Profile;
use crate::oauth::token::family::{Member, Refusal};
use crate::sign_in::password::{PasswordParameters, Verifier};
use crate::store::sql::{Sql, SqlFault, Value};
use crate::store::{ask, wire};

/// A password as the account keeps it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Credential {
    /// How the password was hashed.
    pub parameters: PasswordParameters,
    /// The SHA-256 of what came out.
    pub verifier: Verifier,
}

/// Reads the profile, for claims and for administrators.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadProfile {}
ask!(ReadProfile -> Result<PersonRecord, Denied>);

/// Reads what userinfo answers to the bearer of an access token, in one call.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadClaims {
    /// The token's family.
    pub family: FamilyId,
    /// The token.
    pub member: Member,
}
ask!(ReadClaims -> Result<PersonClaims, Refusal>);

/// The claims about a person whose token is good; which of them the token opens is not decided here.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonClaims {
    /// The subject identifier.
    pub sub: String,
    /// The standard claims by their names (`OpenID` Connect Core section 5.1), and the other attributes by theirs.
    #[serde(with = "wire::json")]
    pub claims: Map<String, serde_json::Value>,
    /// What the Worker left when the family was founded.
    pub context: String,
}

/// A person as the account knows her.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonRecord {
    /// The subject identifier.
    pub sub: String,
    /// What is known.
    #[serde(with = "wire::json")]
    pub profile: Profile,
    /// Whether the person may sign in.
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

/// Replaces what an administrator can change, all in one step. Deactivating and a new password end everything that was
/// issued.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReplaceProfile {
    /// This try.
    pub attempt: AttemptId,
    /// The version that this change was made of.
    pub version: u32,
    /// The new profile.
    #[serde(with = "wire::json")]
    pub profile: Profile,
    /// Whether the person may sign in from now on.
    pub active: bool,
    /// The new password, if it changes.
    pub credential: Option<Credential>,
    /// When names that the profile holds may be given to others: nothing is changed from then on.
    pub before: Option<UnixTime>,
}
ask!(ReplaceProfile -> Result<Replaced, NotReplaced>);

/// The answer to [`ReplaceProfile`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Replaced {
    /// The new version.
    pub version: u32,
    /// When it was made.
    pub modified_at: UnixTime,
}

/// Why a profile was not replaced.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum NotReplaced {
    /// Somebody else changed it in between.
    #[error("the profile has another version")]
    Changed,
    /// It was asked for too late.
    #[error("the names are not reserved any more")]
    TooLate,
    /// There is no such account.
    #[error("no such account")]
    Unknown,
}

/// Sets the password: everything that was issued ends, and all failures are forgotten.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SetPassword {
    /// This try.
    pub attempt: AttemptId,
    /// The SHA-256 of argon2id's output.
    pub verifier: Verifier,
    /// How it was made.
    pub parameters: PasswordParameters,
}
ask!(SetPassword -> Result<(), Denied>);

impl Credential {
    /// The columns `password` and `verifier`.
    pub(super) fn columns(credential: Option<Self>) -> (Value, Value) {
        credential
            .map_or((Value::Null, Value::Null), |credential| (credential.parameters.into(), credential.verifier.into()))
    }
}

pub(super) fn read(sql: &dyn Sql) -> Result<Result<PersonRecord, Denied>, SqlFault> {
    let statement =
        "SELECT sub, profile, active, version, created_at, modified_at, password FROM head WHERE deleted_at IS NULL";
    let Some(mut row) = head::row(sql, statement)? else {
        return Ok(Err(Denied::Unknown));
    };
    Ok(Ok(PersonRecord {
        sub: row.take()?,
        profile: row.take()?,
        active: row.take()?,
        version: row.take()?,
        created_at: row.take()?,
        modified_at: row.take()?,
        parameters: row.take()?,
    }))
}

pub(super) fn claims(sql: &dyn Sql, now: UnixTime, ask: ReadClaims) -> Result<Result<PersonClaims, Refusal>, SqlFault> {
    let good = families::inspect(sql, now, Inspect { family: ask.family, member: ask.member })?;
    let Inspected { context, .. } = match good {
        Ok(good) => good,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(read(sql)?.map_err(|_| Refusal::Unknown).map(|person| PersonClaims {
        claims: known(&person),
        sub: person.sub,
        context,
    }))
}

/// Everything about a person that a claim can tell.
pub(super) fn known(person: &PersonRecord) -> Map<String, serde_json::Value> {
    let mut known = person.profile.claims();
    known.extend(person.profile.attributes());
    known.insert("updated_at".to_owned(), person.modified_at.as_secs().into());
    known
}

pub(super) fn replace(
    sql: &dyn Sql,
    now: UnixTime,
    ask: ReplaceProfile,
) -> Result<Result<Replaced, NotReplaced>, SqlFault> {
    let statement = "SELECT attempt, epoch, active, version, modified_at FROM head WHERE deleted_at IS NULL";
    let Some(mut row) = head::row(sql, statement)? else {
        return Ok(Err(NotReplaced::Unknown));
    };
    let (attempt, epoch, active): (AttemptId, u32, bool) = (row.take()?, row.take()?, row.take()?);
    let (version, modified_at): (u32, UnixTime) = (row.take()?, row.take()?);
    if attempt == ask.attempt {
        return Ok(Ok(Replaced { version, modified_at }));
    }
    if version != ask.version {
        return Ok(Err(NotReplaced::Changed));
    }
    if ask.before.is_some_and(|before| now >= before) {
        return Ok(Err(NotReplaced::TooLate));
    }
    let ends_everything = ask.credential.is_some() || (active && !ask.active);
    let epoch = if ends_everything {
        sessions::end_all(sql, now, epoch)?;
        next_epoch(epoch)?
    } else {
        epoch
    };
    let version = version.checked_add(1).ok_or(SqlFault::Corrupt("the versions are used up"))?;
    let new_password = ask.credential.is_some();
    let kind = match (new_password, active, ask.active) {
        (_, true, false) => EventKind::Disabled,
        (_, false, true) => EventKind::Enabled,
        (true, ..) => EventKind::PasswordSet,
        (false, ..) => EventKind::Changed,
    };
    let (password, verifier) = Credential::columns(ask.credential);
    sql.run(
        "UPDATE head SET attempt = ?, epoch = ?, active = ?, version = ?, modified_at = ?, profile = ?, \
         password = COALESCE(?, password), verifier = COALESCE(?, verifier), \
         failures = CASE WHEN ? = 1 THEN NULL ELSE failures END",
        &[
            ask.attempt.into(),
            epoch.into(),
            ask.active.into(),
            version.into(),
            now.into(),
            ask.profile.into(),
            password,
            verifier,
            new_password.into(),
        ],
    )?;
    events::record(sql, now, kind, None, ask.attempt)?;
    Ok(Ok(Replaced { version, modified_at: now }))
}

pub(super) fn set_password(sql: &dyn Sql, now: UnixTime, ask: SetPassword) -> Result<Result<(), Denied>, SqlFault> {
    let Some(head) = head::read(sql)? else {
        return Ok(Err(Denied::Unknown));
    };
    if head.attempt != ask.attempt {
        sessions::end_all(sql, now, head.epoch)?;
        sql.run(
            "UPDATE head SET attempt = ?, epoch = ?, version = version + 1, modified_at = ?, password = ?, verifier = ?, \
             failures = NULL",
            &[
                ask.attempt.into(),
                next_epoch(head.epoch)?.into(),
                now.into(),
                ask.parameters.into(),
                ask.verifier.into(),
            ],
        )?;
    }
    Ok(Ok(()))
}
