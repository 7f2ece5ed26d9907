//! GET /apps and /apps.json: which apps there are to connect. Everybody may look; only a cookie of ours says more. POST /apps
//! disconnects one.
//!
//! The registry is asked each time, with one call: what was just published is there at the next request. An isolate that is asked
//! too often answers 503 instead.

use serde::Serialize;

use super::callers::authenticated::{Authenticated, UserTag};
use super::callers::browser;
use super::parameters;
use super::{App, Failure, Refused, Route, SecurityEvent, page};
use crate::base::address::host_and_port;
use crate::http::percent::encode_segment;
use crate::http::{Document, Method, Parameters, Request, Response};
use crate::lifetimes;
use crate::lookup::client;
use crate::oauth::client::presentation::Picture;
use crate::oauth::client::{ClientId, ClientKey};
use crate::pages::apps::{AppLine, AppsPage};
use crate::pages::{self, Notice};
use crate::platform::{Fault, Platform};
use crate::seal::browser::Browser;
use crate::store::account::ReadConnected;
use crate::store::registry::{Browse, Browsed, LAST_PAGE};

/// The longest search, in characters.
const LONGEST_QUERY: usize = 100;

/// /apps: the catalogue as a page.
pub(in crate::endpoints) async fn apps<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let browse = asked(request).ok_or_else(|| Refused::page(400, "invalid_request", NOT_A_PAGE))?;
    let browser = browser::known(app, request);
    if request.method() == Method::Post {
        browser::same_origin(app, request)?;
        let form = parameters::of_person(request)?;
        return disconnect(app, &browse, browser.as_ref(), &form).await;
    }
    let found = look(app, &browse).await?;
    if found.entries.is_empty() && browse.page > 1 {
        // A page that there was before apps went.
        return Ok(Response::see_other(link(Route::Apps, &browse, 1)));
    }
    let shown = found.entries.iter().map(|entry| entry.id.key()).collect();
    let connected = connected(app, browser.as_ref(), shown).await?;
    let is_connected = |id: &ClientId| connected.as_ref().is_some_and(|connected| connected.contains(&id.key()));
    let lines: Vec<AppLine<'_>> = found
        .entries
        .iter()
        .map(|entry| AppLine {
            client: pages::ShownClient {
                name: &entry.name,
                site: Some(host_and_port(&entry.site)),
                logo: entry.logo.as_ref(),
                ..pages::ShownClient::default()
            },
            description: entry.description.as_deref().unwrap_or_default(),
            connect: &entry.site,
            disconnect: is_connected(&entry.id).then(|| entry.id.as_str()),
        })
        .collect();
    let [previous, next] = neighbours(&browse, &found).map(|page| page.map(|page| link(Route::Apps, &browse, page)));
    let user = browser.as_ref().and_then(|known| known.current).map(|at| UserTag::of(at.account));
    let told = browser.as_ref().zip(Parameters::of_query(request).ok());
    let notice = told.and_then(|(known, query)| browser::told(app, &query, known, Notice::from_name));
    let context = AppsPage {
        query: &browse.query,
        apps: &lines,
        previous: previous.as_deref(),
        next: next.as_deref(),
        action: &link(Route::Apps, &browse, browse.page),
        account: connected.as_ref().map(|_| Route::Account.path()),
        user: user.as_ref().map_or("", UserTag::as_str),
        notice: notice.filter(|_| connected.is_some()),
    };
    Ok(page(200, context.render(app.look)))
}

/// Takes back what the person allowed an app, and shows the same apps again.
async fn disconnect<P: Platform>(
    app: &App<'_, P>,
    browse: &Browse,
    browser: Option<&Browser>,
    form: &Parameters,
) -> Result<Response, Failure> {
    let client = to_disconnect(form)?;
    let Some(person) = Authenticated::of(app, browser).await? else {
        // The account page asks who the user is, and disconnects apps too.
        return Ok(Response::see_other(Route::Account.path().to_owned()));
    };
    let apps = link(Route::Apps, browse, browse.page);
    let back = |notice: Notice| browser::saying(app, person.browser(), &apps, notice.name()).map(Response::see_other);
    if !person.tag().is_of(form) {
        return back(Notice::OtherUser);
    }
    person.disconnect(app, client.clone()).await?;
    app.log_event(SecurityEvent::Disconnected, None, Some(&client));
    back(Notice::Disconnected)
}

