//! A token is inspected, or revoked.

use serde::{Deserialize, Serialize};

use super::{families, head, standing};
use crate::base::{FamilyId, UnixTime};
use crate::oauth::client::ClientId;
use crate::oauth::scope::Scopes;
use crate::oauth::token::family::{Member, Refusal};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// Asks whether a token is good, for introspection and userinfo.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Inspect {
    pub family: FamilyId,
    pub member: Member,
}

/// Revokes a token (RFC 7009). The answer does not say whether there was anything to revoke.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Revoke {
    pub family: FamilyId,
    /// The client, which has authenticated.
    pub client: ClientId,
    pub member: Member,
}

/// A good token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Inspected {
    pub sub: String,
    /// What was allowed.
    pub scopes: Scopes,
    /// What the Worker left when the family was founded.
    pub context: String,
}

impl Ask for Inspect {
    type Reply = Result<Inspected, Refusal>;

    const ONLY_READS: bool = true;
    const IS_FREQUENT: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let (Some(head), Some(stored)) = (head::read(sql)?, families::read_if_any(sql, self.family)?) else {
            return Ok(Err(Refusal::Unknown));
        };
        let standing = standing::read(sql, now, &head, &stored.family)?;
        let good = stored.family.inspect(self.member, &standing, now);
        Ok(good.map(|()| Inspected { sub: head.sub, scopes: stored.family.scopes, context: stored.context }))
    }
}

impl Ask for Revoke {
    type Reply = ();

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        if let Some(stored) = families::read_if_any(sql, self.family)?
            && stored.family.client == self.client.key()
            && let Some(family) = stored.family.revoke(self.member, now)
        {
            families::update(sql, stored.id, &family)?;
        }
        Ok(())
    }
}
