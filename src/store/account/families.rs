//! Token families in storage: the rules of [`crate::oauth::token::family`], each applied in one step.

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::events::{self, EventKind};
use super::{grants, head, person, sessions, sweep};
use crate::base::{AttemptId, CodeId, FamilyId, GrantId, Seconds, SessionId, UnixTime};
use crate::oauth::client::ClientId;
use crate::oauth::scope::Scopes;
use crate::oauth::token::family;
use crate::oauth::token::family::{
    Family, Lifespan, Member, Redemption, RefreshLifetime, Refreshed, Refusal, Rotation, Standing, TokenUse,
};
use crate::oauth::token::family_context::FamilyContext;
use crate::store::sql::{Row, Sql, SqlFault, Value};
use crate::store::{ask, wire};

/// Redeems a code: founds its family. Everything that can be refused without storage has been refused before.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Redeem {
    /// This try.
    pub attempt: AttemptId,
    /// The family to found.
    pub family: FamilyId,
    /// The code.
    pub code: CodeId,
    /// When the code expires.
    pub code_expires_at: UnixTime,
    /// The client, which has authenticated.
    pub client: ClientId,
    /// The consent the code rests on.
    pub grant: GrantId,
    /// The session it was made in.
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
    /// What the Worker wants back with every later answer about the family: a
    /// [`FamilyContext`](crate::oauth::token::family_context::FamilyContext), of which the object reads what claims are asked for.
    pub context: String,
}
ask!(Redeem -> Result<Issued, Refusal>);

/// Uses a refresh token of an authenticated client.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Refresh {
    /// This try.
    pub attempt: AttemptId,
    /// The token's family.
    pub family: FamilyId,
    /// The token's number.
    pub number: u32,
    /// The client, which has authenticated.
    pub client: ClientId,
    /// Whether each use issues a new token.
    pub rotates: bool,
    /// The scopes that are asked for, where they are to be fewer than were granted (RFC 6749 section 6).
    pub scopes: Option<Scopes>,
}
ask!(Refresh -> Result<Issued, Refusal>);

/// Issues an access token to an authenticated client that names a family instead of a refresh token. No refresh token is
/// handed out, and those of the family stay as they are.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Renew {
    /// This try.
    pub attempt: AttemptId,
    /// The family.
    pub family: FamilyId,
    /// The client, which has authenticated.
    pub client: ClientId,
}
ask!(Renew -> Result<Issued, Refusal>);

/// Asks whether a token is good, for introspection and userinfo.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Inspect {
    /// The token's family.
    pub family: FamilyId,
    /// The token.
    pub member: Member,
}
ask!(Inspect -> Result<Inspected, Refusal>);

/// Revokes a token (RFC 7009). Whether there was anything to revoke is not told.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Revoke {
    /// The token's family.
    pub family: FamilyId,
    /// The client, which has authenticated.
    pub client: ClientId,
    /// The token.
    pub member: Member,
}
ask!(Revoke -> ());

/// Tokens may be issued.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Issued {
    /// The person.
    pub sub: String,
    /// The number of the refresh token to hand out, if one is to be.
    pub refresh: Option<u32>,
    /// When refresh tokens of the family end at the latest; `None` if it has none.
    pub refresh_ends_at: Option<UnixTime>,
    /// The serial of the access token to hand out.
    pub serial: UnixTime,
    /// What was allowed.
    pub scopes: Scopes,
    /// The session the family was founded in.
    pub session: SessionId,
    /// What the Worker left when the family was founded.
    pub context: String,
    /// What a claim can tell of the person, where the context asks for claims in ID tokens.
    #[serde(with = "wire::json")]
    pub claims: Option<Map<String, serde_json::Value>>,
}

/// A good token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Inspected {
    /// The person.
    pub sub: String,
    /// What was allowed.
    pub scopes: Scopes,
    /// What the Worker left when the family was founded.
    pub context: String,
}

/// One row.
struct Stored {
    id: FamilyId,
    family: Family,
    context: String,
}

