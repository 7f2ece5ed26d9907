//! GET and POST /login: the user signs in with a password, or chooses one of the accounts that are signed in in this browser.
//! The step belongs to an authorization request or leads to a page of the user's own.

use super::by_password;
use crate::base::Secret;
use crate::endpoints::authorize::interaction;
use crate::endpoints::authorize::interaction::{Asked, Evaluated, Waiting};
use crate::endpoints::callers::browser;
use crate::endpoints::parameters;
use crate::endpoints::{App, Failure, Route, SecurityEvent, page};
use crate::http::{Method, Parameters, Request, Response};
use crate::lifetimes;
use crate::oauth::request::interaction::Next;
use crate::oauth::request::prompt::Another;
use crate::oauth::token::sid::Sid;
use crate::pages::sign_in::{AccountLine, ChoosePage, LoginPage, LoginProblem};
use crate::pages::{self, Form, FormSource, FormTarget, Notice};
use crate::platform::Platform;
use crate::seal::browser::{Browser, SessionRef};
use crate::seal::interaction::{Aim, Interaction};
use crate::sign_in::spraying::{Spraying, TriedFrom};
use crate::store::account::{EndSession, ReadSession};

pub(in crate::endpoints) async fn login<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let browser = browser::known(app, request);
    let interaction = interaction::open(app, &parameters, browser.as_ref())?;
    let evaluated = interaction::evaluate(app, &interaction, browser.as_ref()).await?;
    let posted = request.method() == Method::Post;
    let notice = browser.as_ref().and_then(|known| browser::told(app, &parameters, known, Notice::from_name));
    match (&evaluated.next, browser) {
        (Next::Choose, Some(browser)) if posted && parameters.get("account").is_some() => {
            browser::same_origin(app, request)?;
            choose(app, &interaction, &evaluated, &browser, &parameters).await
        }
        (Next::Choose, Some(browser)) => chooser(app, &interaction, &evaluated, &browser, notice).await,
        (Next::Login, Some(browser)) if posted => {
            browser::same_origin(app, request)?;
            sign_in(app, request, &interaction, &evaluated, &browser, &parameters).await
        }
        (Next::Login, _) => {
            let hint = match &interaction.aim {
                Aim::Account(_) | Aim::Developer { .. } => None,
                Aim::Authorize(parameters) => parameters.login_hint(),
            };
            let hint = hint.unwrap_or_default();
            form(app, &interaction, &evaluated, hint, None, notice)
        }
        _ => interaction::proceed(app, &interaction, &evaluated),
    }
}

async fn sign_in<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    interaction: &Interaction,
    evaluated: &Evaluated,
    browser: &Browser,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    let (Some(username), Some(password)) = (parameters.get("username"), parameters.get("password")) else {
        let username = parameters.get("username").unwrap_or_default();
        return form(app, interaction, evaluated, username, Some(LoginProblem::Missing), None);
    };
    let password = Secret::new(password.to_owned());
    let device = browser::device(app, request);
    let from = TriedFrom::of(device, &by_password::prefix(request));
    let may_try = |from: &TriedFrom| app.platform.memory(|tries: &mut Spraying| tries.may_try(from, app.now));
    if !from.as_ref().is_none_or(may_try) {
        let page = form(app, interaction, evaluated, username, Some(LoginProblem::Locked), None)?;
        let page = page.with("retry-after", lifetimes::SPRAY_WINDOW.get().to_string());
        return Err(Failure::Rendered(page, "too many sign-ins failed from this place".to_owned()));
    }
    match by_password::sign_in(app, request, username, &password, device).await? {
        Ok(signed_in) => {
            if let Some(from) = &from {
                app.platform.memory(|tries: &mut Spraying| tries.succeeded(from));
            }
            app.log_event(SecurityEvent::SignedIn, Some(&signed_in.sub), None);
            let session = SessionRef { account: signed_in.account, session: signed_in.session };
            if let Some(pushed_out) = browser.pushed_out_by(session) {
                end(app, pushed_out).await;
            }
            let browser = browser.with_current(session);
            let interaction = Interaction { chosen: Some(session.session), ..interaction.clone() };
            let response = interaction::onwards(app, &interaction)?;
            let response = browser::remembered(app, response, &browser, Some(lifetimes::SESSION))?;
            browser::with_device(app, response, signed_in.device)
        }
        // Every refusal shows the same text; the log has the reason.
        Err(_) => form(app, interaction, evaluated, username, Some(LoginProblem::Refused), None),
    }
}

