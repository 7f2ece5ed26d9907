//! A family is used: by one of its refresh tokens, or by its name.

use serde::{Deserialize, Serialize};

use super::events::EventKind;
use super::families::{self, StoredFamily};
use super::issued::{Handout, Issued, issued, replayed};
use super::{head, standing};
use crate::base::{AttemptId, FamilyId, UnixTime};
use crate::oauth::client::ClientId;
use crate::oauth::scope::Scopes;
use crate::oauth::token::family::{Family, Refreshed, Refusal, Standing};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// Uses a refresh token.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Refresh {
    pub attempt: AttemptId,
    pub family: FamilyId,
    pub number: u32,
    /// The client, which has authenticated.
    pub client: ClientId,
    /// Whether each use issues a new token.
    pub rotates: bool,
    /// The scopes that are asked for, where they are to be fewer than were granted (RFC 6749 section 6).
    pub scopes: Option<Scopes>,
}

/// Issues an access token to an authenticated client that names a family instead of a refresh token. No refresh token is
/// handed out, and those of the family stay as they are.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Renew {
    pub attempt: AttemptId,
    pub family: FamilyId,
    /// The client, which has authenticated.
    pub client: ClientId,
}

impl Ask for Refresh {
    type Reply = Result<Issued, Refusal>;

    const ONLY_READS: bool = false;
    const IS_FREQUENT: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Refresh { attempt, family, number, client, rotates, scopes } = self;
        let using = Using { attempt, family, client, scopes };
        used(sql, now, using, |family, standing| family.refresh(number, rotates, standing, now))
    }
}

impl Ask for Renew {
    type Reply = Result<Issued, Refusal>;

    const ONLY_READS: bool = false;
    const IS_FREQUENT: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Renew { attempt, family, client } = self;
        let using = Using { attempt, family, client, scopes: None };
        used(sql, now, using, |family, standing| family.renew(standing, now))
    }
}

/// How a family is used.
struct Using {
    attempt: AttemptId,
    family: FamilyId,
    client: ClientId,
    scopes: Option<Scopes>,
}

/// Lets `rule` decide about a family, and writes the outcome.
fn used(
    sql: &dyn Sql,
    now: UnixTime,
    using: Using,
    rule: impl FnOnce(Family, &Standing) -> Refreshed,
) -> Result<Result<Issued, Refusal>, SqlFault> {
    let (Some(head), Some(stored)) = (head::read(sql)?, families::read_if_any(sql, using.family)?) else {
        return Ok(Err(Refusal::Unknown));
    };
    if stored.family.client != using.client.key() {
        return Ok(Err(Refusal::OtherClient));
    }
    if using.scopes.is_some_and(|scopes| !scopes.is_within(&stored.family.scopes)) {
        return Ok(Err(Refusal::ScopeNotGranted));
    }
    let standing = standing::read(sql, now, &head, &stored.family)?;
    let StoredFamily { id, family, context } = stored;
    let (family, write, handout) = match rule(family, &standing) {
        Refreshed::Rotated(family) => (family, true, Handout::Current),
        Refreshed::Repeated(family) => (family, false, Handout::Current),
        Refreshed::Kept { family, marked } => (family, marked, Handout::Nothing),
        Refreshed::Refused(refusal) => return Ok(Err(refusal)),
        Refreshed::Replayed(family) => {
            return replayed(sql, now, (id, &family), (EventKind::RefreshTokenReplayed, &using.client), using.attempt);
        }
    };
    if write {
        families::update(sql, id, &family)?;
    }
    issued(sql, head.sub, StoredFamily { id, family, context }, now, handout).map(Ok)
}
