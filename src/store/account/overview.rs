//! What a person sees of her own account, in one call. What is read is bounded, however much there is.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::Denied;
use super::activity::{self, Activity};
use super::facts::{self, ReadSession, Session};
use super::head;
use crate::authn::origin::Origin;
use crate::base::{DeviceId, SessionId, UnixTime};
use crate::oauth::client::{ClientId, ClientKey};
use crate::oauth::profile::Profile;
use crate::oauth::scope::Scopes;
use crate::seal::code;
use crate::store::sql::{Row, Sql, SqlFault, Value};
use crate::store::{ask, wire};

/// The most apps, and the most browsers, that one page lists.
pub const MOST_LISTED: usize = 100;

/// The most rows of each table that are read for it.
pub const MOST_READ: u32 = 500;

/// Reads what the account's own page shows.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadOverview {
    /// The session in which the person asks.
    pub session: SessionId,
    /// Behind which app the page begins, in the order of their keys.
    pub apps_after: Option<ClientKey>,
}
ask!(ReadOverview -> Result<Overview, Denied>);

/// The answer to [`ReadOverview`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Overview {
    /// The session in which the person asks.
    pub session: Session,
    /// The name with which she signs in.
    pub user_name: String,
    /// Whether she has a password.
    pub has_password: bool,
    /// The clients that were allowed something: those of one page, the latest first.
    pub apps: Vec<ConnectedApp>,
    /// Behind which the next page begins; `None` when this is the last.
    pub next_apps: Option<ClientKey>,
    /// The browsers in which she is signed in: this one, then the latest first.
    pub browsers: Vec<SignedInBrowser>,
    /// Whether there are more.
    pub has_more_browsers: bool,
    /// What happened, the newest first: at most as many as of the others are listed. Told with the first page of apps alone.
    pub activity: Vec<Activity>,
}

/// A client that was allowed something.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ConnectedApp {
    /// The client.
    pub client: ClientId,
    /// What it was allowed, by all its grants together: tokens of an earlier one may be in use. More than a request may ask
    /// for can come together, so these are single values.
    pub scopes: Vec<String>,
    /// When the newest of them was given.
    pub at: UnixTime,
    /// When its tokens were last founded, refreshed or marked as used; `None` where there are none.
    pub used_at: Option<UnixTime>,
    /// Whether it may have tokens that were not looked at, because there are too many.
    pub may_have_more: bool,
}

/// A browser in which the person is signed in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedInBrowser {
    /// Its latest session that is alive.
    pub session: SessionId,
    /// When she signed in.
    pub auth_time: UnixTime,
    /// When the browser was last sent back to an app, or its person signed in: as much as the rows tell that are written
    /// anyway.
    pub seen_at: Option<UnixTime>,
    /// Where she signed in from.
    #[serde(with = "wire::json")]
    pub origin: Origin,
    /// When the session ends.
    pub expires_at: UnixTime,
    /// Whether it is the browser she asks from.
    pub is_this_one: bool,
}

pub(super) fn read(sql: &dyn Sql, now: UnixTime, ask: ReadOverview) -> Result<Result<Overview, Denied>, SqlFault> {
    let session = match facts::session(sql, now, ReadSession { session: ask.session })? {
        Ok(session) => session,
        Err(denied) => return Ok(Err(denied)),
    };
    let uses = Uses::read(sql)?;
    let sessions = Sessions::read(sql, ask.session)?;
    let grants = Grants::read(sql, ask.apps_after)?;
    let activity = match ask.apps_after {
        None => activity::read(sql, &sessions.rows, &grants.rows)?,
        Some(_) => Vec::new(),
    };
    let (apps, next_apps) = grants.page(&uses);
    let mut browsers = sessions.browsers(&uses, ask.session, session.authentication.epoch, now);
    let has_more_browsers = sessions.is_cut || browsers.len() > MOST_LISTED;
    browsers.truncate(MOST_LISTED);
    let (user_name, has_password) = credentials(sql)?;
    Ok(Ok(Overview { session, user_name, has_password, apps, next_apps, browsers, has_more_browsers, activity }))
}

