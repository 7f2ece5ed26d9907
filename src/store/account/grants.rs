//! Grants: what the user allowed which client. The table is called `consent`, because GRANT is a word of SQL.

use serde::{Deserialize, Serialize};

use super::denied::Denied;
use super::events::{self, EventKind};
use super::facts::{Authentication, ReadSession};
use super::head;
use crate::base::{AttemptId, GrantId, SessionId, UnixTime};
use crate::oauth::client::{ClientId, ClientKey, FaceDigest, ShownFace};
use crate::oauth::scope::Scopes;
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// Records a consent. The id is new each time, so repeating the same command changes nothing.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AddGrant {
    /// The session in which the user consented.
    pub session: SessionId,
    pub grant: GrantId,
    pub client: ClientId,
    /// What the user saw of the client, to compare it with what the client is later.
    pub face: FaceDigest,
    /// The same, to show it to the user later.
    pub shown: ShownFace,
    /// What it allows.
    pub scopes: Scopes,
    /// The optional scopes that the user declined.
    pub declined: Scopes,
    /// The earliest sign-in that the request accepts.
    pub authenticated_since: Option<UnixTime>,
}

/// Withdraws everything that a client was allowed: its codes and families are dead from now on.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Disconnect {
    pub client: ClientId,
}

impl Ask for AddGrant {
    type Reply = Result<Authentication, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let authentication = match (ReadSession { session: self.session }).step(sql, now)? {
            Ok(session) => session.authentication,
            Err(denied) => return Ok(Err(denied)),
        };
        if self.authenticated_since.is_some_and(|since| authentication.auth_time < since) {
            return Ok(Err(Denied::SessionEnded));
        }
        // The newest counts, so two of one second need different times.
        sql.run(
            "INSERT INTO consent (client, id, client_id, face, scopes, at, declined, shown) VALUES (?1, ?2, ?3, ?4, ?5, max(?6, \
             coalesce((SELECT max(at) + 1 FROM consent WHERE client = ?1), 0)), ?7, ?8) ON CONFLICT DO NOTHING",
            &[
                self.client.key().into(),
                self.grant.into(),
                self.client.as_str().into(),
                self.face.into(),
                self.scopes.into(),
                now.into(),
                Some(self.declined).filter(|declined| !declined.is_empty()).into(),
                self.shown.into(),
            ],
        )?;
        Ok(Ok(authentication))
    }
}

impl Ask for Disconnect {
    type Reply = Result<(), Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        if head::read(sql)?.is_none() {
            return Ok(Err(Denied::Unknown));
        }
        let newest = "SELECT id FROM consent WHERE client = ? ORDER BY at DESC, id DESC LIMIT 1";
        if let Some((grant,)) = sql.first::<(GrantId,)>(newest, &[self.client.key().into()])? {
            // The event is named after the grant that ends, so that repeating the command writes no second one.
            let ends = AttemptId::from_bytes(*grant.as_bytes());
            events::record(sql, now, EventKind::Disconnected, Some(&self.client), ends)?;
            sql.run("DELETE FROM consent WHERE client = ?", &[self.client.key().into()])?;
        }
        Ok(Ok(()))
    }
}

/// The scopes of a grant, `None` if it does not exist.
pub(super) fn scopes(sql: &dyn Sql, client: ClientKey, grant: GrantId) -> Result<Option<Scopes>, SqlFault> {
    let row = sql.first("SELECT scopes FROM consent WHERE client = ? AND id = ?", &[client.into(), grant.into()])?;
    Ok(row.map(|(scopes,)| scopes))
}
