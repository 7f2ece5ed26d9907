//! GET /apps and /apps.json: which apps there are to connect. Everybody may look; only a cookie of ours says more.
//!
//! The registry is asked each time, with one call: what was just published is there at the next request.

use serde::Serialize;

use super::steps::browser;
use super::{App, Failure, Refused, Route, host, metadata, page};
use crate::http::path::encode_segment;
use crate::http::{Parameters, Request, Response};
use crate::oauth::client::ClientKey;
use crate::oauth::presentation::Picture;
use crate::pages::{self, AppLine, Apps};
use crate::platform::Platform;
use crate::store::account::ReadConnected;
use crate::store::registry::{Browse, Browsed, LAST_PAGE};

/// How long a copy of /apps.json may be kept.
const FRESH: &str = "public, max-age=60";

/// The longest search, in characters.
const LONGEST_QUERY: usize = 100;

/// /apps: the catalogue as a page.
pub(super) async fn apps<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let browse = asked(request).ok_or_else(|| Refused::page(400, "invalid_request", NOT_A_PAGE))?;
    let browsed = app.platform.ask_registry(browse.clone()).await?;
    let connected = connected(app, request).await?;
    let lines: Vec<AppLine<'_>> = browsed
        .entries
        .iter()
        .map(|entry| AppLine {
            client: pages::Client {
                name: &entry.name,
                site: Some(host(&entry.site)),
                logo: entry.logo.as_ref(),
                ..pages::Client::default()
            },
            description: entry.description.as_deref().unwrap_or_default(),
            connect: &entry.site,
            connected: connected.as_ref().is_some_and(|connected| connected.contains(&entry.id.key())),
        })
        .collect();
    let [previous, next] = neighbours(&browse, &browsed).map(|page| page.map(|page| link(Route::Apps, &browse, page)));
    let context = Apps {
        query: &browse.query,
        apps: &lines,
        previous: previous.as_deref(),
        next: next.as_deref(),
        account: connected.map(|_| Route::Account.path()),
    };
    Ok(page(200, context.render(app.look)))
}

/// /apps.json: the same for the product's own pages, without anything about who looks.
pub(super) async fn apps_json<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
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
    let browsed = app.platform.ask_registry(browse.clone()).await?;
    let described = browsed.entries.iter().map(|entry| Described {
        client_id: entry.id.as_str(),
        client_name: &entry.name,
        description: entry.description.as_deref(),
        client_uri: &entry.site,
        logo: entry.logo.as_ref(),
    });
    let [_, next] = neighbours(&browse, &browsed);
    let next = next.map(|page| app.config.issuer.at(&link(Route::AppsJson, &browse, page)));
    metadata::published(request, &Published { apps: described.collect(), next }, FRESH)
}

const NOT_A_PAGE: &str = "Search with q, at most 100 characters, and turn pages with page, a number from 1 on.";

/// What is looked for.
fn asked(request: &Request) -> Option<Browse> {
    let parameters = Parameters::of_query(request).ok()?;
    let query = parameters.get("q").unwrap_or_default().trim();
    let page = parameters.get("page").map_or(Some(1), |text| text.parse().ok())?;
    let good = query.chars().count() <= LONGEST_QUERY && (1..=LAST_PAGE).contains(&page);
    good.then(|| Browse { query: query.to_owned(), page })
}

/// The numbers of the pages before and behind.
fn neighbours(browse: &Browse, browsed: &Browsed) -> [Option<u32>; 2] {
    let before = browse.page.checked_sub(1).filter(|page| *page > 0);
    [before, browse.page.checked_add(1).filter(|_| browsed.more)]
}

fn link(route: Route, browse: &Browse, page: u32) -> String {
    let query = encode_segment(&browse.query);
    let search = if query.is_empty() { String::new() } else { format!("q={query}&") };
    format!("{}?{search}page={page}", route.path())
}

/// What the person has connected; nothing where nobody is signed in.
async fn connected<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Option<Vec<ClientKey>>, Failure> {
    let Some(at) = browser::known(app, request).and_then(|browser| browser.current) else {
        return Ok(None);
    };
    Ok(app.platform.ask_account(at.account, ReadConnected { session: at.session }).await?.ok())
}
