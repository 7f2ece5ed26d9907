//! GET and POST /login: on the way of an authorization request, a person signs in with a password, or says with which of
//! the accounts of this browser to go on.

use super::steps::interaction::{self, Evaluated};
use super::steps::{browser, parameters, sign_in};
use super::{App, Failure, page};
use crate::base::Secret;
use crate::http::{Method, Parameters, Request, Response};
use crate::oauth::interaction::Next;
use crate::oauth::sid::Sid;
use crate::pages::{self, Account, Choose, Form, FormSource, FormTarget, Login, LoginProblem};
use crate::platform::Platform;
use crate::seal::browser::{Browser, SessionRef};
use crate::seal::interaction::Interaction;
use crate::store::account::ReadSession;

pub(super) async fn login<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let browser = browser::known(app, request);
    let interaction = interaction::open(app, &parameters, browser.as_ref())?;
    let evaluated = interaction::evaluate(app, &interaction, browser.as_ref()).await?;
    let posted = request.method() == Method::Post;
    match (&evaluated.next, browser) {
        (Next::Choose, Some(browser)) if posted && parameters.get("account").is_some() => {
            browser::same_origin(app, request)?;
            choose(app, &interaction, &evaluated, &browser, &parameters).await
        }
        (Next::Choose, Some(browser)) => chooser(app, &interaction, &evaluated, &browser).await,
        (Next::Login, browser) if posted => {
            browser::same_origin(app, request)?;
            let browser = browser.unwrap_or_else(|| browser::new(app));
            sign_in(app, request, &interaction, &evaluated, &browser, &parameters).await
        }
        (Next::Login, _) => {
            let hint = interaction.parameters.login_hint().unwrap_or_default();
            form(app, &interaction, &evaluated, hint, None)
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
        return form(app, interaction, evaluated, username, Some(LoginProblem::Missing));
    };
    let password = Secret::new(password.to_owned());
    let device = browser::device(app, request);
    match sign_in::sign_in(app, request, username, &password, device).await? {
        Ok(signed_in) => {
            let session = SessionRef { account: signed_in.account, session: signed_in.session };
            let browser = browser.with_current(session);
            let interaction = Interaction { browser: Some(browser.id), ..interaction.clone() };
            // The next step asks the object anew, and goes on by itself where there is nothing to consent to.
            let response = Response::see_other(interaction::link(app, "/consent", &interaction)?);
            let response = browser::remembered(app, response, &browser, Some(sign_in::SESSION_LIFETIME))?;
            browser::with_device(app, response, signed_in.device)
        }
        // The person is told the same of every refusal; the log knows which it was.
        Err(_) => form(app, interaction, evaluated, username, Some(LoginProblem::Refused)),
    }
}

/// Goes on with the account that was picked.
async fn choose<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
    browser: &Browser,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    let picked = parameters.get("account");
    let is_picked = |session: &SessionRef| picked == Some(Sid::of(session.session, &evaluated.client.id).as_str());
    let Some(session) = browser.sessions().find(is_picked) else {
        // It ended in another tab.
        return chooser(app, interaction, evaluated, browser).await;
    };
    let interaction = Interaction { chosen: Some(session.session), ..interaction.clone() };
    let response = Response::see_other(interaction::link(app, "/consent", &interaction)?);
    browser::remembered(app, response, &browser.with_current(session), Some(sign_in::SESSION_LIFETIME))
}

/// Shows the accounts that are signed in. Where none is left, the person signs in.
async fn chooser<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
    browser: &Browser,
) -> Result<Response, Failure> {
    let mut alive = Vec::new();
    for at in browser.sessions() {
        if let Ok(session) = app.platform.ask_account(at.account, ReadSession { session: at.session }).await? {
            alive.push((Sid::of(at.session, &evaluated.client.id), session.name));
        }
    }
    let other = interaction::link(app, "/login", &with_another_account(interaction, Some(browser), "login"))?;
    if alive.is_empty() {
        return Ok(Response::see_other(other));
    }
    let accounts: Vec<Account<'_>> = alive
        .iter()
        .map(|(sid, name)| Account {
            value: sid.as_str(),
            person: pages::Person { name: None, username: name },
            signed_in: true,
        })
        .collect();
    let sealed = interaction::seal(app, interaction)?;
    let hidden = [("interaction", sealed.as_str())];
    let choose = Choose {
        form: Form { action: "/login", hidden: &hidden, target: target(evaluated) },
        client: Some(pages::Client {
            name: &evaluated.client.name,
            logo: evaluated.client.presentation.logo.as_ref(),
            ..pages::Client::default()
        }),
        accounts: &accounts,
        other: Some(&other),
    };
    Ok(page(200, choose.render(app.look)))
}

/// The same interaction for a person who wants another account than those of the sessions so far: `prompt` says whether she
/// picks one of them (`select_account`) or signs in (`login`).
pub(super) fn with_another_account(interaction: &Interaction, browser: Option<&Browser>, prompt: &str) -> Interaction {
    Interaction {
        began_with: browser.into_iter().flat_map(Browser::sessions).map(|session| session.session).collect(),
        chosen: None,
        parameters: interaction.parameters.clone().prompting(prompt),
        ..interaction.clone()
    }
}

fn form<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
    username: &str,
    problem: Option<LoginProblem>,
) -> Result<Response, Failure> {
    let sealed = interaction::seal(app, interaction)?;
    let hidden = [("interaction", sealed.as_str())];
    let form = Form { action: "/login", hidden: &hidden, target: target(evaluated) };
    let client = pages::Client { name: &evaluated.client.name, ..pages::Client::default() };
    let status = if problem.is_some() { 401 } else { 200 };
    Ok(page(status, Login { form, client: Some(client), username, problem }.render(app.look)))
}

/// Where the answer to the form may lead. Browsers apply the policy to all redirects that follow it, those of the client's
/// own hosts included, so a web client's scheme is named and not its origin.
pub(super) fn target(evaluated: &Evaluated) -> FormTarget {
    FormSource::scheme_of(evaluated.request.answer_to.redirect_uri()).map_or(FormTarget::SelfOnly, FormTarget::SelfAnd)
}
