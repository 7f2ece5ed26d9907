//! GET and POST /logout (OpenID Connect RP-Initiated Logout 1.0), and the page afterwards.
//!
//! A hint that names a session of this browser comes from the session's own client and ends the session at once. Every other
//! request asks the user, also one with an ID token of another session of the same user: a leaked ID token must not be
//! enough to sign its user out again and again.

use std::rc::Rc;

use url::form_urlencoded;

use crate::base::AccountId;
use crate::endpoints::callers::browser;
use crate::endpoints::parameters;
use crate::endpoints::token::id_token;
use crate::endpoints::token::id_token::IdTokenHint;
use crate::endpoints::{App, Failure, Route, SecurityEvent, page};
use crate::http::{Method, Parameters, Request, Response};
use crate::lifetimes;
use crate::lookup::client;
use crate::lookup::client::Freshness;
use crate::oauth::client::{Client, Voucher};
use crate::oauth::request::logout::{LogoutRequest, PostLogoutReturn};
use crate::oauth::token::sid::Sid;
use crate::pages::sign_in::{Back, LoggedOutPage, LogoutPage};
use crate::pages::{self, Form, FormSource, FormTarget};
use crate::platform::Platform;
use crate::seal::browser::{Browser, SessionRef};
use crate::store::account::{EndSession, ReadSession, Session};

/// What the page says to a user who deleted their account.
pub(in crate::endpoints) const ACCOUNT_DELETED: &str = "account-deleted";

/// A request whose hint was checked.
struct Asked {
    request: LogoutRequest,
    /// The client that asks and the content of its ID token, when both are genuine.
    by: Option<(Rc<Client>, IdTokenHint)>,
    return_to: Option<PostLogoutReturn>,
    /// Whether the browser is led back at once. Otherwise the user goes back by a button.
    returns_at_once: bool,
}

pub(in crate::endpoints) async fn logout<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let sent = LogoutRequest::of(&parameters);
    if request.method() == Method::Post && browser::same_origin(app, request).is_err() {
        // A POST from another site comes without our cookie; the GET that follows has it.
        return Ok(Response::see_other(repeated(&sent)));
    }
    let browser = browser::known(app, request).filter(|browser| browser.sessions().next().is_some());
    let mut asked = judged(app, sent).await?;
    // A client whose return address is not registered may not be the client that it claims to be: the user is asked.
    let by = asked.by.as_ref().filter(|_| asked.return_to.is_some() || !asked.request.wants_to_return());
    let named = by.and_then(|(client, hint)| {
        let is_named = |at: &SessionRef| hint.sid.as_deref() == Some(Sid::of(at.session, &client.id).as_str());
        browser.as_ref()?.sessions().find(is_named)
    });
    // Anybody's client can get an ID token of its own and put it into links that lead users anywhere. So a hint leads back at
    // once only if it names a session of this browser, or if an administrator vouches for the client; and a client that
    // registered itself is not offered to go back to either.
    if let (None, Some((client, _))) = (named, &asked.by) {
        asked.returns_at_once = client.voucher == Voucher::Administrator;
        asked.return_to = asked.return_to.filter(|_| client.voucher != Voucher::Nobody);
    }
    let Some(browser) = browser else {
        return Ok(afterwards(app, &asked));
    };
    match named {
        Some(at) => end(app, &asked, &browser, &[at]).await,
        None if request.method() == Method::Post && is_confirmed(&parameters) => {
            let all: Vec<SessionRef> = browser.sessions().collect();
            end(app, &asked, &browser, &all).await
        }
        None => ask(app, &asked, &browser).await,
    }
}

pub(in crate::endpoints) fn logged_out<P>(app: &App<'_, P>, request: &Request) -> Response {
    let is_it = |notice: &str| (notice == ACCOUNT_DELETED).then_some(());
    let told = Parameters::of_query(request).ok().zip(browser::known(app, request));
    let account_deleted = told.is_some_and(|(query, known)| browser::told(app, &query, &known, is_it).is_some());
    page(200, LoggedOutPage { sign_in: None, account_deleted, back: None }.render(app.look))
}