fn credentials(sql: &dyn Sql) -> Result<(String, bool), SqlFault> {
    let statement = "SELECT profile, verifier IS NOT NULL FROM head";
    let Some(mut row) = head::row(sql, statement)? else {
        return Ok((String::new(), false));
    };
    Ok((row.take::<Profile>()?.user_name, row.take()?))
}

/// Whether there may be rows behind those that were read.
fn is_cut<T>(rows: &[T]) -> bool {
    u32::try_from(rows.len()).is_ok_and(|rows| rows >= MOST_READ)
}

/// A family, as far as it tells of apps and browsers.
struct Use {
    client: ClientKey,
    session: SessionId,
    used_at: UnixTime,
    /// When the browser was sent back to the app: a code says by its end when it was made, and its redemption has kept that.
    sent_back: UnixTime,
}

struct Uses {
    rows: Vec<Use>,
    is_cut: bool,
}

impl Uses {
    /// Reads the families that end last, which by and large are the latest.
    fn read(sql: &dyn Sql) -> Result<Self, SqlFault> {
        let statement = "SELECT client, session, used_at, code_expires_at FROM family ORDER BY id DESC LIMIT ?";
        let family = |mut row: Row| {
            let (client, session, used_at) = (row.take()?, row.take()?, row.take()?);
            Ok(Use { client, session, used_at, sent_back: row.take::<UnixTime>()?.minus(code::LIFETIME) })
        };
        let rows = sql.run(statement, &[MOST_READ.into()])?.into_iter().map(family);
        let rows: Vec<Use> = rows.collect::<Result<_, SqlFault>>()?;
        Ok(Self { is_cut: is_cut(&rows), rows })
    }

    /// When the tokens of an app were last used.
    fn of_app(&self, client: ClientKey) -> Option<UnixTime> {
        self.rows.iter().filter(|family| family.client == client).map(|family| family.used_at).max()
    }

    /// When a session was last sent back to an app.
    fn of_session(&self, session: SessionId) -> Option<UnixTime> {
        self.rows.iter().filter(|family| family.session == session).map(|family| family.sent_back).max()
    }
}

/// A grant, as far as it is shown.
pub(super) struct Grant {
    key: ClientKey,
    pub client: ClientId,
    scopes: String,
    pub at: UnixTime,
}

/// The grants of some clients, in the order of the clients' keys.
struct Grants {
    rows: Vec<Grant>,
    is_cut: bool,
}

impl Grants {
    fn read(sql: &dyn Sql, after: Option<ClientKey>) -> Result<Self, SqlFault> {
        let after = after.map_or_else(|| Value::Blob(Vec::new()), Value::from);
        let statement =
            "SELECT client, client_id, scopes, at FROM consent WHERE client > ? ORDER BY client, id LIMIT ?";
        let grant =
            |mut row: Row| Ok(Grant { key: row.take()?, client: row.take()?, scopes: row.take()?, at: row.take()? });
        let rows = sql.run(statement, &[after, MOST_READ.into()])?.into_iter().map(grant);
        let rows: Vec<Grant> = rows.collect::<Result<_, SqlFault>>()?;
        Ok(Self { is_cut: is_cut(&rows), rows })
    }

    /// One page of apps, and behind which the next one begins.
    fn page(&self, uses: &Uses) -> (Vec<ConnectedApp>, Option<ClientKey>) {
        let mut by_app: Vec<&[Grant]> = self.rows.chunk_by(|one, next| one.key == next.key).collect();
        // The last app may have grants that were not read: it comes with the next page, unless it is alone.
        if self.is_cut && by_app.len() > 1 {
            by_app.pop();
        }
        let more = self.is_cut || by_app.len() > MOST_LISTED;
        by_app.truncate(MOST_LISTED);
        let last = by_app.last().and_then(|grants| grants.first()).map(|grant| grant.key);
        let mut apps: Vec<ConnectedApp> = by_app.into_iter().filter_map(|grants| app(grants, uses)).collect();
        apps.sort_unstable_by_key(|app| Reverse(app.at));
        (apps, last.filter(|_| more))
    }
}

