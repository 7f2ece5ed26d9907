//! What happened on the account, for its person to see: read from the rows that are there anyway, and from event rows for what
//! has no other.

use serde::{Deserialize, Serialize};

use super::events::Kind;
use super::overview::{Grant, MOST_LISTED, SessionRow};
use crate::base::UnixTime;
use crate::oauth::client::ClientId;
use crate::store::sql::{Row, Sql, SqlFault};

/// Something that happened.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Activity {
    /// When.
    pub at: UnixTime,
    /// What.
    pub kind: Kind,
    /// The client that it is about.
    pub client: Option<ClientId>,
}

/// The latest of all that is known, the newest first.
pub(super) fn read(sql: &dyn Sql, sessions: &[SessionRow], grants: &[Grant]) -> Result<Vec<Activity>, SqlFault> {
    let signed_in =
        sessions.iter().map(|session| Activity { at: session.auth_time, kind: Kind::SignedIn, client: None });
    let allowed =
        grants.iter().map(|grant| Activity { at: grant.at, kind: Kind::Allowed, client: Some(grant.client.clone()) });
    let mut all: Vec<Activity> = signed_in.chain(allowed).collect();
    let most = u32::try_from(MOST_LISTED).unwrap_or(u32::MAX);
    for row in sql.run("SELECT id, kind, client_id FROM event ORDER BY id DESC LIMIT ?", &[most.into()])? {
        all.extend(event(row)?);
    }
    all.sort_by_key(|activity| std::cmp::Reverse(activity.at));
    all.truncate(MOST_LISTED);
    Ok(all)
}

/// Nothing for a kind that another release wrote.
fn event(mut row: Row) -> Result<Option<Activity>, SqlFault> {
    let (id, kind, client): (Vec<u8>, String, _) = (row.take()?, row.take()?, row.take()?);
    let at = id.first_chunk().ok_or(SqlFault::Corrupt("event"))?;
    let at = UnixTime::from_secs(i64::from_be_bytes(*at));
    Ok(Kind::parse(&kind).map(|kind| Activity { at, kind, client }))
}
