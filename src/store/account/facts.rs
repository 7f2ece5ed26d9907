//! What an authorization request needs to know about a signed-in browser, in one call.

use serde::{Deserialize, Serialize};

use super::denied::Denied;
use super::head;
use crate::base::{GrantId, SessionId, UnixTime};
use crate::oauth::client::{ClientId, ClientKey, FaceDigest};
use crate::oauth::person::profile::Profile;
use crate::oauth::person::role::Role;
use crate::oauth::scope::Scopes;
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault, columns};

/// Reads a session.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadSession {
    pub session: SessionId,
}

/// Reads a session, and what the user allowed one client.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReadFacts {
    pub session: SessionId,
    pub client: ClientId,
}

/// Reads which of some clients the user of a session has connected.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReadConnected {
    pub session: SessionId,
    /// The clients: those of a page of the catalogue.
    pub clients: Vec<ClientKey>,
}

/// A session that is alive.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Session {
    pub sub: String,
    /// What pages call the user.
    pub name: String,
    pub expires_at: UnixTime,
    /// How the user was authenticated.
    pub authentication: Authentication,
    /// Whether the user may register apps of their own.
    pub is_developer: bool,
}

/// What a code says of its sign-in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Authentication {
    pub epoch: u32,
    /// When the user was authenticated.
    pub auth_time: UnixTime,
    /// How (RFC 8176), separated by spaces.
    pub amr: String,
}

/// The answer to [`ReadFacts`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Facts {
    pub session: Session,
    /// The newest consent for the client, if there is any.
    pub grant: Option<NewestGrant>,
}

/// A consent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NewestGrant {
    pub grant: GrantId,
    /// What the user saw of the client.
    pub face: FaceDigest,
    /// What it allows.
    pub scopes: Scopes,
    /// The optional scopes that the user declined.
    pub declined: Scopes,
    /// When it was given.
    pub at: UnixTime,
}

columns! {
    /// Whose session it is, as the head row says.
    struct Owner {
        sub: String,
        epoch: u32,
        active: bool,
        profile: Profile,
    }
}

impl Ask for ReadSession {
    type Reply = Result<Session, Denied>;

    const ONLY_READS: bool = true;
    const IS_FREQUENT: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(Owner { sub, epoch, active, profile }) = head::columns_of(sql)? else {
            return Ok(Err(Denied::Unknown));
        };
        if !active {
            return Ok(Err(Denied::Disabled));
        }
        let statement = "SELECT auth_time, expires_at, amr FROM session WHERE id = ? AND epoch = ?";
        let Some((auth_time, expires_at, amr)) = sql.first(statement, &[self.session.into(), epoch.into()])? else {
            return Ok(Err(Denied::SessionEnded));
        };
        if now >= expires_at {
            return Ok(Err(Denied::SessionEnded));
        }
        let authentication = Authentication { epoch, auth_time, amr };
        let is_developer = profile.role() == Some(Role::Developer);
        Ok(Ok(Session { sub, name: profile.shown_name(), expires_at, authentication, is_developer }))
    }
}

impl Ask for ReadFacts {
    type Reply = Result<Facts, Denied>;

    const ONLY_READS: bool = true;
    const IS_FREQUENT: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let session = match (ReadSession { session: self.session }).step(sql, now)? {
            Ok(session) => session,
            Err(denied) => return Ok(Err(denied)),
        };
        Ok(Ok(Facts { session, grant: newest_grant(sql, self.client.key())? }))
    }
}

impl Ask for ReadConnected {
    type Reply = Result<Vec<ClientKey>, Denied>;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        if let Err(denied) = (ReadSession { session: self.session }).step(sql, now)? {
            return Ok(Err(denied));
        }
        let mut connected = Vec::new();
        for client in self.clients {
            if !sql.run("SELECT 1 FROM consent WHERE client = ? LIMIT 1", &[client.into()])?.is_empty() {
                connected.push(client);
            }
        }
        Ok(Ok(connected))
    }
}

fn newest_grant(sql: &dyn Sql, client: ClientKey) -> Result<Option<NewestGrant>, SqlFault> {
    let statement =
        "SELECT id, face, scopes, declined, at FROM consent WHERE client = ? ORDER BY at DESC, id DESC LIMIT 1";
    let row = sql.first(statement, &[client.into()])?;
    Ok(row.map(|(grant, face, scopes, declined, at): (_, _, _, Option<Scopes>, _)| NewestGrant {
        grant,
        face,
        scopes,
        declined: declined.unwrap_or_default(),
        at,
    }))
}