/// The client of these grants.
fn app(grants: &[Grant], uses: &Uses) -> Option<ConnectedApp> {
    let newest = grants.iter().max_by_key(|grant| grant.at)?;
    let scopes: Scopes = grants.iter().flat_map(|grant| grant.scopes.split(' ')).collect();
    Some(ConnectedApp {
        client: newest.client.clone(),
        scopes: scopes.iter().map(str::to_owned).collect(),
        at: newest.at,
        used_at: uses.of_app(newest.key),
        may_have_more: uses.is_cut,
    })
}

/// A session, as far as it is shown.
pub(super) struct SessionRow {
    id: SessionId,
    device: Option<DeviceId>,
    epoch: u32,
    pub auth_time: UnixTime,
    expires_at: UnixTime,
    origin: Option<Origin>,
}

impl SessionRow {
    /// Whether they are of one browser.
    fn is_beside(&self, other: &Self) -> bool {
        self.id == other.id || (self.device.is_some() && self.device == other.device)
    }
}

struct Sessions {
    rows: Vec<SessionRow>,
    is_cut: bool,
}

impl Sessions {
    /// Reads the sessions that end last, which by and large are the latest, and in any case `own`.
    fn read(sql: &dyn Sql, own: SessionId) -> Result<Self, SqlFault> {
        let statement = "SELECT id, device, epoch, auth_time, expires_at, origin FROM session WHERE id = ? UNION SELECT \
                         * FROM (SELECT id, device, epoch, auth_time, expires_at, origin FROM session ORDER BY id DESC \
                         LIMIT ?)";
        let session = |mut row: Row| {
            Ok(SessionRow {
                id: row.take()?,
                device: row.take()?,
                epoch: row.take()?,
                auth_time: row.take()?,
                expires_at: row.take()?,
                origin: row.take()?,
            })
        };
        let rows = sql.run(statement, &[own.into(), MOST_READ.into()])?.into_iter().map(session);
        let rows: Vec<SessionRow> = rows.collect::<Result<_, SqlFault>>()?;
        Ok(Self { is_cut: is_cut(&rows), rows })
    }

    /// This browser, then the latest. Whoever signs in again in the same browser leaves the earlier session behind, and both end
    /// together: a browser is one.
    fn browsers(&self, uses: &Uses, own: SessionId, epoch: u32, now: UnixTime) -> Vec<SignedInBrowser> {
        let own = self.rows.iter().find(|session| session.id == own);
        // The latest that is alive of each browser stands for it.
        let mut latest: Vec<&SessionRow> = Vec::new();
        for session in self.rows.iter().filter(|session| session.epoch == epoch && now < session.expires_at) {
            match latest.iter_mut().find(|known| known.is_beside(session)) {
                Some(known) if known.auth_time < session.auth_time => *known = session,
                Some(_) => {}
                None => latest.push(session),
            }
        }
        let browser = |session: &SessionRow| {
            let all = self.rows.iter().filter(|other| other.is_beside(session));
            let sent_back = all.filter_map(|other| uses.of_session(other.id)).max();
            SignedInBrowser {
                session: session.id,
                auth_time: session.auth_time,
                seen_at: Some(sent_back.map_or(session.auth_time, |at| at.max(session.auth_time))),
                origin: session.origin.clone().unwrap_or_default(),
                expires_at: session.expires_at,
                is_this_one: own.is_some_and(|own| own.is_beside(session)),
            }
        };
        let key = |session: &&SessionRow| {
            (!own.is_some_and(|own| own.is_beside(session)), Reverse(session.auth_time), session.id)
        };
        latest.sort_unstable_by_key(key);
        latest.into_iter().take(MOST_LISTED + 1).map(browser).collect()
    }
}
