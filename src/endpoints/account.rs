//! GET and POST /account: the person's own page. She sees which apps are connected and where she is signed in, and ends what
//! she wants; it is over at the next request, codes in flight included.

use super::consent::words;
use super::steps::authenticated::Authenticated;
use super::steps::{browser, interaction, parameters, sign_in};
use super::{App, Failure, Refused, Route, SecurityEvent, page};
use crate::http::{Method, Parameters, Request, Response};
use crate::oauth::client::ClientId;
use crate::oauth::interaction::{Another, Visit};
use crate::oauth::metadata_document;
use crate::oauth::sid::Sid;
use crate::pages::{self, AccountPage, Notice, ScopeText};
use crate::platform::clients::{self, Freshness};
use crate::platform::{Platform, random};
use crate::seal::browser::Browser;
use crate::seal::interaction::{Aim, Interaction};
use crate::store::account::ConnectedApp;

/// What a form of the page asks for.
enum Action {
    Disconnect(ClientId),
    EndSession(String),
    SignOutEverywhere,
}

pub(super) async fn account<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let browser = browser::known(app, request);
    if request.method() == Method::Post {
        browser::same_origin(app, request)?;
        let action = Action::of(&parameters)
            .ok_or_else(|| Refused::page(400, "invalid_request", "The form asks for nothing that can be done."))?;
        return carry_out(app, browser, action).await;
    }
    let notice = parameters.get("notice").and_then(Notice::from_name);
    match (Authenticated::of(app, browser.as_ref()).await?, browser) {
        (Some(person), Some(browser)) => show(app, &person, &browser, notice).await,
        (_, browser) => sign_in_first(app, browser, Visit::default(), notice),
    }
}

impl Action {
    fn of(parameters: &Parameters) -> Option<Self> {
        let target = parameters.get("target");
        match parameters.get("action")? {
            "disconnect" => target.and_then(ClientId::parse).map(Self::Disconnect),
            "end-session" => target.map(|target| Self::EndSession(target.to_owned())),
            "sign-out-everywhere" => Some(Self::SignOutEverywhere),
            _ => None,
        }
    }
}

async fn carry_out<P: Platform>(
    app: &App<'_, P>,
    browser: Option<Browser>,
    action: Action,
) -> Result<Response, Failure> {
    let (Some(person), Some(browser)) = (Authenticated::of(app, browser.as_ref()).await?, &browser) else {
        return sign_in_first(app, browser, Visit::default(), None);
    };
    match action {
        Action::Disconnect(client) => {
            person.disconnect(app, client.clone()).await?;
            app.log_event(SecurityEvent::Disconnected, None, Some(&client));
            Ok(back(Some(Notice::Disconnected)))
        }
        Action::EndSession(name) => {
            let was_there = person.end_session(app, &name).await?;
            if was_there {
                app.log_event(SecurityEvent::SessionEnded, None, None);
            }
            Ok(back(was_there.then_some(Notice::SessionEnded)))
        }
        Action::SignOutEverywhere => match person.recently(app.now) {
            Ok(person) => {
                let account = person.sign_out_everywhere(app).await?;
                app.log_event(SecurityEvent::SignedOutEverywhere, None, None);
                let response = back(Some(Notice::SignedOutEverywhere));
                browser::remembered(app, response, &browser.without(account), Some(sign_in::SESSION_LIFETIME))
            }
            Err(since) => {
                let visit = Visit { authenticated_since: Some(since), ..Visit::default() };
                sign_in_first(app, Some(browser.clone()), visit, Some(Notice::SignInAgain))
            }
        },
    }
}

/// To the page, which says what was done.
fn back(notice: Option<Notice>) -> Response {
    Response::see_other(match notice {
        Some(notice) => [Route::Account.path(), "?notice=", notice.name()].concat(),
        None => Route::Account.path().to_owned(),
    })
}

/// To the sign-in page, which leads back here.
fn sign_in_first<P: Platform>(
    app: &App<'_, P>,
    known: Option<Browser>,
    visit: Visit,
    notice: Option<Notice>,
) -> Result<Response, Failure> {
    let browser = known.clone().unwrap_or_else(|| browser::new(app));
    let begun = Interaction::new(random(app.platform), Aim::Account(visit)).in_browser(&browser);
    let link = interaction::link(app, Route::Login.path(), &begun)?;
    let response = Response::see_other(match notice {
        Some(notice) => [&link, "&notice=", notice.name()].concat(),
        None => link,
    });
    if known.is_some() { Ok(response) } else { browser::remembered(app, response, &browser, None) }
}

async fn show<P: Platform>(
    app: &App<'_, P>,
    person: &Authenticated,
    browser: &Browser,
    notice: Option<Notice>,
) -> Result<Response, Failure> {
    let overview = person.overview();
    let mut names = Vec::new();
    for connected in &overview.apps {
        names.push(name(app, connected).await);
    }
    let scopes: Vec<Vec<ScopeText<'_>>> = overview
        .apps
        .iter()
        .map(|connected| connected.scopes.iter().map(|scope| words(app, scope)).collect())
        .collect();
    let apps: Vec<pages::ConnectedApp<'_>> = overview
        .apps
        .iter()
        .zip(names.iter().zip(&scopes))
        .map(|(connected, (name, scopes))| pages::ConnectedApp {
            target: connected.client.as_str(),
            name: name.as_deref(),
            scopes,
            at: connected.at,
            used_at: connected.used_at,
        })
        .collect();
    let targets: Vec<Sid> = overview.browsers.iter().map(|browser| Sid::own(browser.session)).collect();
    let browsers: Vec<pages::SignedInBrowser<'_>> = overview
        .browsers
        .iter()
        .zip(&targets)
        .map(|(browser, target)| pages::SignedInBrowser {
            target: (!browser.is_this_one).then_some(target.as_str()),
            from: browser.auth_time,
            until: browser.expires_at,
        })
        .collect();
    let other = Aim::Account(Visit { another: Some(Another::Picks), ..Visit::default() });
    let switch = Interaction::new(random(app.platform), other).in_browser(browser);
    let shown = AccountPage {
        action: Route::Account.path(),
        person: pages::Person { name: None, username: &overview.session.name },
        switch: Some(&interaction::link(app, Route::Login.path(), &switch)?),
        notice,
        apps: &apps,
        more_apps: overview.more_apps,
        browsers: &browsers,
        more_browsers: overview.more_browsers,
        sign_out: Some(Route::Logout.path()),
    };
    Ok(page(200, shown.render(app.look)))
}

/// What an app is called; nothing when it is gone. One that cannot be looked up just now can be disconnected all the same.
async fn name<P: Platform>(app: &App<'_, P>, connected: &ConnectedApp) -> Option<String> {
    match clients::find(app.platform, app.config, &connected.client, Freshness::Cached, app.now).await {
        // A document that is not good any more says nothing about what was allowed.
        Ok(None) if metadata_document::is_address(&connected.client) => Some(connected.client.to_string()),
        Ok(client) => client.map(|client| client.name),
        Err(fault) => {
            app.log_fault("client", &fault);
            Some(connected.client.to_string())
        }
    }
}
