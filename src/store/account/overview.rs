//! What the account page shows, in one call. The number of rows that are read is bounded, except for the grants of one app.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::activity::{self, Activity};
use super::denied::Denied;
use super::facts::{Authentication, ReadSession, Session};
use super::head;
use crate::base::{SessionId, UnixTime};
use crate::lifetimes;
use crate::oauth::client::{ClientId, ClientKey, FaceDigest, ShownFace};
use crate::oauth::person::profile::Profile;
use crate::oauth::scope::Scopes;
use crate::sign_in::origin::Origin;
use crate::store::ask::Ask;
use crate::store::page::cut;
use crate::store::sql::{Sql, SqlFault, Value};
use crate::store::wire;

/// The maximum of apps, and of browsers, that one page lists.
pub const MOST_LISTED: u32 = 10;

/// The maximum of families and sessions that are read for it: those that end last, which are mostly the latest.
const MOST_READ: u32 = 100;

/// The apps after a key, in the order of keys. SQLite aggregates the rows, so that only what is shown is read out. With `max(at)`,
/// the columns that are not aggregated are those of the newest row.
const APPS: &str = "SELECT client, client_id, group_concat(scopes, ' '), max(at), face, shown FROM consent WHERE client > ? \
    GROUP BY client ORDER BY client LIMIT ?";

/// When the tokens of each app were last used, and of how many families that is told.
const USES: &str = "SELECT client, max(used_at), count(*) FROM \
    (SELECT client, used_at FROM family ORDER BY id DESC LIMIT ?) GROUP BY client";

/// The browser that asks, and how many sessions there are.
const THIS_BROWSER: &str = "SELECT coalesce(device, id), origin, (SELECT count(*) FROM (SELECT 1 FROM session LIMIT ?2)) \
    FROM session WHERE id = ?1";

/// The other browsers with a session that is alive, the latest first. A user who signs in again in the same browser leaves the
/// earlier session behind, and both end together, so a browser is shown once, with its latest session.
const OTHER_BROWSERS: &str = "SELECT coalesce(device, id) AS browser, id, max(auth_time), expires_at, origin FROM \
    (SELECT * FROM session ORDER BY id DESC LIMIT ?) WHERE browser <> ? AND epoch = ? AND expires_at > ? \
    GROUP BY browser ORDER BY max(auth_time) DESC, id LIMIT ?";

/// A row of [`OTHER_BROWSERS`]: the browser, its session, sign-in, expiry and origin.
type OtherBrowser = (Vec<u8>, SessionId, UnixTime, UnixTime, Option<Origin>);

/// The last code of each browser. A code says by its end when the browser was sent back to an app, and its redemption has kept that.
const LAST_CODES: &str = "SELECT coalesce(session.device, session.id) AS browser, max(code_expires_at) FROM \
    (SELECT session, code_expires_at FROM family ORDER BY id DESC LIMIT ?) AS latest \
    JOIN session ON session.id = latest.session GROUP BY browser";

/// Reads what the account's own page shows.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadOverview {
    /// The session in which the user asks.
    pub session: SessionId,
    /// What is shown.
    pub part: OverviewPart,
}

/// What the page shows besides the browsers.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum OverviewPart {
    /// The first apps, and the latest activity.
    First,
    /// The apps after a key, in the order of keys, and no activity.
    AppsAfter(ClientKey),
    /// The first apps, and all activity that is ever shown.
    AllActivity,
}

/// The answer to [`ReadOverview`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Overview {
    /// The session in which the user asks.
    pub session: Session,
    /// The name with which the user signs in.
    pub user_name: String,
    /// Whether the user has a password.
    pub has_password: bool,
    /// The clients that were allowed something: those of one page, the latest first.
    pub apps: Vec<ConnectedApp>,
    /// The key after which the next page begins; `None` when this is the last.
    pub next_apps: Option<ClientKey>,
    /// The browsers in which the user is signed in: this one, then the latest first.
    pub browsers: Vec<SignedInBrowser>,
    pub has_more_browsers: bool,
    /// The activity, the newest first.
    pub activity: Vec<Activity>,
    /// Whether there is more of it, where any was asked for.
    pub has_more_activity: bool,
}

/// A client that was allowed something.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ConnectedApp {
    pub client: ClientId,
    /// What the client was at the newest consent.
    pub face: FaceDigest,
    /// What the user saw of it then. Rows of earlier releases do not say it.
    pub shown: Option<ShownFace>,
    /// What it was allowed, by all its grants together: tokens of an earlier one may be in use. More than a request may ask
    /// for can come together, so these are single values.
    pub scopes: Vec<String>,
    /// When the newest of them was given.
    pub at: UnixTime,
    /// When its tokens were last founded, refreshed or marked as used; `None` where there are none.
    pub used_at: Option<UnixTime>,
    /// Whether it may have tokens that were not read, because there are too many.
    pub may_have_more: bool,
}

/// A browser in which the user is signed in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedInBrowser {
    /// Its latest session that is alive.
    pub session: SessionId,
    /// When the user signed in.
    pub auth_time: UnixTime,
    /// When the browser was last sent back to an app, or its user signed in, as far as the rows tell that are written
    /// anyway. `None` where too much happened since.
    pub seen_at: Option<UnixTime>,
    /// From where the user signed in.
    #[serde(with = "wire::json")]
    pub origin: Origin,
    pub expires_at: UnixTime,
    /// Whether it is the browser that asks.
    pub is_this_one: bool,
}