pub(super) fn redeem(sql: &dyn Sql, now: UnixTime, ask: Redeem) -> Result<Result<Issued, Refusal>, SqlFault> {
    let Some(head) = head::read(sql)? else {
        return Ok(Err(Refusal::Unknown));
    };
    let founding = Stored {
        id: ask.family,
        family: Family {
            code: ask.code,
            attempt: ask.attempt,
            client: ask.client.key(),
            grant: ask.grant,
            session: ask.session,
            offline: ask.offline,
            epoch: ask.epoch,
            scopes: ask.scopes,
            code_expires_at: ask.code_expires_at,
            access_lifetime: ask.access_lifetime,
            used_at: now,
            refresh: ask.refresh.map(Rotation::first),
            floor: UnixTime::from_secs(0),
            revoked_at: None,
        },
        context: ask.context,
    };
    let existing = read(sql, ask.family)?;
    // What the family was founded with decides whether its own attempt may be answered again.
    let standing = standing(sql, now, &head, existing.as_ref().map_or(&founding.family, |stored| &stored.family))?;
    let (existing, context) = match existing {
        Some(stored) => (Some(stored.family), stored.context),
        None => (None, founding.context),
    };
    match family::redeem(existing, founding.family, &standing, now) {
        Redemption::Founded(family) => {
            sweep::on_the_way(sql, now)?;
            let stored = Stored { id: ask.family, family, context };
            insert(sql, &stored)?;
            issued(sql, head.sub, stored, now, Handout::Current).map(Ok)
        }
        Redemption::Again(family) => {
            let stored = Stored { id: ask.family, family, context };
            issued(sql, head.sub, stored, now, Handout::Current).map(Ok)
        }
        Redemption::Refused(refusal) => Ok(Err(refusal)),
        Redemption::Replayed(family) => {
            replayed(sql, now, (ask.family, &family), (EventKind::CodeReplayed, &ask.client), ask.attempt)
        }
    }
}

pub(super) fn refresh(sql: &dyn Sql, now: UnixTime, ask: Refresh) -> Result<Result<Issued, Refusal>, SqlFault> {
    let Refresh { attempt, family, number, client, rotates, scopes } = ask;
    let using = Using { attempt, family, client, scopes };
    used(sql, now, using, |family, standing| family.refresh(number, rotates, standing, now))
}

pub(super) fn renew(sql: &dyn Sql, now: UnixTime, ask: Renew) -> Result<Result<Issued, Refusal>, SqlFault> {
    let Renew { attempt, family, client } = ask;
    let using = Using { attempt, family, client, scopes: None };
    used(sql, now, using, |family, standing| family.renew(standing, now))
}

/// A use of a family by a client.
struct Using {
    attempt: AttemptId,
    family: FamilyId,
    client: ClientId,
    scopes: Option<Scopes>,
}

/// Lets `rule` decide about a family, and does what follows.
fn used(
    sql: &dyn Sql,
    now: UnixTime,
    using: Using,
    rule: impl FnOnce(Family, &Standing) -> Refreshed,
) -> Result<Result<Issued, Refusal>, SqlFault> {
    let (Some(head), Some(stored)) = (head::read(sql)?, read_if_any(sql, using.family)?) else {
        return Ok(Err(Refusal::Unknown));
    };
    if stored.family.client != using.client.key() {
        return Ok(Err(Refusal::OtherClient));
    }
    if using.scopes.is_some_and(|scopes| !scopes.is_within(&stored.family.scopes)) {
        return Ok(Err(Refusal::ScopeNotGranted));
    }
    let standing = standing(sql, now, &head, &stored.family)?;
    let Stored { id, family, context } = stored;
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
        update(sql, id, &family)?;
    }
    issued(sql, head.sub, Stored { id, family, context }, now, handout).map(Ok)
}

pub(super) fn inspect(sql: &dyn Sql, now: UnixTime, ask: Inspect) -> Result<Result<Inspected, Refusal>, SqlFault> {
    let (Some(head), Some(stored)) = (head::read(sql)?, read_if_any(sql, ask.family)?) else {
        return Ok(Err(Refusal::Unknown));
    };
    let standing = standing(sql, now, &head, &stored.family)?;
    let good = stored.family.inspect(ask.member, &standing, now);
    Ok(good.map(|()| Inspected { sub: head.sub, scopes: stored.family.scopes, context: stored.context }))
}

