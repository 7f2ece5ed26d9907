//! A code is redeemed.

use serde::{Deserialize, Serialize};

use super::events::EventKind;
use super::families::{self, StoredFamily};
use super::issued::{Handout, Issued, issued, replayed};
use super::{head, standing, sweep};
use crate::base::{AttemptId, CodeId, FamilyId, GrantId, Seconds, SessionId, UnixTime};
use crate::oauth::client::ClientId;
use crate::oauth::scope::Scopes;
use crate::oauth::token::family::{self, Family, Redemption, RefreshLifetime, Refusal, Rotation};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// Redeems a code, which founds its family. What can be refused without storage has been refused before.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Redeem {
    pub attempt: AttemptId,
    pub family: FamilyId,
    pub code: CodeId,
    pub code_expires_at: UnixTime,
    /// The client, which has authenticated.
    pub client: ClientId,
    /// The consent that the code was made on.
    pub grant: GrantId,
    /// The session in which the code was made.
    pub session: SessionId,
    /// The account's epoch when it was made.
    pub epoch: u32,
    /// What was allowed.
    pub scopes: Scopes,
    /// Whether the family outlives the session.
    pub offline: bool,
    /// How long refresh tokens can be used, if the family has any.
    pub refresh: Option<RefreshLifetime>,
    /// How long an access token lives.
    pub access_lifetime: Seconds,
    /// What the Worker gets back with every later answer about the family: a
    /// [`FamilyContext`](crate::oauth::token::family_context::FamilyContext), of which the object reads what claims are asked for.
    pub context: String,
}

impl Ask for Redeem {
    type Reply = Result<Issued, Refusal>;

    const ONLY_READS: bool = false;
    const IS_FREQUENT: bool = true;
    const ROWS_EXPIRE: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(head) = head::read(sql)? else {
            return Ok(Err(Refusal::Unknown));
        };
        let founding = StoredFamily {
            id: self.family,
            family: Family {
                code: self.code,
                attempt: self.attempt,
                client: self.client.key(),
                grant: self.grant,
                session: self.session,
                offline: self.offline,
                epoch: self.epoch,
                scopes: self.scopes,
                code_expires_at: self.code_expires_at,
                access_lifetime: self.access_lifetime,
                used_at: now,
                refresh: self.refresh.map(Rotation::first),
                floor: UnixTime::from_secs(0),
                revoked_at: None,
            },
            context: self.context,
        };
        let existing = families::read(sql, self.family)?;
        // For a family that exists, its own grant and session decide whether the same attempt is answered again.
        let standing =
            standing::read(sql, now, &head, existing.as_ref().map_or(&founding.family, |stored| &stored.family))?;
        let (existing, context) = match existing {
            Some(stored) => (Some(stored.family), stored.context),
            None => (None, founding.context),
        };
        match family::redeem(existing, founding.family, &standing, now) {
            Redemption::Founded(family) => {
                sweep::on_the_way(sql, now)?;
                let stored = StoredFamily { id: self.family, family, context };
                families::insert(sql, &stored)?;
                issued(sql, head.sub, stored, now, Handout::Current).map(Ok)
            }
            Redemption::Again(family) => {
                let stored = StoredFamily { id: self.family, family, context };
                issued(sql, head.sub, stored, now, Handout::Current).map(Ok)
            }
            Redemption::Refused(refusal) => Ok(Err(refusal)),
            Redemption::Replayed(family) => {
                replayed(sql, now, (self.family, &family), (EventKind::CodeReplayed, &self.client), self.attempt)
            }
        }
    }
}
