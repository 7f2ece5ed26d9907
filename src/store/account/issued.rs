//! The answer when tokens may be issued, and what follows when a code or refresh token was replayed.

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::events::{self, EventKind};
use super::families::{self, StoredFamily};
use super::person;
use crate::base::{AttemptId, FamilyId, SessionId, UnixTime};
use crate::oauth::client::ClientId;
use crate::oauth::scope::Scopes;
use crate::oauth::token::family::{Family, Refusal};
use crate::oauth::token::family_context::FamilyContext;
use crate::store::sql::{Sql, SqlFault};
use crate::store::wire;

/// Tokens may be issued.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Issued {
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
    /// What a claim can tell of the user, where the context asks for claims in ID tokens.
    #[serde(with = "wire::json")]
    pub claims: Option<Map<String, serde_json::Value>>,
}

/// Which refresh token the answer carries.
#[derive(Clone, Copy)]
pub(super) enum Handout {
    Current,
    Nothing,
}

pub(super) fn issued(
    sql: &dyn Sql,
    sub: String,
    stored: StoredFamily,
    now: UnixTime,
    handout: Handout,
) -> Result<Issued, SqlFault> {
    let StoredFamily { family, context, .. } = stored;
    let serial = family.serial(now);
    let rotation = family.refresh.as_ref();
    let asks = FamilyContext::from_text(&context).is_ok_and(|context| !context.claims.id_token.is_empty());
    let person = if asks { person::read(sql)? } else { None };
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

/// Revokes the family and writes the event.
pub(super) fn replayed(
    sql: &dyn Sql,
    now: UnixTime,
    (id, family): (FamilyId, &Family),
    (kind, client): (EventKind, &ClientId),
    attempt: AttemptId,
) -> Result<Result<Issued, Refusal>, SqlFault> {
    families::update(sql, id, family)?;
    events::record(sql, now, kind, Some(client), attempt)?;
    Ok(Err(Refusal::Replayed))
}
