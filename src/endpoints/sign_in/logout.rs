//! GET and POST /logout (OpenID Connect RP-Initiated Logout 1.0), and the page afterwards.
//!
//! A hint that names a session of this very browser is what the session's own client knows, and enough. Everything else, an
//! ID token of another session of the same person included, asks: who once saw an ID token must not be able to sign its
//! person out for good.

use std::rc::Rc;

use url::form_urlencoded;

use super::by_password;
use crate::base::AccountId;
use crate::endpoints::callers::browser;
use crate::endpoints::parameters;
use crate::endpoints::token::id_token;
use crate::endpoints::token::id_token::IdTokenHint;
use crate::endpoints::{App, Failure, Route, SecurityEvent, page};
use crate::http::{Method, Parameters, Request, Response};
use crate::lookup::client;
use crate::lookup::client::Freshness;
use crate::oauth::client::{Client, Voucher};
use crate::oauth::request::logout::{LogoutRequest, PostLogoutReturn};
use crate::oauth::token::sid::Sid;
use crate::pages::{self, Form, FormSource, FormTarget, LoggedOut, Logout};
use crate::platform::Platform;
use crate::seal::browser::{Browser, SessionRef};
use crate::store::account::{EndSession, ReadSession, Session};

/// The query of the page for a person who deleted her account.
pub(in crate::endpoints) const ACCOUNT_DELETED: &str = "notice=account-deleted";

/// A request whose hint was judged.
struct Asked {
    request: LogoutRequest,
    /// The client that asks, and what its ID token says; only where both are genuine.
    by: Option<(Rc<Client>, IdTokenHint)>,
    return_to: Option<PostLogoutReturn>,
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
    // Who cannot say where to go back to may not be who it says it is: then the person is asked as well.
    let by = asked.by.as_ref().filter(|_| asked.return_to.is_some() || !asked.request.wants_to_return());
    let named = by.and_then(|(client, hint)| {
        let is_named = |at: &SessionRef| hint.sid.as_deref() == Some(Sid::of(at.session, &client.id).as_str());
        browser.as_ref()?.sessions().find(is_named)
    });
    // Whoever registers itself gets an ID token of its own with which a link could lead people anywhere: it has to be one
    // of this browser's.
    if named.is_none() && asked.by.as_ref().is_some_and(|(client, _)| client.voucher == Voucher::Nobody) {
        asked.return_to = None;
    }
    let Some(browser) = browser else {
        return Ok(afterwards(&asked));
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
    let account_deleted = request.query() == Some(ACCOUNT_DELETED);
    page(200, LoggedOut { sign_in: None, account_deleted }.render(app.look))
}

fn is_confirmed(parameters: &Parameters) -> bool {
    parameters.get("decision") == Some("confirm")
}

fn repeated(request: &LogoutRequest) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(request.iter()).finish();
    [Route::Logout.path(), "?", &query].concat()
}

/// Without a genuine hint nobody knows who asks, and nothing leads anywhere else afterwards (section 3).
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
    let return_to = by.as_ref().and_then(|(client, _)| request.return_to(client));
    Ok(Asked { request, by, return_to })
}

/// Ends sessions. They are over when this answers; the clients are told by the accounts themselves.
async fn end<P: Platform>(
    app: &App<'_, P>,
    asked: &Asked,
    browser: &Browser,
    sessions: &[SessionRef],
) -> Result<Response, Failure> {
    for at in sessions {
        // An account that is gone has no sessions either.
        let _gone = app.platform.ask_account(at.account, EndSession { session: at.session }).await?;
    }
    app.log_event(SecurityEvent::SignedOut, None, asked.by.as_ref().map(|(client, _)| &client.id));
    let ended: Vec<AccountId> = sessions.iter().map(|at| at.account).collect();
    let left = ended.iter().fold(browser.clone(), |browser, account| browser.without(*account));
    browser::remembered(app, afterwards(asked), &left, Some(by_password::SESSION_LIFETIME))
}

/// Where the browser goes when nobody is signed in any more.
fn afterwards(asked: &Asked) -> Response {
    Response::see_other(match &asked.return_to {
        Some(return_to) => return_to.address(),
        None => Route::LoggedOut.path().to_owned(),
    })
}

async fn ask<P: Platform>(app: &App<'_, P>, asked: &Asked, browser: &Browser) -> Result<Response, Failure> {
    let mut alive: Option<Session> = None;
    for at in browser.sessions() {
        let session = app.platform.ask_account(at.account, ReadSession { session: at.session }).await?;
        alive = alive.or(session.ok());
    }
    let Some(session) = alive else {
        return Ok(afterwards(asked));
    };
    let hidden: Vec<(&str, &str)> = asked.request.iter().collect();
    let onwards = asked.return_to.as_ref().map(|return_to| FormSource::scheme_of(return_to.uri()));
    let target = onwards.and_then(Result::ok).map_or(FormTarget::SelfOnly, FormTarget::SelfAnd);
    let page_of = Logout {
        form: Form { action: Route::Logout.path(), hidden: &hidden, target },
        client: asked.by.as_ref().map(|(client, _)| pages::Client { name: &client.name, ..pages::Client::default() }),
        person: Some(pages::Person { name: None, username: &session.name }),
        stay: None,
    };
    let response = page(200, page_of.render(app.look));
    if asked.request.wants_to_return() && asked.return_to.is_none() {
        // The person can go on all the same; who wrote the app finds in the log why nothing leads back to it.
        let cause = "the hint is not genuine, or the post-logout redirect URI is not registered for its client";
        return Err(Failure::Rendered(response, cause.to_owned()));
    }
    Ok(response)
}
