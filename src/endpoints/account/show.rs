//! The account page as it is shown: connected apps, signed-in browsers, activity and what needs a recent sign-in.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use crate::base::address::host_and_port;
use crate::base::encoding::base64url;
use crate::endpoints::authorize::consent::words;
use crate::endpoints::authorize::interaction;
use crate::endpoints::callers::authenticated::Authenticated;
use crate::endpoints::{App, Failure, Route, page};
use crate::http::Response;
use crate::lookup::client;
use crate::lookup::client::Freshness;
use crate::oauth::client::metadata_document;
use crate::oauth::client::redirect_uri::RedirectKind;
use crate::oauth::client::{Client, ClientId, FaceDigest, Voucher};
use crate::oauth::request::interaction::Visit;
use crate::oauth::request::prompt::Another;
use crate::oauth::token::sid::Sid;
use crate::pages::account::{
    AccountPage, AccountProblem, ActivityLine, BrowserLine, ConnectedAppLine, Device, Happened, Sensitive, Since, Used,
};
use crate::pages::{self, Notice, ScopeText};
use crate::platform::{Platform, random};
use crate::seal::browser::Browser;
use crate::seal::interaction::{Aim, Interaction};
use crate::store::account::{Activity, ConnectedApp, EventKind, Overview, OverviewPart, SignedInBrowser};

/// The query parameter that names the app after which the list begins.
pub const APPS: &str = "apps";

/// The query that shows the whole activity.
const ALL_ACTIVITY: &str = "?activity=all#account-activity";

/// The message at the top of the page, and the part that it shows.
pub struct Showing {
    pub notice: Option<Notice>,
    pub problem: Option<AccountProblem>,
    pub part: OverviewPart,
}

impl From<AccountProblem> for Showing {
    fn from(problem: AccountProblem) -> Self {
        Self { notice: None, problem: Some(problem), part: OverviewPart::First }
    }
}

/// The page.
///
/// # Errors
/// When the link to another account cannot be sealed.
pub async fn show<P: Platform>(
    app: &App<'_, P>,
    person: &Authenticated<Overview>,
    browser: &Browser,
    showing: Showing,
) -> Result<Response, Failure> {
    let Showing { notice, problem, part } = showing;
    let overview = person.overview();
    let clients = clients(app, overview).await;
    let scopes: Vec<Vec<ScopeText<'_>>> = overview
        .apps
        .iter()
        .map(|connected| connected.scopes.iter().map(|scope| words(app, scope)).collect())
        .collect();
    let targets: Vec<Sid> = overview.browsers.iter().map(|browser| Sid::own(browser.session)).collect();
    let other = Aim::Account(Visit { another: Some(Another::Picks), ..Visit::default() });
    let switch = Interaction::new(random(app.platform), other, app.now).in_browser(browser, app.now);
    let more_apps =
        overview.next_apps.map(|key| [Route::Account.path(), "?", APPS, "=", &base64url(key.as_bytes())].concat());
    let more_activity = (overview.has_more_activity && part == OverviewPart::First)
        .then(|| [Route::Account.path(), ALL_ACTIVITY].concat());
    let user = person.tag();
    let shown = AccountPage {
        action: Route::Account.path(),
        user: user.as_str(),
        person: pages::ShownPerson { name: None, username: &overview.session.name },
        switch: Some(&interaction::link(app, Route::Login.path(), &switch)?),
        notice,
        apps: &apps(overview, &clients, &scopes),
        more_apps: more_apps.as_deref(),
        first_apps: matches!(part, OverviewPart::AppsAfter(_)).then_some(Route::Account.path()),
        browsers: &browsers(overview, &targets),
        has_more_browsers: overview.has_more_browsers,
        sign_out: Some(Route::Logout.path()),
        activity: &activity(overview, &clients),
        more_activity: more_activity.as_deref(),
        sensitive: Sensitive {
            username: &overview.user_name,
            is_recent: person.recently(app.now).is_ok(),
            has_password: overview.has_password,
            may_delete: app.config.accounts.deletion,
            problem,
        },
    };
    Ok(page(if problem.is_some() { 400 } else { 200 }, shown.render(app.look)))
}

/// What each client on the page is now; `None` for a deleted one.
type Clients<'a> = BTreeMap<&'a ClientId, Option<Known>>;

/// What is known of a client now.
struct Known {
    name: String,
    host: Option<String>,
    verified: bool,
    /// `None` where the client cannot be looked up.
    face: Option<FaceDigest>,
}

/// Looks up each client once. The activity names disconnected apps too.
async fn clients<'a, P: Platform>(app: &App<'_, P>, overview: &'a Overview) -> Clients<'a> {
    let of_activity = overview.activity.iter().filter_map(|activity| activity.client.as_ref());
    let all: BTreeSet<&ClientId> = overview.apps.iter().map(|connected| &connected.client).chain(of_activity).collect();
    let known = join_all(all.iter().map(|client| known(app, client))).await;
    all.into_iter().zip(known).collect()
}

fn now<'a>(clients: &'a Clients<'_>, client: &ClientId) -> Option<&'a Known> {
    clients.get(client).and_then(Option::as_ref)
}