/// The app that the form names.
fn to_disconnect(parameters: &Parameters) -> Result<ClientId, Failure> {
    let target = parameters.get("target").filter(|_| parameters.get("action") == Some("disconnect"));
    target
        .and_then(ClientId::parse)
        .ok_or_else(|| Refused::page(400, "invalid_request", "The form contains no known action.").into())
}

/// /apps.json: the same for the product's own pages, without anything about who looks.
pub(in crate::endpoints) async fn apps_json<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    #[derive(Serialize)]
    struct Published<'a> {
        apps: Vec<Described<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
    /// By the names under which it was registered.
    #[derive(Serialize)]
    struct Described<'a> {
        client_id: &'a str,
        client_name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        client_uri: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        logo: Option<&'a Picture>,
    }
    let browse = asked(request).ok_or_else(|| Refused::json(400, "invalid_request", NOT_A_PAGE))?;
    let found = look(app, &browse).await?;
    let described = found.entries.iter().map(|entry| Described {
        client_id: entry.id.as_str(),
        client_name: &entry.name,
        description: entry.description.as_deref(),
        client_uri: &entry.site,
        logo: entry.logo.as_ref(),
    });
    let [_, next] = neighbours(&browse, &found);
    let next = next.map(|page| app.config.issuer.at(&link(Route::AppsJson, &browse, page)));
    let published = Published { apps: described.collect(), next };
    let document = Document::of(&published).map_err(|error| Fault::Malformed(error.to_string()))?;
    Ok(document.answer(request, lifetimes::CATALOGUE_PUBLISHED))
}

const NOT_A_PAGE: &str = "The parameter q must have at most 100 characters, and page must be a number from 1.";

/// What is looked for.
fn asked(request: &Request) -> Option<Browse> {
    let parameters = Parameters::of_query(request).ok()?;
    let query = parameters.get("q").unwrap_or_default().trim();
    let page = parameters.get("page").map_or(Some(1), |text| text.parse().ok())?;
    let good = query.chars().count() <= LONGEST_QUERY && (1..=LAST_PAGE).contains(&page);
    good.then(|| Browse { query: query.to_owned(), page })
}

/// Asks the registry, which anybody may have this do: only so often, because everything else of clients is its work too.
async fn look<P: Platform>(app: &App<'_, P>, browse: &Browse) -> Result<Browsed, Fault> {
    let searches = !browse.query.is_empty();
    if !client::may_browse(app.platform, searches, app.now) {
        return Err(Fault::Busy("the catalogue is looked at too often"));
    }
    app.platform.ask_registry(browse.clone()).await
}

/// The numbers of the pages before and behind.
fn neighbours(browse: &Browse, found: &Browsed) -> [Option<u32>; 2] {
    let before = browse.page.checked_sub(1).filter(|page| *page > 0);
    [before, browse.page.checked_add(1).filter(|_| found.more)]
}

fn link(route: Route, browse: &Browse, page: u32) -> String {
    let query = encode_segment(&browse.query);
    let search = if query.is_empty() { String::new() } else { format!("q={query}&") };
    format!("{}?{search}page={page}", route.path())
}

/// Which of `clients` the person has connected; nothing where nobody is signed in.
async fn connected<P: Platform>(
    app: &App<'_, P>,
    browser: Option<&Browser>,
    clients: Vec<ClientKey>,
) -> Result<Option<Vec<ClientKey>>, Failure> {
    let Some(at) = browser.and_then(|browser| browser.current) else {
        return Ok(None);
    };
    Ok(app.platform.ask_account(at.account, ReadConnected { session: at.session, clients }).await?.ok())
}