fn is_confirmed(parameters: &Parameters) -> bool {
    parameters.get("decision") == Some("confirm")
}

fn repeated(request: &LogoutRequest) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(request.iter()).finish();
    [Route::Logout.path(), "?", &query].concat()
}

/// Checks the hint. Without a genuine one the client is unknown, and the browser stays here afterwards (section 3).
async fn judged<P: Platform>(app: &App<'_, P>, request: LogoutRequest) -> Result<Asked, Failure> {
    let hint = match request.id_token_hint() {
        Some(token) => id_token::verified(app, token).await?.ok().filter(|hint| !request.contradicts(&hint.client)),
        None => None,
    };
    let by = match hint {
        Some(hint) => client::find(app.platform, app.config, &hint.client, Freshness::Cached, app.now)
            .await?
            .map(|client| (client, hint)),
        None => None,
    };
    let return_to = by.as_ref().and_then(|(client, _)| request.return_to(client, app.config.issuer.as_str()));
    Ok(Asked { request, by, return_to, returns_at_once: true })
}

/// Ends sessions. They have ended when this answers; the Account objects then tell the clients.
async fn end<P: Platform>(
    app: &App<'_, P>,
    asked: &Asked,
    browser: &Browser,
    sessions: &[SessionRef],
) -> Result<Response, Failure> {
    for at in sessions {
        // A deleted account has no sessions.
        let _gone = app.platform.ask_account(at.account, EndSession { session: at.session }).await?;
    }
    app.log_event(SecurityEvent::SignedOut, None, asked.by.as_ref().map(|(client, _)| &client.id));
    let ended: Vec<AccountId> = sessions.iter().map(|at| at.account).collect();
    let left = ended.iter().fold(browser.clone(), |browser, account| browser.without(*account));
    browser::remembered(app, afterwards(app, asked), &left, Some(lifetimes::SESSION))
}

/// Where the browser goes after the sign-out: back to the app, or to a page that may offer it.
fn afterwards<P>(app: &App<'_, P>, asked: &Asked) -> Response {
    match (&asked.return_to, &asked.by) {
        (Some(return_to), _) if asked.returns_at_once => Response::see_other(return_to.address()),
        (Some(return_to), Some((client, _))) => {
            let back = Back { app: &client.registration.name, link: &return_to.address() };
            page(200, LoggedOutPage { sign_in: None, account_deleted: false, back: Some(back) }.render(app.look))
        }
        _ => Response::see_other(Route::LoggedOut.path().to_owned()),
    }
}

async fn ask<P: Platform>(app: &App<'_, P>, asked: &Asked, browser: &Browser) -> Result<Response, Failure> {
    let mut alive: Option<Session> = None;
    for at in browser.sessions() {
        let session = app.platform.ask_account(at.account, ReadSession { session: at.session }).await?;
        alive = alive.or(session.ok());
    }
    let Some(session) = alive else {
        return Ok(afterwards(app, asked));
    };
    let hidden: Vec<(&str, &str)> = asked.request.iter().collect();
    let onwards = asked
        .return_to
        .as_ref()
        .filter(|_| asked.returns_at_once)
        .map(|return_to| FormSource::scheme_of(return_to.uri()));
    let target = onwards.and_then(Result::ok).map_or(FormTarget::SelfOnly, FormTarget::SelfAnd);
    let page_of = LogoutPage {
        form: Form { action: Route::Logout.path(), hidden: &hidden, target },
        client: asked
            .by
            .as_ref()
            .map(|(client, _)| pages::ShownClient { name: &client.registration.name, ..pages::ShownClient::default() }),
        person: Some(pages::ShownPerson { name: None, username: &session.name }),
        stay: None,
    };
    let response = page(200, page_of.render(app.look));
    if asked.request.wants_to_return() && asked.return_to.is_none() {
        // The user can go on. The log tells the app's developer why the browser does not go back to the app.
        let cause = "the hint is not genuine, or the post-logout redirect URI is not registered for its client";
        return Err(Failure::Rendered(response, cause.to_owned()));
    }
    Ok(response)
}
