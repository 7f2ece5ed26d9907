//! What requests need to know about a signed-in browser or the owner of a token, each in one call.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::families::{self, Inspect};
use super::{Denied, ask, head};
use crate::base::{FamilyId, SessionId, UnixTime};
use crate::oauth::client::{ClientId, ClientKey};
use crate::oauth::family::{Member, Refusal};
use crate::oauth::interaction::Consent;
use crate::oauth::profile::Profile;
use crate::oauth::scope::Scopes;
use crate::store::sql::{Sql, SqlFault};

/// Reads a session.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadSession {
    /// The session.
    pub session: SessionId,
}
ask!(ReadSession -> Result<Session, Denied>);

/// Reads a session, and what the person allowed one client.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReadFacts {
    /// The session.
    pub session: SessionId,
    /// The client.
    pub client: ClientId,
}
ask!(ReadFacts -> Result<SessionFacts, Denied>);

/// A session that is alive.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Session {
    /// The person.
    pub sub: String,
    /// The account's epoch.
    pub epoch: u32,
    /// When the person proved who she is.
    pub auth_time: UnixTime,
    /// When the session ends.
    pub expires_at: UnixTime,
    /// How she proved it (RFC 8176), separated by spaces.
    pub amr: String,
}

/// A session that is alive, and the consent for one client.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SessionFacts {
    /// The person.
    pub sub: String,
    /// What the person is called, if that is known.
    pub name: Option<String>,
    /// The person's user name.
    pub username: String,
    /// The account's epoch.
    pub epoch: u32,
    /// When the person proved who she is.
    pub auth_time: UnixTime,
    /// When the session ends.
    pub expires_at: UnixTime,
    /// How she proved it (RFC 8176), separated by spaces.
    pub amr: String,
    /// The newest consent for the client, if there is any.
    pub consent: Option<Consent>,
}

/// Reads the profile on the strength of a token, for userinfo.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReadProfile {
    /// The token's family.
    pub family: FamilyId,
    /// The token.
    pub member: Member,
}
ask!(ReadProfile -> Result<ProfileClaims, Refusal>);

/// What is known about the owner of a token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProfileClaims {
    /// The person.
    pub sub: String,
    /// What the token's family was allowed.
    pub scopes: Scopes,
    /// The standard claims that have a value (`OpenID` Connect Core section 5.1).
    pub profile: Map<String, Value>,
}

/// What the head row says for a session.
struct Owner {
    sub: String,
    epoch: u32,
    profile: Profile,
}

/// What a row says of a session that is alive.
struct Alive {
    auth_time: UnixTime,
    expires_at: UnixTime,
    amr: String,
}

pub(super) fn session(sql: &dyn Sql, now: UnixTime, ask: ReadSession) -> Result<Result<Session, Denied>, SqlFault> {
    Ok(alive(sql, now, ask.session)?.map(|(owner, session)| Session {
        sub: owner.sub,
        epoch: owner.epoch,
        auth_time: session.auth_time,
        expires_at: session.expires_at,
        amr: session.amr,
    }))
}

pub(super) fn read(sql: &dyn Sql, now: UnixTime, ask: ReadFacts) -> Result<Result<SessionFacts, Denied>, SqlFault> {
    let (owner, session) = match alive(sql, now, ask.session)? {
        Ok(both) => both,
        Err(denied) => return Ok(Err(denied)),
    };
    Ok(Ok(SessionFacts {
        sub: owner.sub,
        name: owner.profile.known_name(),
        username: owner.profile.user_name,
        epoch: owner.epoch,
        auth_time: session.auth_time,
        expires_at: session.expires_at,
        amr: session.amr,
        consent: newest_consent(sql, ask.client.key())?,
    }))
}

/// The claims, if the token is good at this moment.
pub(super) fn profile(
    sql: &dyn Sql,
    now: UnixTime,
    ask: ReadProfile,
) -> Result<Result<ProfileClaims, Refusal>, SqlFault> {
    let inspected = match families::inspect(sql, now, Inspect { family: ask.family, member: ask.member })? {
        Ok(inspected) => inspected,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(mut row) = head::row(sql, "SELECT profile, modified_at FROM head WHERE deleted_at IS NULL")? else {
        return Ok(Err(Refusal::Unknown));
    };
    let (profile, modified_at): (Profile, UnixTime) = (row.take()?, row.take()?);
    let mut claims = profile.claims();
    claims.insert("updated_at".to_owned(), modified_at.as_secs().into());
    Ok(Ok(ProfileClaims { sub: inspected.sub, scopes: inspected.scopes, profile: claims }))
}

fn alive(sql: &dyn Sql, now: UnixTime, session: SessionId) -> Result<Result<(Owner, Alive), Denied>, SqlFault> {
    let statement = "SELECT sub, epoch, active, profile FROM head WHERE deleted_at IS NULL";
    let Some(mut row) = head::row(sql, statement)? else {
        return Ok(Err(Denied::Unknown));
    };
    let (sub, epoch, active): (_, u32, bool) = (row.take()?, row.take()?, row.take()?);
    let owner = Owner { sub, epoch, profile: row.take()? };
    if !active {
        return Ok(Err(Denied::Disabled));
    }
    let statement = "SELECT auth_time, expires_at, amr FROM session WHERE id = ? AND epoch = ?";
    let Some(mut row) = sql.run(statement, &[session.into(), epoch.into()])?.into_iter().next() else {
        return Ok(Err(Denied::SessionEnded));
    };
    let alive = Alive { auth_time: row.take()?, expires_at: row.take()?, amr: row.take()? };
    Ok(if now < alive.expires_at { Ok((owner, alive)) } else { Err(Denied::SessionEnded) })
}

fn newest_consent(sql: &dyn Sql, client: ClientKey) -> Result<Option<Consent>, SqlFault> {
    let statement = "SELECT id, scopes FROM consent WHERE client = ? ORDER BY at DESC LIMIT 1";
    let Some(mut row) = sql.run(statement, &[client.into()])?.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Consent { grant: row.take()?, scopes: row.take()? }))
}