pub(super) fn revoke(sql: &dyn Sql, now: UnixTime, ask: Revoke) -> Result<(), SqlFault> {
    if let Some(stored) = read_if_any(sql, ask.family)?
        && stored.family.client == ask.client.key()
        && let Some(family) = stored.family.revoke(ask.member, now)
    {
        update(sql, stored.id, &family)?;
    }
    Ok(())
}

/// Families from `after` on in the order of their ids, at most `limit`: their ids and when they may be removed.
pub(super) fn removable(
    sql: &dyn Sql,
    after: Option<FamilyId>,
    limit: u32,
) -> Result<Vec<(FamilyId, UnixTime)>, SqlFault> {
    let after = Value::Blob(after.map_or_else(Vec::new, |id| id.as_bytes().to_vec()));
    let statement = "SELECT id, used_at, ends_at, idle, access_lifetime, code_expires_at FROM family WHERE id > ? ORDER BY id LIMIT ?";
    let rows = sql.run(statement, &[after, limit.into()])?.into_iter();
    rows.map(|mut row| {
        let (id, used_at) = (row.take()?, row.take()?);
        let refresh = Option::zip(row.take()?, row.take()?).map(|(ends_at, idle)| RefreshLifetime { ends_at, idle });
        let lifespan = Lifespan { used_at, refresh, access_lifetime: row.take()?, code_expires_at: row.take()? };
        Ok((id, lifespan.removable_at()))
    })
    .collect()
}

/// The family is revoked and the event written: both or none.
fn replayed(
    sql: &dyn Sql,
    now: UnixTime,
    (id, family): (FamilyId, &Family),
    (kind, client): (EventKind, &ClientId),
    attempt: AttemptId,
) -> Result<Result<Issued, Refusal>, SqlFault> {
    update(sql, id, family)?;
    events::record(sql, now, kind, Some(client), attempt)?;
    Ok(Err(Refusal::Replayed))
}

/// Which refresh token the answer carries.
#[derive(Clone, Copy)]
enum Handout {
    Current,
    Nothing,
}

fn issued(sql: &dyn Sql, sub: String, stored: Stored, now: UnixTime, handout: Handout) -> Result<Issued, SqlFault> {
    let Stored { family, context, .. } = stored;
    let serial = family.serial(now);
    let rotation = family.refresh.as_ref();
    let asks = FamilyContext::from_text(&context).is_ok_and(|context| !context.claims.id_token.is_empty());
    let person = if asks { person::read(sql)?.ok() } else { None };
    Ok(Issued {
        sub,
        refresh: match handout {
            Handout::Current => rotation.map(|rotation| rotation.current),
            Handout::Nothing => None,
        },
        refresh_ends_at: rotation.map(|rotation| rotation.lifetime.ends_at),
        serial,
        scopes: family.scopes,
        session: family.session,
        context,
        claims: person.as_ref().map(person::known),
    })
}

fn standing(sql: &dyn Sql, now: UnixTime, head: &head::Head, family: &Family) -> Result<Standing, SqlFault> {
    Ok(Standing {
        active: head.active,
        epoch: head.epoch,
        session_alive: sessions::is_alive(sql, family.session, head.epoch, now)?,
        granted: grants::scopes(sql, family.client, family.grant)?,
    })
}

/// The columns in the order in which they are read and written.
macro_rules! columns {
    () => {
        "id, code, attempt, client, consent, session, offline, epoch, scopes, code_expires_at, access_lifetime, used_at, \
         ends_at, idle, current, previous, previous_at, recent, floor, revoked_at, context"
    };
}

fn read(sql: &dyn Sql, id: FamilyId) -> Result<Option<Stored>, SqlFault> {
    let rows = sql.run(concat!("SELECT ", columns!(), " FROM family WHERE id = ?"), &[id.into()])?;
    rows.into_iter().next().map(stored).transpose()
}

/// As [`read`], in an object that may have no tables.
fn read_if_any(sql: &dyn Sql, id: FamilyId) -> Result<Option<Stored>, SqlFault> {
    match read(sql, id) {
        Err(SqlFault::NoTables) => Ok(None),
        found => found,
    }
}

