//! GET and POST /account: the user's own page. It lists the connected apps and the browsers that are signed in, and ends each
//! of them. What is ended is refused from the next request on, codes that were already issued included.

use super::change_password;
use super::change_password::{PasswordNotChanged, Passwords};
use super::show::{APPS, Showing, show};
use crate::base::encoding::from_base64url;
use crate::base::{Secret, UnixTime};
use crate::endpoints::authorize::interaction;
use crate::endpoints::callers::authenticated::Authenticated;
use crate::endpoints::callers::browser;
use crate::endpoints::parameters;
use crate::endpoints::sign_in::logout::ACCOUNT_DELETED;
use crate::endpoints::{App, Failure, Refused, Route, SecurityEvent};
use crate::http::{Method, Parameters, Request, Response};
use crate::lifetimes;
use crate::oauth::client::{ClientId, ClientKey};
use crate::oauth::request::interaction::Visit;
use crate::pages::Notice;
use crate::pages::account::AccountProblem;
use crate::platform::Platform;
use crate::seal::browser::Browser;
use crate::seal::interaction::Aim;
use crate::sign_in::login_name::LoginName;
use crate::store::account::{Overview, OverviewPart};

/// What a form of the page asks for.
enum Action {
    /// `None` when one of the three fields is missing.
    ChangePassword(Option<Passwords>),
    /// With the typed name.
    DeleteAccount(Option<LoginName>),
    Disconnect(ClientId),
    EndOtherSessions,
    EndSession(String),
    SignInAgain,
    SignOutEverywhere,
}

pub(in crate::endpoints) async fn account<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let browser = browser::known(app, request);
    if request.method() == Method::Post {
        browser::same_origin(app, request)?;
        let action = Action::of(&parameters)
            .ok_or_else(|| Refused::page(400, "invalid_request", "The form contains no known action."))?;
        return carry_out(app, request, &parameters, browser, action).await;
    }
    let notice = browser.as_ref().and_then(|known| browser::told(app, &parameters, known, Notice::from_name));
    let part = part(&parameters);
    match (Authenticated::with(app, browser.as_ref(), part).await?, browser) {
        (Some(person), Some(browser)) => show(app, &person, &browser, Showing { notice, problem: None, part }).await,
        (_, browser) => sign_in_first(app, browser, Visit::default(), notice),
    }
}

/// The part of the page that a query names, or the first one.
fn part(parameters: &Parameters) -> OverviewPart {
    let app = parameters.get(APPS).and_then(from_base64url).and_then(|key| ClientKey::from_slice(&key));
    match app {
        Some(app) => OverviewPart::AppsAfter(app),
        None if parameters.get("activity") == Some("all") => OverviewPart::AllActivity,
        None => OverviewPart::First,
    }
}

impl Action {
    fn of(parameters: &Parameters) -> Option<Self> {
        let target = parameters.get("target");
        match parameters.get("action")? {
            "change-password" => Some(Self::ChangePassword(passwords(parameters))),
            "delete-account" => {
                let typed = parameters.get("username").map(LoginName::parse);
                Some(Self::DeleteAccount(typed.and_then(Result::ok)))
            }
            "disconnect" => target.and_then(ClientId::parse).map(Self::Disconnect),
            "end-other-sessions" => Some(Self::EndOtherSessions),
            "end-session" => target.map(|target| Self::EndSession(target.to_owned())),
            "sign-in-again" => Some(Self::SignInAgain),
            "sign-out-everywhere" => Some(Self::SignOutEverywhere),
            _ => None,
        }
    }
}

fn passwords(parameters: &Parameters) -> Option<Passwords> {
    let typed = |name| parameters.get(name).map(|text| Secret::new(text.to_owned()));
    Some(Passwords {
        current: typed("current-password")?,
        new: typed("new-password")?,
        again: typed("new-password-again")?,
    })
}