impl Ask for ReadOverview {
    type Reply = Result<Overview, Denied>;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let session = match (ReadSession { session: self.session }).step(sql, now)? {
            Ok(session) => session,
            Err(denied) => return Ok(Err(denied)),
        };
        let uses = Uses::read(sql)?;
        let (apps_after, most_activity) = match self.part {
            OverviewPart::First => (None, activity::LATEST),
            OverviewPart::AppsAfter(app) => (Some(app), 0),
            OverviewPart::AllActivity => (None, activity::ALL),
        };
        let (apps, next_apps) = apps(sql, &uses, apps_after)?;
        let (browsers, has_more_browsers) = browsers(sql, now, &uses, self.session, &session)?;
        let (activity, has_more_activity) =
            if most_activity > 0 { activity::read(sql, most_activity)? } else { (Vec::new(), false) };
        let (user_name, has_password) = credentials(sql)?;
        Ok(Ok(Overview {
            session,
            user_name,
            has_password,
            apps,
            next_apps,
            browsers,
            has_more_browsers,
            activity,
            has_more_activity,
        }))
    }
}

fn credentials(sql: &dyn Sql) -> Result<(String, bool), SqlFault> {
    let statement = "SELECT profile, verifier IS NOT NULL FROM head";
    let row: Option<(Profile, bool)> = head::row(sql, statement)?;
    Ok(row.map_or_else(Default::default, |(profile, has_password)| (profile.user_name, has_password)))
}

/// What the families that were read tell.
struct Uses {
    /// When the tokens of each app were last used.
    by_app: BTreeMap<ClientKey, UnixTime>,
    /// Whether there may be families that were not read.
    are_cut: bool,
}

impl Uses {
    fn read(sql: &dyn Sql) -> Result<Self, SqlFault> {
        let (mut by_app, mut seen) = (BTreeMap::new(), 0_u32);
        for (app, used_at, families) in sql.all(USES, &[MOST_READ.into()])? {
            by_app.insert(app, used_at);
            seen = seen.saturating_add(families);
        }
        Ok(Self { by_app, are_cut: seen >= MOST_READ })
    }
}

/// One page of apps, and the key after which the next one begins.
fn apps(
    sql: &dyn Sql,
    uses: &Uses,
    after: Option<ClientKey>,
) -> Result<(Vec<ConnectedApp>, Option<ClientKey>), SqlFault> {
    let after = after.map_or_else(|| Value::Blob(Vec::new()), Value::from);
    let mut apps = Vec::new();
    let rows: Vec<(ClientKey, ClientId, String, UnixTime, FaceDigest, Option<ShownFace>)> =
        sql.all(APPS, &[after, MOST_LISTED.saturating_add(1).into()])?;
    for (key, client, scopes, at, face, shown) in rows {
        let scopes: Scopes = scopes.split(' ').collect();
        let scopes = scopes.iter().map(str::to_owned).collect();
        let used_at = uses.by_app.get(&key).copied();
        apps.push((key, ConnectedApp { client, face, shown, scopes, at, used_at, may_have_more: uses.are_cut }));
    }
    let more = cut(&mut apps, MOST_LISTED);
    let next = apps.last().map(|(key, _)| *key).filter(|_| more);
    let mut apps: Vec<ConnectedApp> = apps.into_iter().map(|(_, app)| app).collect();
    apps.sort_unstable_by_key(|app| Reverse(app.at));
    Ok((apps, next))
}

/// The browsers of the page, this one first, and whether there may be more.
fn browsers(
    sql: &dyn Sql,
    now: UnixTime,
    uses: &Uses,
    own: SessionId,
    session: &Session,
) -> Result<(Vec<SignedInBrowser>, bool), SqlFault> {
    let this: Option<(Vec<u8>, Option<Origin>, u32)> = sql.first(THIS_BROWSER, &[own.into(), MOST_READ.into()])?;
    let Some((this, origin, sessions)) = this else {
        return Ok((Vec::new(), false));
    };
    let are_all_read = sessions < MOST_READ;
    let last_codes: Vec<(Vec<u8>, UnixTime)> = sql.all(LAST_CODES, &[MOST_READ.into()])?;
    let last_codes: BTreeMap<_, _> = last_codes.into_iter().collect();
    let seen_at = |browser: &Vec<u8>, auth_time: UnixTime| {
        match last_codes.get(browser) {
            Some(expires_at) => Some(expires_at.minus(lifetimes::CODE).max(auth_time)),
            // It may have been sent back to an app since, by a code that was not read.
            None if uses.are_cut => None,
            None => Some(auth_time),
        }
    };
    let Authentication { epoch, auth_time, .. } = session.authentication;
    let mut browsers = vec![SignedInBrowser {
        session: own,
        auth_time,
        seen_at: seen_at(&this, auth_time),
        origin: origin.unwrap_or_default(),
        expires_at: session.expires_at,
        is_this_one: true,
    }];
    let others = [MOST_READ.into(), this.into(), epoch.into(), now.into(), MOST_LISTED.into()];
    let others: Vec<OtherBrowser> = sql.all(OTHER_BROWSERS, &others)?;
    for (browser, session, auth_time, expires_at, origin) in others {
        let (seen_at, origin) = (seen_at(&browser, auth_time), origin.unwrap_or_default());
        browsers.push(SignedInBrowser { session, auth_time, seen_at, origin, expires_at, is_this_one: false });
    }
    let more = cut(&mut browsers, MOST_LISTED);
    Ok((browsers, more || !are_all_read))
}