fn insert(sql: &dyn Sql, stored: &Stored) -> Result<(), SqlFault> {
    let Stored { id, family, context } = stored;
    let rotation = RotationColumns::of(family);
    let statement = concat!(
        "INSERT INTO family (",
        columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    sql.run(
        statement,
        &[
            (*id).into(),
            family.code.into(),
            family.attempt.into(),
            family.client.into(),
            family.grant.into(),
            family.session.into(),
            family.offline.into(),
            family.epoch.into(),
            family.scopes.clone().into(),
            family.code_expires_at.into(),
            family.access_lifetime.into(),
            family.used_at.into(),
            rotation.ends_at,
            rotation.idle,
            rotation.current,
            rotation.previous,
            rotation.previous_at,
            rotation.recent,
            family.floor.into(),
            family.revoked_at.into(),
            context.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Writes what can change after the founding.
fn update(sql: &dyn Sql, id: FamilyId, family: &Family) -> Result<(), SqlFault> {
    let rotation = RotationColumns::of(family);
    sql.run(
        "UPDATE family SET used_at = ?, current = ?, previous = ?, previous_at = ?, recent = ?, floor = ?, revoked_at = ? \
         WHERE id = ?",
        &[
            family.used_at.into(),
            rotation.current,
            rotation.previous,
            rotation.previous_at,
            rotation.recent,
            family.floor.into(),
            family.revoked_at.into(),
            id.into(),
        ],
    )?;
    Ok(())
}

/// How a [`Rotation`] lies in a row.
struct RotationColumns {
    ends_at: Value,
    idle: Value,
    current: Value,
    previous: Value,
    previous_at: Value,
    recent: Value,
}

impl RotationColumns {
    fn of(family: &Family) -> Self {
        let rotation = family.refresh.as_ref();
        let previous = rotation.and_then(|rotation| rotation.previous);
        let recent = rotation.map_or(&[][..], |rotation| &rotation.recent);
        Self {
            ends_at: rotation.map(|rotation| rotation.lifetime.ends_at).into(),
            idle: rotation.map(|rotation| rotation.lifetime.idle).into(),
            current: rotation.map(|rotation| rotation.current).into(),
            previous: previous.map(|previous| previous.number).into(),
            previous_at: previous.map(|previous| previous.at).into(),
            recent: encode_uses(recent).into(),
        }
    }
}

fn stored(mut row: Row) -> Result<Stored, SqlFault> {
    let id = row.take()?;
    let family = Family {
        code: row.take()?,
        attempt: row.take()?,
        client: row.take()?,
        grant: row.take()?,
        session: row.take()?,
        offline: row.take()?,
        epoch: row.take()?,
        scopes: row.take()?,
        code_expires_at: row.take()?,
        access_lifetime: row.take()?,
        used_at: row.take()?,
        refresh: rotation(&mut row)?,
        floor: row.take()?,
        revoked_at: row.take()?,
    };
    Ok(Stored { id, family, context: row.take()? })
}

fn rotation(row: &mut Row) -> Result<Option<Rotation>, SqlFault> {
    let (ends_at, idle, current) = (row.take()?, row.take()?, row.take()?);
    let (previous, previous_at) = (row.take()?, row.take()?);
    let recent = decode_uses(&row.take::<Vec<u8>>()?)?;
    let (Some(ends_at), Some(idle), Some(current)) = (ends_at, idle, current) else {
        return Ok(None);
    };
    let previous = Option::zip(previous, previous_at).map(|(number, at)| TokenUse { number, at });
    Ok(Some(Rotation { lifetime: RefreshLifetime { ends_at, idle }, current, previous, recent }))
}

/// Twelve bytes for each use: number and time, big-endian.
fn encode_uses(uses: &[TokenUse]) -> Vec<u8> {
    uses.iter().flat_map(|used| [&used.number.to_be_bytes()[..], &used.at.as_secs().to_be_bytes()].concat()).collect()
}

fn decode_uses(bytes: &[u8]) -> Result<Vec<TokenUse>, SqlFault> {
    let (uses, rest) = bytes.as_chunks::<12>();
    if !rest.is_empty() {
        return Err(SqlFault::Corrupt("recent"));
    }
    Ok(uses
        .iter()
        .map(|&[n0, n1, n2, n3, t0, t1, t2, t3, t4, t5, t6, t7]| TokenUse {
            number: u32::from_be_bytes([n0, n1, n2, n3]),
            at: UnixTime::from_secs(i64::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7])),
        })
        .collect())
}
