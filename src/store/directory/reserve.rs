//! The first step of a change: nobody else gets the names.

use serde::{Deserialize, Serialize};

use super::person::{self, Hold, PersonRow};
use crate::base::{AccountId, AttemptId, UnixTime};
use crate::lifetimes;
use crate::sign_in::login_name::LoginName;
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// The version of an account that is about to be deleted: it has no names. Only [`super::Remove`] completes it.
pub const ENDING: u32 = u32::MAX;

/// Reserves the login names of a new user, and the subject identifier.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Reserve {
    pub attempt: AttemptId,
    pub sub: String,
    /// The account that is to be made.
    pub account: AccountId,
    /// All login names of the user.
    pub identifiers: Vec<LoginName>,
}

/// Claims the login names that a user gets with a version of the account. Names that the user has already stay
/// until that version is confirmed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Claim {
    pub sub: String,
    /// All names of that version.
    pub identifiers: Vec<LoginName>,
    /// The version that the change makes.
    pub version: u32,
}

/// The names are reserved.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lease {
    pub until: UnixTime,
}

impl Lease {
    /// Whether an account may still write the names. Not until the very end: the clocks of different objects disagree.
    #[must_use]
    pub fn holds(self, now: UnixTime) -> bool {
        now < self.until.minus(lifetimes::LEASE_MARGIN)
    }
}

/// Another user has one of the names, or the subject identifier.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Conflict {
    /// The name; `None` when it is the subject identifier.
    pub login: Option<LoginName>,
    /// The holder, if a change of their names is unfinished: then the Account knows whether it has the name.
    pub holder: Option<Holder>,
}

/// A user whose change of names is unfinished.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Holder {
    pub sub: String,
    pub account: AccountId,
    /// Whether the user was ever confirmed; until then there may be no account.
    pub confirmed: bool,
    /// The end of the lease that alone keeps the name from others; `None` when the user has it.
    pub until: Option<UnixTime>,
    /// Whether the unfinished change makes a user with exactly the names that were asked for.
    pub makes_the_same: bool,
    /// When the directory said so. What the Account says later decides about leases that had ended by then.
    pub at: UnixTime,
}

impl Ask for Reserve {
    type Reply = Result<Lease, Conflict>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        if let Some(known) = person::read(sql, &self.sub)? {
            return Ok(match known.reserved_until {
                Some(until) if known.attempt == self.attempt => Ok(Lease { until }),
                until => Err(Conflict { login: None, holder: holder(self.sub, &known, until, &self.identifiers, now) }),
            });
        }
        if let Some(conflict) = conflict(sql, now, &self.sub, &self.identifiers)? {
            return Ok(Err(conflict));
        }
        let until = now.plus(lifetimes::LEASE);
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
        let until = now.plus(lifetimes::LEASE);
        let mut logins = known.logins;
        for login in &self.identifiers {
            // A name that the user has is claimed too, because a version in between may not have it.
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
            let holder = other.and_then(|other| {
                let claimed = identifier.hold.claim.filter(|_| !identifier.hold.settled).map(|(_, until)| until);
                holder(identifier.sub, &other, other.reserved_until.or(claimed), logins, now)
            });
            return Ok(Some(Conflict { login: Some(login.clone()), holder }));
        }
    }
    Ok(None)
}

fn holder(
    sub: String,
    person: &PersonRow,
    until: Option<UnixTime>,
    wanted: &[LoginName],
    now: UnixTime,
) -> Option<Holder> {
    let unfinished = !person.removed && (person.reserved_until.is_some() || person.changing.is_some());
    unfinished.then(|| Holder {
        sub,
        account: person.account,
        confirmed: person.version.is_some(),
        until,
        makes_the_same: person.reserved_until.is_some() && person.logins == wanted,
        at: now,
    })
}
