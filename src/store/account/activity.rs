//! The recent activity of an account: sign-ins and consents, read from their rows, and events.

use serde::{Deserialize, Serialize};

use super::events::EventKind;
use crate::base::UnixTime;
use crate::oauth::client::{ClientId, ShownFace};
use crate::store::page::cut;
use crate::store::sql::{Sql, SqlFault};

/// How many lines a page shows, and how many after "Show all".
pub(super) const LATEST: u32 = 5;
pub(super) const ALL: u32 = 50;

/// The maximum of sessions, those that end last, and of consents that are read for it.
const MOST_READ: u32 = 100;

/// The latest sign-ins and consents.
const SIGN_INS_AND_CONSENTS: &str = "SELECT auth_time AS at, ?3 AS kind, NULL AS client_id, NULL AS shown FROM \
    (SELECT auth_time FROM session ORDER BY id DESC LIMIT ?1) \
    UNION ALL SELECT at, ?4, client_id, shown FROM (SELECT at, client_id, shown FROM consent LIMIT ?1) \
    ORDER BY at DESC, kind DESC LIMIT ?2";

/// The latest events. A row's id begins with its time.
const EVENTS: &str = "SELECT id, kind, client_id, shown FROM event ORDER BY id DESC LIMIT ?";

/// Something that happened.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Activity {
    pub at: UnixTime,
    pub kind: EventKind,
    /// The client that it is about.
    pub client: Option<ClientId>,
    /// What the user saw of it. Rows of earlier releases do not say it.
    pub shown: Option<ShownFace>,
}

/// The latest `most` entries, the newest first, and whether there are more.
pub(super) fn read(sql: &dyn Sql, most: u32) -> Result<(Vec<Activity>, bool), SqlFault> {
    let and_one = most.saturating_add(1);
    let kinds = [EventKind::SignedIn, EventKind::Allowed].map(|kind| kind.as_str().into());
    let parameters = [&[MOST_READ.into(), and_one.into()], &kinds[..]].concat();
    let mut all = Vec::new();
    for (at, kind, client, shown) in sql.all::<(_, String, _, _)>(SIGN_INS_AND_CONSENTS, &parameters)? {
        all.extend(told(at, &kind, client, shown));
    }
    for (id, kind, client, shown) in sql.all::<(Vec<u8>, String, _, _)>(EVENTS, &[and_one.into()])? {
        let at = id.first_chunk().ok_or(SqlFault::Corrupt("event"))?;
        all.extend(told(UnixTime::from_secs(i64::from_be_bytes(*at)), &kind, client, shown));
    }
    all.sort_by_key(|activity| std::cmp::Reverse(activity.at));
    let more = cut(&mut all, most);
    Ok((all, more))
}

/// `None` for a kind that only another release knows.
fn told(at: UnixTime, kind: &str, client: Option<ClientId>, shown: Option<ShownFace>) -> Option<Activity> {
    EventKind::parse(kind).map(|kind| Activity { at, kind, client, shown })
}