/// Ends a session for which the cookie has no room any more: nobody could sign out of it, and an older cookie would still hold
/// it. The user's sign-in does not fail for it: the session ends by itself, and `/account` of its user lists it.
async fn end<P: Platform>(app: &App<'_, P>, pushed_out: SessionRef) {
    match app.platform.ask_account(pushed_out.account, EndSession { session: pushed_out.session }).await {
        Ok(_) => app.log_event(SecurityEvent::SessionEnded, None, None),
        Err(fault) => app.log_fault("account", &fault),
    }
}

/// Continues with the account that the user picked.
async fn choose<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
    browser: &Browser,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    let picked = parameters.get("account");
    let is_picked = |at: &SessionRef| picked == Some(sid(evaluated, at).as_str());
    let Some(session) = browser.sessions().find(is_picked) else {
        // It ended in another tab.
        return chooser(app, interaction, evaluated, browser, None).await;
    };
    let interaction = Interaction { chosen: Some(session.session), ..interaction.clone() };
    let response = interaction::onwards(app, &interaction)?;
    browser::remembered(app, response, &browser.with_current(session), Some(lifetimes::SESSION))
}

/// Shows the accounts that are signed in. If none is left, redirects to the sign-in form.
async fn chooser<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
    browser: &Browser,
    notice: Option<Notice>,
) -> Result<Response, Failure> {
    let mut alive = Vec::new();
    for at in browser.sessions() {
        if let Ok(session) = app.platform.ask_account(at.account, ReadSession { session: at.session }).await? {
            alive.push((sid(evaluated, &at), session.name));
        }
    }
    let other = interaction::link(app, Route::Login.path(), &interaction.for_another(Another::SignsIn, Some(browser)))?;
    if alive.is_empty() {
        return Ok(Response::see_other(other));
    }
    let accounts: Vec<AccountLine<'_>> = alive
        .iter()
        .map(|(sid, name)| AccountLine {
            value: sid.as_str(),
            person: pages::ShownPerson { name: None, username: name },
            signed_in: true,
        })
        .collect();
    let sealed = interaction::seal_step(app, interaction)?;
    let hidden = [("interaction", sealed.as_str())];
    let choose = ChoosePage {
        form: Form { action: Route::Login.path(), hidden: &hidden, target: target(evaluated) },
        client: client(evaluated),
        notice,
        accounts: &accounts,
        other: Some(&other),
    };
    Ok(page(200, choose.render(app.look)))
}

/// The name of a session on the chooser: the `sid` that this client knows, which no other client knows.
fn sid(evaluated: &Evaluated, at: &SessionRef) -> Sid {
    match &evaluated.waiting {
        Waiting::Account => Sid::own(at.session),
        Waiting::Request(asked) => Sid::of(at.session, &asked.client.id),
    }
}

/// The app that waits for an answer.
fn client(evaluated: &Evaluated) -> Option<pages::ShownClient<'_>> {
    match &evaluated.waiting {
        Waiting::Account => None,
        Waiting::Request(asked) => Some(pages::ShownClient {
            name: &asked.client.registration.name,
            logo: asked.client.registration.presentation.logo.as_ref(),
            ..pages::ShownClient::default()
        }),
    }
}

fn form<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
    username: &str,
    problem: Option<LoginProblem>,
    notice: Option<Notice>,
) -> Result<Response, Failure> {
    let sealed = interaction::seal_step(app, interaction)?;
    let hidden = [("interaction", sealed.as_str())];
    let form = Form { action: Route::Login.path(), hidden: &hidden, target: target(evaluated) };
    let client = client(evaluated);
    let status = match problem {
        None => 200,
        Some(LoginProblem::Locked) => 429,
        Some(_) => 401,
    };
    Ok(page(status, LoginPage { form, client, notice, username, problem }.render(app.look)))
}

/// Where the answer to the form may lead. Browsers apply `form-action` to all redirects that follow, also to redirects
/// between the client's own hosts, so the policy names the scheme of a web client and not its origin.
fn target(evaluated: &Evaluated) -> FormTarget {
    match &evaluated.waiting {
        Waiting::Account => FormTarget::SelfOnly,
        Waiting::Request(asked) => target_of(asked),
    }
}

/// [`target`] when an authorization request waits.
pub(in crate::endpoints) fn target_of(asked: &Asked) -> FormTarget {
    FormSource::scheme_of(asked.request.answer_to.redirect_uri()).map_or(FormTarget::SelfOnly, FormTarget::SelfAnd)
}
