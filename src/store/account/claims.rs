//! The claims about a user, for the bearer of an access token.

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::inspect::{Inspect, Inspected};
use super::person;
use crate::base::{FamilyId, UnixTime};
use crate::oauth::token::family::{Member, Refusal};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};
use crate::store::wire;

/// Reads what userinfo answers to the bearer of an access token, in one call.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadClaims {
    pub family: FamilyId,
    pub member: Member,
}

/// The claims about the user of a good token. Which of them the token opens is decided by the Worker.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonClaims {
    pub sub: String,
    /// The standard claims by their names (`OpenID` Connect Core section 5.1), and the other attributes by theirs.
    #[serde(with = "wire::json")]
    pub claims: Map<String, serde_json::Value>,
    /// What the Worker left when the family was founded.
    pub context: String,
}

impl Ask for ReadClaims {
    type Reply = Result<PersonClaims, Refusal>;

    const ONLY_READS: bool = true;
    const IS_FREQUENT: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let good = Inspect { family: self.family, member: self.member }.step(sql, now)?;
        let Inspected { context, .. } = match good {
            Ok(good) => good,
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(person::read(sql)?.ok_or(Refusal::Unknown).map(|person| PersonClaims {
            claims: person::known(&person),
            sub: person.sub,
            context,
        }))
    }
}