async fn carry_out<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    form: &Parameters,
    browser: Option<Browser>,
    action: Action,
) -> Result<Response, Failure> {
    let (Some(person), Some(browser)) = (Authenticated::of(app, browser.as_ref()).await?, &browser) else {
        return sign_in_first(app, browser, Visit::default(), None);
    };
    let back = |notice| back(app, browser, notice);
    if !person.tag().is_of(form) {
        return back(Some(Notice::OtherUser));
    }
    match action {
        Action::ChangePassword(typed) => change_password(app, request, &person, browser, typed).await,
        Action::DeleteAccount(typed) => delete_account(app, &person, browser, typed).await,
        Action::Disconnect(client) => {
            person.disconnect(app, client.clone()).await?;
            app.log_event(SecurityEvent::Disconnected, None, Some(&client));
            back(Some(Notice::Disconnected))
        }
        Action::EndOtherSessions => {
            let ended = person.end_other_sessions(app).await?;
            if ended {
                app.log_event(SecurityEvent::OtherSessionsEnded, None, None);
            }
            back(ended.then_some(Notice::OtherSessionsEnded))
        }
        Action::EndSession(name) => {
            let was_there = person.end_session(app, &name).await?;
            if was_there {
                app.log_event(SecurityEvent::SessionEnded, None, None);
            }
            back(was_there.then_some(Notice::SessionEnded))
        }
        Action::SignInAgain => prove_it_is_you(app, browser, app.now),
        Action::SignOutEverywhere => match person.recently(app.now) {
            Ok(person) => {
                let account = person.sign_out_everywhere(app).await?;
                app.log_event(SecurityEvent::SignedOutEverywhere, None, None);
                let response = back(Some(Notice::SignedOutEverywhere))?;
                browser::remembered(app, response, &browser.without(account), Some(lifetimes::SESSION))
            }
            Err(since) => prove_it_is_you(app, browser, since),
        },
    }
}

/// Redirects to the sign-in page, which accepts no sign-in before `since`.
fn prove_it_is_you<P: Platform>(app: &App<'_, P>, browser: &Browser, since: UnixTime) -> Result<Response, Failure> {
    let visit = Visit { authenticated_since: Some(since), ..Visit::default() };
    sign_in_first(app, Some(browser.clone()), visit, Some(Notice::SignInAgain))
}

async fn change_password<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    person: &Authenticated<Overview>,
    browser: &Browser,
    typed: Option<Passwords>,
) -> Result<Response, Failure> {
    let recent = match person.recently(app.now) {
        Ok(recent) => recent,
        Err(since) => return prove_it_is_you(app, browser, since),
    };
    let Some(typed) = typed else {
        return show(app, person, browser, AccountProblem::PasswordMissing.into()).await;
    };
    match change_password::change(app, request, &recent, typed).await? {
        Ok(session) => {
            app.log_event(SecurityEvent::PasswordChanged, Some(person.sub()), None);
            let response = back(app, browser, Some(Notice::PasswordChanged))?;
            browser::remembered(app, response, &browser.with_current(session), Some(lifetimes::SESSION))
        }
        Err(PasswordNotChanged::Problem(problem)) => show(app, person, browser, problem.into()).await,
        Err(PasswordNotChanged::SessionEnded) => prove_it_is_you(app, browser, recent.since()),
    }
}

/// Redirects to the page, which says what was done.
fn back<P: Platform>(app: &App<'_, P>, browser: &Browser, notice: Option<Notice>) -> Result<Response, Failure> {
    Ok(Response::see_other(match notice {
        Some(notice) => browser::saying(app, browser.id, Route::Account.path(), notice.name())?,
        None => Route::Account.path().to_owned(),
    }))
}

/// Redirects to the sign-in page, which leads back here.
fn sign_in_first<P: Platform>(
    app: &App<'_, P>,
    known: Option<Browser>,
    visit: Visit,
    notice: Option<Notice>,
) -> Result<Response, Failure> {
    interaction::sign_in_first(app, known, Aim::Account(visit), notice)
}

async fn delete_account<P: Platform>(
    app: &App<'_, P>,
    person: &Authenticated<Overview>,
    browser: &Browser,
    typed: Option<LoginName>,
) -> Result<Response, Failure> {
    if !app.config.accounts.deletion {
        return Err(Refused::page(403, "access_denied", "Users cannot delete their accounts on this server.").into());
    }
    let recent = match person.recently(app.now) {
        Ok(recent) => recent,
        Err(since) => return prove_it_is_you(app, browser, since),
    };
    if typed.is_none() || typed != LoginName::parse(&person.overview().user_name).ok() {
        return show(app, person, browser, AccountProblem::NameDiffers.into()).await;
    }
    let account = recent.delete_account(app).await?;
    app.log_event(SecurityEvent::AccountDeleted, Some(person.sub()), None);
    let page = browser::saying(app, browser.id, Route::LoggedOut.path(), ACCOUNT_DELETED)?;
    let response = Response::see_other(page);
    browser::remembered(app, response, &browser.without(account), Some(lifetimes::SESSION))
}
