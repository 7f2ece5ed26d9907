//! /developer: a user with the developer role registers apps, changes them, and asks for their publication. The records
//! are those of /register, read and judged by the same rules.

mod app;
mod docs;
mod form;
mod new;

pub(in crate::endpoints) use app::{app, logo};
pub(in crate::endpoints) use docs::docs;
pub(in crate::endpoints) use new::new;

use super::authorize::interaction;
use super::callers::browser;
use super::callers::developer::{Developer, Visitor};
use super::{App, Failure, Refused, Route, page};
use crate::config::Readers;
use crate::http::{Parameters, Request, Response};
use crate::lifetimes;
use crate::oauth::client::{Client, ClientId, Voucher};
use crate::oauth::request::interaction::Visit;
use crate::oauth::request::prompt::Another;
use crate::pages::developer::{DeveloperApps, DeveloperDenied, DeveloperNotice, Listing, OwnApp};
use crate::pages::{self, Notice};
use crate::platform::{Platform, random};
use crate::seal::browser::Browser;
use crate::seal::interaction::{Aim, Interaction};
use crate::store::registry::{ListOwned, MOST_OWNED, Owned};

/// /developer: the developer's apps.
pub(in crate::endpoints) async fn apps<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let (developer, browser) = match admitted(app, request, None).await? {
        Ok(admitted) => admitted,
        Err(response) => return Ok(response),
    };
    let Owned { clients } = app.platform.ask_registry(ListOwned { owner: developer.sub().to_owned() }).await?;
    let links: Vec<String> = clients.iter().map(|client| Route::DeveloperApp.path_of(&client.id)).collect();
    let apps: Vec<OwnApp<'_>> = clients
        .iter()
        .zip(&links)
        .map(|(client, link)| OwnApp { client: shown(client), link, listing: listing(client) })
        .collect();
    let is_full = usize::try_from(MOST_OWNED).is_ok_and(|most| apps.len() >= most);
    let context = DeveloperApps {
        person: pages::Person { name: None, username: developer.name() },
        switch: Some(&switch(app, &browser)?),
        notice: notice(request),
        apps: &apps,
        create: (!is_full).then_some(Route::DeveloperNew.path()),
        docs: Route::DeveloperDocs.path(),
    };
    Ok(page(200, context.render(app.look)))
}

/// The developer who asks, and their browser; or the answer to anybody else. After signing in they are led to `app`, if it is one.
async fn admitted<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    id: Option<&ClientId>,
) -> Result<Result<(Developer, Browser), Response>, Failure> {
    let browser = browser::known(app, request);
    match (Visitor::of(app, browser.as_ref()).await?, browser) {
        (Visitor::Developer(developer), Some(browser)) => Ok(Ok((developer, browser))),
        (Visitor::Other(name), Some(browser)) => {
            let is_public = app.config.developers.docs == Readers::Public;
            let context = DeveloperDenied {
                person: pages::Person { name: None, username: &name },
                switch: Some(&switch(app, &browser)?),
                docs: is_public.then_some(Route::DeveloperDocs.path()),
            };
            Ok(Err(page(403, context.render(app.look))))
        }
        (_, browser) => sign_in_first(app, browser, Visit::default(), id, None).map(Err),
    }
}

fn sign_in_first<P: Platform>(
    app: &App<'_, P>,
    browser: Option<Browser>,
    visit: Visit,
    id: Option<&ClientId>,
    notice: Option<Notice>,
) -> Result<Response, Failure> {
    interaction::sign_in_first(app, browser, Aim::Developer { visit, app: id.cloned() }, notice)
}

fn switch<P: Platform>(app: &App<'_, P>, browser: &Browser) -> Result<String, Failure> {
    let visit = Visit { another: Some(Another::Picks), ..Visit::default() };
    let other = Interaction::new(random(app.platform), Aim::Developer { visit, app: None }).in_browser(browser);
    interaction::link(app, Route::Login.path(), &other)
}

/// What was done just now.
fn notice(request: &Request) -> Option<DeveloperNotice> {
    Parameters::of_query(request).ok()?.get("notice").and_then(DeveloperNotice::from_name)
}

/// To a page of the portal, which says what was done.
fn to(path: &str, notice: DeveloperNotice) -> Response {
    Response::see_other([path, "?notice=", notice.name()].concat())
}

fn unknown() -> Failure {
    Refused::page(404, "not_found", "The app does not exist, or it belongs to another developer.").into()
}

/// The answer to a change beyond [`MOST_CHANGES`].
fn too_often() -> Failure {
    let description = "You have reached the limit of 60 changes to your apps in an hour. This change was not saved. Go back, \
                       and save it again later.";
    Refused::page(429, "slow_down", description).with("retry-after", lifetimes::CHANGES_WINDOW.get().to_string()).into()
}

/// An app as its developer sees it.
fn shown(client: &Client) -> pages::Client<'_> {
    pages::Client {
        name: &client.registration.name,
        verified: client.voucher == Voucher::Administrator,
        logo: client.registration.presentation.logo.as_ref(),
        ..pages::Client::default()
    }
}

fn listing(client: &Client) -> Listing {
    match (client.registration.presentation.published, client.registration.presentation.publication_requested) {
        (true, _) => Listing::Listed,
        (false, true) => Listing::Requested,
        (false, false) => Listing::Hidden,
    }
}
