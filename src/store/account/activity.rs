//! What happened on the account, for its person to see: read from the rows that are there anyway, and from event rows for what
//! has no other.

use serde::{Deserialize, Serialize};

use super::events::Kind;
use super::overview::MOST_LISTED;
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
pub(super) fn read(sql: &dyn Sql) -> Result<Vec<Activity>, SqlFault> {
    let limit = [MOST_LISTED.into()];
    let mut all = Vec::new();
    for mut row in sql.run("SELECT auth_time FROM session ORDER BY auth_time DESC LIMIT ?", &limit)? {
        all.push(Activity { at: row.take()?, kind: Kind::SignedIn, client: None });
    }
    for mut row in sql.run("SELECT at, client_id FROM consent ORDER BY at DESC LIMIT ?", &limit)? {
        all.push(Activity { at: row.take()?, kind: Kind::Allowed, client: row.take()? });
    }
    for row in sql.run("SELECT id, kind, client_id FROM event ORDER BY id DESC LIMIT ?", &limit)? {
        all.extend(event(row)?);
    }
    all.sort_by_key(|activity| std::cmp::Reverse(activity.at));
    all.truncate(usize::try_from(MOST_LISTED).unwrap_or(usize::MAX));
    Ok(all)
}

/// Nothing for a kind that another release wrote.
fn event(mut row: Row) -> Result<Option<Activity>, SqlFault> {
    let (id, kind, client): (Vec<u8>, String, _) = (row.take()?, row.take()?, row.take()?);
    let at = id.first_chunk().ok_or(SqlFault::Corrupt("event"))?;
    let at = UnixTime::from_secs(i64::from_be_bytes(*at));
    Ok(Kind::parse(&kind).map(|kind| Activity { at, kind, client }))
}