/// The apps, each as the user saw it when they allowed it, and what has become of it since.
fn apps<'a>(
    overview: &'a Overview,
    clients: &'a Clients<'_>,
    scopes: &'a [Vec<ScopeText<'a>>],
) -> Vec<ConnectedAppLine<'a>> {
    let app = |(connected, scopes): (&'a ConnectedApp, &'a Vec<ScopeText<'a>>)| {
        let now = now(clients, &connected.client);
        ConnectedAppLine {
            target: connected.client.as_str(),
            client: allowed(connected, now),
            since: since(connected, now),
            scopes,
            at: connected.at,
            used: match connected.used_at {
                Some(at) => Used::At(at),
                None if connected.may_have_more => Used::Unknown,
                None => Used::Never,
            },
        }
    };
    overview.apps.iter().zip(scopes).map(app).collect()
}

/// The app as the user saw it; where that was not kept, as it is now. It is verified only as long as somebody vouches for it.
fn allowed<'a>(connected: &'a ConnectedApp, now: Option<&'a Known>) -> Option<pages::ShownClient<'a>> {
    let is_vouched = now.is_some_and(|now| now.verified);
    let (name, site, verified) = match (&connected.shown, now) {
        (Some(shown), _) => (&shown.name, &shown.host, shown.verified && is_vouched),
        (None, Some(now)) => (&now.name, &now.host, is_vouched),
        (None, None) => return None,
    };
    Some(pages::ShownClient { name, site: site.as_deref(), verified, ..pages::ShownClient::default() })
}

fn since<'a>(connected: &ConnectedApp, now: Option<&'a Known>) -> Since<'a> {
    match (now, &connected.shown) {
        (None, _) => Since::Deleted,
        (Some(Known { face: None, .. }), _) => Since::Same,
        (Some(now), _) if now.face == Some(connected.face) => Since::Same,
        (Some(now), Some(shown)) if shown.name != now.name => Since::Renamed(&now.name),
        (Some(_), _) => Since::Changed,
    }
}

fn browsers<'a>(overview: &'a Overview, targets: &'a [Sid]) -> Vec<BrowserLine<'a>> {
    let browser = |(browser, target): (&'a SignedInBrowser, &'a Sid)| BrowserLine {
        target: (!browser.is_this_one).then_some(target.as_str()),
        device: Device { browser: browser.origin.browser.as_deref(), system: browser.origin.system.as_deref() },
        city: browser.origin.city.as_deref(),
        country: browser.origin.country.as_deref(),
        seen: if browser.is_this_one { None } else { browser.seen_at },
        from: browser.auth_time,
        until: browser.expires_at,
    };
    overview.browsers.iter().zip(targets).map(browser).collect()
}

fn activity<'a>(overview: &'a Overview, clients: &'a Clients<'_>) -> Vec<ActivityLine<'a>> {
    let called = |activity: &'a Activity| match (&activity.shown, &activity.client) {
        (Some(shown), _) => Some(shown.name.as_str()),
        (None, Some(client)) => now(clients, client).map(|now| now.name.as_str()),
        (None, None) => None,
    };
    let line = |activity: &'a Activity| ActivityLine {
        at: activity.at,
        happened: happened(activity.kind),
        app: called(activity),
    };
    overview.activity.iter().map(line).collect()
}

const fn happened(kind: EventKind) -> Happened {
    match kind {
        EventKind::Allowed => Happened::Allowed,
        EventKind::Changed => Happened::Changed,
        EventKind::CodeReplayed | EventKind::RefreshTokenReplayed => Happened::Replayed,
        EventKind::Disabled => Happened::Disabled,
        EventKind::Disconnected => Happened::Disconnected,
        EventKind::Enabled => Happened::Enabled,
        EventKind::LockedOut => Happened::LockedOut,
        EventKind::LogoutNotDelivered => Happened::LogoutNotDelivered,
        EventKind::PasswordChanged => Happened::PasswordChanged,
        EventKind::PasswordSet => Happened::PasswordSet,
        EventKind::SignedIn => Happened::SignedIn,
    }
}

/// What an app is now, or `None` when it was deleted. An app that cannot be looked up now can be disconnected anyway.
async fn known<P: Platform>(app: &App<'_, P>, id: &ClientId) -> Option<Known> {
    let unknown = || Known { name: id.to_string(), host: None, verified: false, face: None };
    match client::find(app.platform, app.config, id, Freshness::Cached, app.now).await {
        // A document that is not good any more says nothing about what was allowed.
        Ok(None) if metadata_document::is_address(id) => Some(unknown()),
        Ok(client) => client.map(|client| Known {
            name: client.registration.name.clone(),
            host: host(&client).map(ToOwned::to_owned),
            verified: client.voucher == Voucher::Administrator,
            face: Some(client.face()),
        }),
        Err(fault) => {
            app.log_fault("client", &fault);
            Some(unknown())
        }
    }
}

/// The host of the client's first redirect URI that has one: its website may be anybody's.
fn host(client: &Client) -> Option<&str> {
    let https = client.registration.redirect_uris.iter().find(|uri| uri.kind() == RedirectKind::Https);
    https.map(|uri| host_and_port(uri.as_str()))
}
