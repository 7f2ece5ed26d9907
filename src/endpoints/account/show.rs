//! The account page as it is shown: connected apps, signed-in browsers, activity and what needs a recent sign-in.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use crate::base::encoding::base64url;
use crate::endpoints::authorize::consent::words;
use crate::endpoints::authorize::interaction;
use crate::endpoints::callers::authenticated::Authenticated;
use crate::endpoints::{App, Failure, Route, page};
use crate::http::Response;
use crate::lookup::client;
use crate::lookup::client::Freshness;
use crate::oauth::client::ClientId;
use crate::oauth::client::metadata_document;
use crate::oauth::request::interaction::Visit;
use crate::oauth::request::prompt::Another;
use crate::oauth::token::sid::Sid;
use crate::pages::account::{
    AccountPage, AccountProblem, ActivityLine, BrowserLine, ConnectedAppLine, Device, Happened, Sensitive, Used,
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
    let names = names(app, overview).await;
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
        apps: &apps(overview, &names, &scopes),
        more_apps: more_apps.as_deref(),
        first_apps: matches!(part, OverviewPart::AppsAfter(_)).then_some(Route::Account.path()),
        browsers: &browsers(overview, &targets),
        has_more_browsers: overview.has_more_browsers,
        sign_out: Some(Route::Logout.path()),
        activity: &activity(overview, &names),
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

/// The name of each client on the page; `None` for a deleted one.
type Names<'a> = BTreeMap<&'a ClientId, Option<String>>;

/// Looks up each client once. The activity names disconnected apps too.
async fn names<'a, P: Platform>(app: &App<'_, P>, overview: &'a Overview) -> Names<'a> {
    let of_activity = overview.activity.iter().filter_map(|activity| activity.client.as_ref());
    let all: BTreeSet<&ClientId> = overview.apps.iter().map(|connected| &connected.client).chain(of_activity).collect();
    let names = join_all(all.iter().map(|client| name(app, client))).await;
    all.into_iter().zip(names).collect()
}

fn called<'a>(names: &'a Names<'_>, client: &ClientId) -> Option<&'a str> {
    names.get(client).and_then(Option::as_deref)
}

fn apps<'a>(
    overview: &'a Overview,
    names: &'a Names<'_>,
    scopes: &'a [Vec<ScopeText<'a>>],
) -> Vec<ConnectedAppLine<'a>> {
    let app = |(connected, scopes): (&'a ConnectedApp, &'a Vec<ScopeText<'a>>)| ConnectedAppLine {
        target: connected.client.as_str(),
        name: called(names, &connected.client),
        scopes,
        at: connected.at,
        used: match connected.used_at {
            Some(at) => Used::At(at),
            None if connected.may_have_more => Used::Unknown,
            None => Used::Never,
        },
    };
    overview.apps.iter().zip(scopes).map(app).collect()
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

fn activity<'a>(overview: &'a Overview, names: &'a Names<'_>) -> Vec<ActivityLine<'a>> {
    let line = |activity: &'a Activity| ActivityLine {
        at: activity.at,
        happened: happened(activity.kind),
        app: activity.client.as_ref().and_then(|client| called(names, client)),
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

/// The name of an app, or `None` when it was deleted. An app that cannot be looked up now can be disconnected anyway.
async fn name<P: Platform>(app: &App<'_, P>, id: &ClientId) -> Option<String> {
    match client::find(app.platform, app.config, id, Freshness::Cached, app.now).await {
        // A document that is not good any more says nothing about what was allowed.
        Ok(None) if metadata_document::is_address(id) => Some(id.to_string()),
        Ok(client) => client.map(|client| client.registration.name.clone()),
        Err(fault) => {
            app.log_fault("client", &fault);
            Some(id.to_string())
        }
    }
}
