//! The first step of a change: nobody else gets the names.

use serde::{Deserialize, Serialize};

use super::person::{self, Hold, PersonRow};
use crate::base::{AccountId, AttemptId, Seconds, UnixTime};
use crate::sign_in::login_name::LoginName;
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// How long names are kept for a change that is under way.
pub const LEASE: Seconds = Seconds::new(600);

/// The version that has no names any more: that of an account which is about to end. Only [`super::Remove`] completes it.
pub const ENDING: u32 = u32::MAX;

/// Reserves the names of a new person, and her subject identifier.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Reserve {
    /// This try.
    pub attempt: AttemptId,
    /// The subject identifier.
    pub sub: String,
    /// The account that is to be made.
    pub account: AccountId,
    /// All her names.
    pub identifiers: Vec<LoginName>,
}

/// Claims the names that a person is to have from a version on. Names that she has and that are not among them stay hers
/// until that version is confirmed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Claim {
    /// The person.
    pub sub: String,
    /// All names that she is to have.
    pub identifiers: Vec<LoginName>,
    /// The version of the account that the change is to make.
    pub version: u32,
}

/// The names are kept.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lease {
    /// Until when.
    pub until: UnixTime,
}

/// Somebody else has one of the names, or the subject identifier.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Conflict {
    /// The name; `None` when it is the subject identifier.
    pub login: Option<LoginName>,
    /// Who has it, if a change of her names was begun and not confirmed: her Account knows whether it is hers.
    pub holder: Option<Holder>,
}

/// A person whose change of names is unfinished.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Holder {
    /// Her subject identifier.
    pub sub: String,
    /// Her account.
    pub account: AccountId,
    /// Whether she was ever confirmed; until then there may be no account.
    pub confirmed: bool,
    /// When the directory said so. What the Account says later is the last word about leases that had ended by then.
    pub at: UnixTime,
}

impl Ask for Reserve {
    type Reply = Result<Lease, Conflict>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        if let Some(known) = person::read(sql, &self.sub)? {
            return Ok(match known.reserved_until {
                Some(until) if known.attempt == self.attempt => Ok(Lease { until }),
                _ => Err(Conflict { login: None, holder: holder(self.sub, &known, now) }),
            });
        }
        if let Some(conflict) = conflict(sql, now, &self.sub, &self.identifiers)? {
            return Ok(Err(conflict));
        }
        let until = now.plus(LEASE);
        let row = [
            ("sub", self.sub.as_str().into()),
            ("account", self.account.into()),
            ("attempt", self.attempt.into()),
            ("logins", person::encode(&self.identifiers)),
            ("reserved_until", until.into()),
        ];
        sql.insert("person", row, "")?;
        for login in &self.identifiers {
            person::hold(sql, login, &self.sub, Hold::SETTLED)?;
        }
        Ok(Ok(Lease { until }))
    }
}

impl Ask for Claim {
    type Reply = Result<Lease, Conflict>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(known) = person::read(sql, &self.sub)?.filter(|person| !person.removed && person.version.is_some())
        else {
            return Ok(Err(Conflict { login: None, holder: None }));
        };
        if let Some(conflict) = conflict(sql, now, &self.sub, &self.identifiers)? {
            return Ok(Err(conflict));
        }
        let until = now.plus(LEASE);
        let mut logins = known.logins;
        for login in &self.identifiers {
            // A name that she has is claimed too: a version in between may not have it.
            let hold = person::held(sql, login, &self.sub)?.unwrap_or_default();
            let version = hold.claim.map_or(self.version, |(version, _)| version.max(self.version));
            person::hold(sql, login, &self.sub, Hold { claim: Some((version, until)), ..hold })?;
            if !logins.contains(login) {
                logins.push(login.clone());
            }
        }
        sql.run(
            "UPDATE person SET logins = ?, changing = ? WHERE sub = ?",
            &[person::encode(&logins), known.changing.max(Some(self.version)).into(), self.sub.into()],
        )?;
        Ok(Ok(Lease { until }))
    }
}

/// The first of `logins` that is not free for `sub`.
fn conflict(sql: &dyn Sql, now: UnixTime, sub: &str, logins: &[LoginName]) -> Result<Option<Conflict>, SqlFault> {
    for login in logins {
        if let Some(identifier) = person::identifier(sql, login)?
            && identifier.sub != sub
        {
            let other = person::read(sql, &identifier.sub)?;
            let holder = other.and_then(|other| holder(identifier.sub, &other, now));
            return Ok(Some(Conflict { login: Some(login.clone()), holder }));
        }
    }
    Ok(None)
}

fn holder(sub: String, person: &PersonRow, now: UnixTime) -> Option<Holder> {
    let unfinished = !person.removed && (person.reserved_until.is_some() || person.changing.is_some());
    unfinished.then(|| Holder { sub, account: person.account, confirmed: person.version.is_some(), at: now })
}
