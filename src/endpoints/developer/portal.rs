//! What all pages of the portal share.

use crate::config::Readers;
use crate::endpoints::authorize::interaction;
use crate::endpoints::callers::browser;
use crate::endpoints::callers::developer::{Developer, Visitor};
use crate::endpoints::{App, Failure, Refused, Route, page};
use crate::http::{Parameters, Request, Response};
use crate::oauth::client::{Client, ClientId, Voucher};
use crate::oauth::request::interaction::Visit;
use crate::oauth::request::prompt::Another;
use crate::pages::developer::{DeveloperDeniedPage, DeveloperNotice, Listing};
use crate::pages::{self, Notice};
use crate::platform::{Platform, random};
use crate::seal::browser::Browser;
use crate::seal::interaction::{Aim, Interaction};

/// The developer who asks, and their browser; or the answer to anybody else. After signing in they are led to `app`, if it is one.
pub(super) async fn admitted<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    id: Option<&ClientId>,
) -> Result<Result<(Developer, Browser), Response>, Failure> {
    let browser = browser::known(app, request);
    match (Visitor::of(app, browser.as_ref()).await?, browser) {
        (Visitor::Developer(developer), Some(browser)) => Ok(Ok((developer, browser))),
        (Visitor::Other(name), Some(browser)) => {
            let is_public = app.config.developers.docs == Readers::Public;
            let context = DeveloperDeniedPage {
                person: pages::ShownPerson { name: None, username: &name },
                switch: Some(&switch(app, &browser)?),
                docs: is_public.then_some(Route::DeveloperDocs.path()),
            };
            Ok(Err(page(403, context.render(app.look))))
        }
        (_, browser) => sign_in_first(app, browser, Visit::default(), id, None).map(Err),
    }
}

pub(super) fn sign_in_first<P: Platform>(
    app: &App<'_, P>,
    browser: Option<Browser>,
    visit: Visit,
    id: Option<&ClientId>,
    notice: Option<Notice>,
) -> Result<Response, Failure> {
    interaction::sign_in_first(app, browser, Aim::Developer { visit, app: id.cloned() }, notice)
}

pub(super) fn switch<P: Platform>(app: &App<'_, P>, browser: &Browser) -> Result<String, Failure> {
    let visit = Visit { another: Some(Another::Picks), ..Visit::default() };
    let other = Interaction::new(random(app.platform), Aim::Developer { visit, app: None }, app.now)
        .in_browser(browser, app.now);
    interaction::link(app, Route::Login.path(), &other)
}

/// What was done just now.
pub(super) fn notice<P>(app: &App<'_, P>, request: &Request, browser: &Browser) -> Option<DeveloperNotice> {
    let query = Parameters::of_query(request).ok()?;
    browser::told(app, &query, browser, DeveloperNotice::from_name)
}

/// To a page of the portal, which says what was done.
pub(super) fn to<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    path: &str,
    notice: DeveloperNotice,
) -> Result<Response, Failure> {
    browser::saying(app, developer.browser(), path, notice.name()).map(Response::see_other)
}

pub(super) fn unknown() -> Failure {
    Refused::page(404, "not_found", "The app does not exist, or it belongs to another developer.").into()
}

/// The answer to what is beyond [`MOST_MADE`](crate::store::registry::MOST_MADE) or
/// [`MOST_CHANGES`](crate::store::registry::MOST_CHANGES).
pub(super) fn too_often<P>(app: &App<'_, P>) -> Failure {
    let description = "You have reached the limit of 20 new apps and 200 changes to your apps in a day. This change was not saved. \
                       Go back, and save it again tomorrow. You can still delete apps.";
    let tomorrow = app.now.next_day().since(app.now).to_string();
    Refused::page(429, "slow_down", description).with("retry-after", tomorrow).into()
}

/// An app as its developer sees it.
pub(super) fn shown(client: &Client) -> pages::ShownClient<'_> {
    pages::ShownClient {
        name: &client.registration.name,
        verified: client.voucher == Voucher::Administrator,
        logo: client.registration.presentation.logo.as_ref(),
        ..pages::ShownClient::default()
    }
}

pub(super) fn listing(client: &Client) -> Listing {
    match (client.registration.presentation.published, client.registration.presentation.publication_requested) {
        (true, _) => Listing::Listed,
        (false, true) => Listing::Requested,
        (false, false) => Listing::Hidden,
    }
}
