//! The last step of a change: what the Account says stands here too.

use serde::{Deserialize, Serialize};

use super::links;
use super::person::{self, Hold, PersonRow};
use super::projection::Projection;
use super::reserve::ENDING;
use crate::base::UnixTime;
use crate::sign_in::login_name::LoginName;
use crate::sign_in::password::PasswordParameters;
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault, Value};

/// Copies what the Account says. A version older than the one that the directory has changes nothing.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Confirm {
    pub sub: String,
    /// All login names of the user.
    pub identifiers: Vec<LoginName>,
    /// How the password is hashed.
    pub parameters: Option<PasswordParameters>,
    /// What lists show.
    pub projection: Projection,
}

/// Why nothing was confirmed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum NotConfirmed {
    /// A name belongs to another user. No sequence of the three steps leads here.
    #[error("a name belongs to somebody else")]
    NameTaken,
    /// The reservation was released, or the user removed.
    #[error("no such person")]
    Unknown,
}

/// Frees the names that a user holds by leases which have ended, after the Account was asked for its names.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Release {
    pub sub: String,
    /// When the directory named the holder, before the Account was asked. Leases that ended by then are released.
    pub at: UnixTime,
}

/// Removes a user whose account has ended, and all links to the account. The subject identifier stays, because it is never reused.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Remove {
    pub sub: String,
}

impl Ask for Confirm {
    type Reply = Result<(), NotConfirmed>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(known) = person::read(sql, &self.sub)?.filter(|person| !person.removed) else {
            return Ok(Err(NotConfirmed::Unknown));
        };
        let version = self.projection.version;
        let is_current = known.version == Some(version) && known.changing.is_none_or(|changing| changing > version);
        if known.version.is_some_and(|known| known > version) || is_current {
            return Ok(Ok(()));
        }
        for login in &self.identifiers {
            let hold = match person::identifier(sql, login)? {
                Some(identifier) if identifier.sub != self.sub => return Ok(Err(NotConfirmed::NameTaken)),
                Some(identifier) => identifier.hold,
                None => Hold::default(),
            };
            let settled = Hold { settled: true, claim: hold.claim.filter(|(claimed_for, _)| *claimed_for > version) };
            if hold != settled {
                person::hold(sql, login, &self.sub, settled)?;
            }
        }
        let logins = freed(sql, &self.sub, known.logins, &self.identifiers, version)?;
        let Projection { user_name, email, display_name, active, created_at, modified_at, version } = self.projection;
        sql.update(
            "person",
            [
                ("logins", person::encode(&logins)),
                ("reserved_until", Value::Null),
                ("changing", known.changing.filter(|changing| *changing > version).into()),
                ("password", self.parameters.into()),
                ("user_name", user_name.into()),
                ("email", email.into()),
                ("display_name", display_name.into()),
                ("active", active.into()),
                ("created_at", created_at.into()),
                ("modified_at", modified_at.into()),
                ("version", version.into()),
            ],
            "WHERE sub = ?",
            &[self.sub.into()],
        )?;
        if known.reserved_until.is_some() {
            person::count(sql, 1)?;
        }
        Ok(Ok(()))
    }
}

/// Frees the names that the Account does not have in `version`, except those claimed for a later one. Returns those that
/// the user holds now.
fn freed(
    sql: &dyn Sql,
    sub: &str,
    held: Vec<LoginName>,
    confirmed: &[LoginName],
    version: u32,
) -> Result<Vec<LoginName>, SqlFault> {
    let mut logins = confirmed.to_vec();
    for login in held.into_iter().filter(|login| !confirmed.contains(login)) {
        let claim = person::held(sql, &login, sub)?.and_then(|hold| hold.claim);
        if claim.is_some_and(|(claimed_for, _)| claimed_for > version) {
            person::hold(sql, &login, sub, Hold { settled: false, claim })?;
            logins.push(login);
        } else {
            person::free(sql, &login, sub)?;
        }
    }
    Ok(logins)
}

impl Ask for Release {
    type Reply = ();

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(known) = person::read(sql, &self.sub)?.filter(|person| !person.removed) else {
            return Ok(());
        };
        match known.reserved_until {
            Some(until) if self.at < until => Ok(()),
            Some(_) => {
                for login in &known.logins {
                    person::free(sql, login, &self.sub)?;
                }
                sql.run("DELETE FROM person WHERE sub = ?", &[self.sub.into()])?;
                Ok(())
            }
            None => release_claims(sql, self.at, &self.sub, known),
        }
    }
}

fn release_claims(sql: &dyn Sql, at: UnixTime, sub: &str, known: PersonRow) -> Result<(), SqlFault> {
    let (mut logins, mut claims_left) = (Vec::new(), false);
    for login in &known.logins {
        let hold = person::held(sql, login, sub)?.unwrap_or_default();
        let has_ended = hold.claim.is_some_and(|(_, until)| at >= until);
        if has_ended && !hold.settled {
            person::free(sql, login, sub)?;
            continue;
        }
        if has_ended {
            person::hold(sql, login, sub, Hold::SETTLED)?;
        }
        claims_left |= hold.claim.is_some() && !has_ended;
        logins.push(login.clone());
    }
    let changing = known.changing.filter(|changing| claims_left || *changing == ENDING);
    if logins != known.logins || changing != known.changing {
        sql.run(
            "UPDATE person SET logins = ?, changing = ? WHERE sub = ?",
            &[person::encode(&logins), changing.into(), sub.into()],
        )?;
    }
    Ok(())
}

impl Ask for Remove {
    type Reply = ();

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(known) = person::read(sql, &self.sub)?.filter(|person| !person.removed) else {
            return Ok(());
        };
        for login in &known.logins {
            person::free(sql, login, &self.sub)?;
        }
        links::remove_account(sql, known.account)?;
        sql.run(
            "UPDATE person SET logins = '[]', reserved_until = NULL, changing = NULL, removed_at = ?, password = NULL, \
             user_name = NULL, email = NULL, display_name = NULL, active = 0 WHERE sub = ?",
            &[now.into(), self.sub.into()],
        )?;
        if known.reserved_until.is_none() {
            person::count(sql, -1)?;
        }
        Ok(())
    }
}
