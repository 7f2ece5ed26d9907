//! What a person sees of her own account, in one call.

use serde::{Deserialize, Serialize};

use super::Denied;
use super::activity::{self, Activity};
use super::facts::{self, ReadSession, Session};
use super::{head, sessions};
use crate::authn::origin::Origin;
use crate::base::{SessionId, UnixTime};
use crate::oauth::client::ClientId;
use crate::oauth::profile::Profile;
use crate::oauth::scope::Scopes;
use crate::seal::code;
use crate::store::ask;
use crate::store::sql::{Row, Sql, SqlFault, Value};

/// The most apps, and the most browsers, that are listed; of more, the number is told.
pub const MOST_LISTED: u32 = 100;

/// Reads what the account's own page shows.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct ReadOverview {
    /// The session in which the person asks.
    pub session: SessionId,
}
ask!(ReadOverview -> Result<Overview, Denied>);

/// The answer to [`ReadOverview`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Overview {
    /// The session in which the person asks.
    pub session: Session,
    /// The name with which she signs in.
    #[serde(default)]
    pub user_name: String,
    /// Whether she has a password.
    #[serde(default)]
    pub has_password: bool,
    /// The clients that were allowed something, the latest first.
    pub apps: Vec<ConnectedApp>,
    /// How many more there are.
    pub more_apps: u32,
    /// The browsers in which she is signed in: this one, then the latest first.
    pub browsers: Vec<SignedInBrowser>,
    /// How many more there are.
    pub more_browsers: u32,
    /// What happened, the newest first: at most as many as of the others are listed.
    #[serde(default)]
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
    #[serde(default)]
    pub seen_at: Option<UnixTime>,
    /// Where she signed in from.
    #[serde(default)]
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
    let apps = apps(sql)?;
    let all_apps = count(sql, "SELECT COUNT(DISTINCT client) FROM consent", &[])?;
    let alive = [session.authentication.epoch.into(), now.into()];
    let browsers = browsers(sql, &alive, ask.session)?;
    let all_browsers = "SELECT COUNT(DISTINCT COALESCE(device, id)) FROM session WHERE epoch = ? AND expires_at > ?";
    let all_browsers = count(sql, all_browsers, &alive)?;
    let (user_name, has_password) = credentials(sql)?;
    Ok(Ok(Overview {
        session,
        user_name,
        has_password,
        more_apps: all_apps.saturating_sub(MOST_LISTED),
        apps,
        more_browsers: all_browsers.saturating_sub(MOST_LISTED),
        browsers,
        activity: activity::read(sql)?,
    }))
}

fn credentials(sql: &dyn Sql) -> Result<(String, bool), SqlFault> {
    let statement = "SELECT profile, verifier IS NOT NULL FROM head";
    let Some(mut row) = head::row(sql, statement)? else {
        return Ok((String::new(), false));
    };
    Ok((row.take::<Profile>()?.user_name, row.take()?))
}

fn apps(sql: &dyn Sql) -> Result<Vec<ConnectedApp>, SqlFault> {
    let statement = "SELECT client_id, group_concat(scopes, ' '), max(at), used.used_at FROM consent LEFT JOIN (SELECT \
                     client, max(used_at) AS used_at FROM family GROUP BY client) AS used ON used.client = consent.client \
                     GROUP BY consent.client ORDER BY max(at) DESC, consent.client LIMIT ?";
    let rows = sql.run(statement, &[MOST_LISTED.into()])?;
    rows.into_iter()
        .map(|mut row| {
            let (client, scopes): (_, String) = (row.take()?, row.take()?);
            let scopes: Scopes = scopes.split(' ').collect();
            let scopes = scopes.iter().map(str::to_owned).collect();
            Ok(ConnectedApp { client, scopes, at: row.take()?, used_at: row.take()? })
        })
        .collect()
}

/// Whoever signs in again in the same browser leaves the earlier session behind, and both end together: a browser is one.
fn browsers(sql: &dyn Sql, alive: &[Value; 2], own: SessionId) -> Result<Vec<SignedInBrowser>, SqlFault> {
    // With one maximum, SQLite takes the other columns from the row that has it. A code says by its end when a browser was
    // sent back to an app with it, and its redemption has kept that.
    let statement = "WITH sent_back AS (SELECT COALESCE(session.device, session.id) AS browser, \
                     max(family.code_expires_at) AS code FROM family JOIN session ON session.id = family.session GROUP BY 1) \
                     SELECT id, max(auth_time), expires_at, origin, sent_back.code, COALESCE(device, id) = ? AS own FROM \
                     session LEFT JOIN sent_back ON sent_back.browser = COALESCE(device, id) WHERE epoch = ? AND \
                     expires_at > ? GROUP BY COALESCE(device, id) ORDER BY own DESC, max(auth_time) DESC, id LIMIT ?";
    let parameters = [&[sessions::browser_of(sql, own)?], &alive[..], &[MOST_LISTED.into()]].concat();
    sql.run(statement, &parameters)?.into_iter().map(browser).collect()
}

fn browser(mut row: Row) -> Result<SignedInBrowser, SqlFault> {
    let (session, auth_time, expires_at): (_, UnixTime, _) = (row.take()?, row.take()?, row.take()?);
    let origin: Option<Origin> = row.take()?;
    let sent_back: Option<UnixTime> = row.take()?;
    let sent_back = sent_back.map(|code_expires_at| code_expires_at.minus(code::LIFETIME));
    Ok(SignedInBrowser {
        session,
        auth_time,
        seen_at: Some(sent_back.map_or(auth_time, |at| at.max(auth_time))),
        origin: origin.unwrap_or_default(),
        expires_at,
        is_this_one: row.take()?,
    })
}

fn count(sql: &dyn Sql, statement: &str, parameters: &[Value]) -> Result<u32, SqlFault> {
    let row = sql.run(statement, parameters)?.into_iter().next();
    row.map_or(Ok(0), |mut row| row.take())
}
