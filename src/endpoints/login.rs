//! GET and POST /login: a person signs in with a password, on the way of an authorization request.

use super::steps::interaction::{self, Evaluated};
use super::steps::{browser, parameters, sign_in};
use super::{App, Failure, page};
use crate::base::Secret;
use crate::http::{Method, Request, Response};
use crate::oauth::interaction::Next;
use crate::pages::{self, Form, FormSource, FormTarget, Login, LoginProblem};
use crate::platform::Platform;
use crate::seal::browser::{Browser, SessionRef};
use crate::seal::interaction::Interaction;

pub(super) async fn login<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let browser = browser::known(app, request);
    let interaction = interaction::open(app, &parameters, browser.as_ref())?;
    let evaluated = interaction::evaluate(app, &interaction, browser.as_ref()).await?;
    if evaluated.next != Next::Login {
        return interaction::proceed(app, &interaction, &evaluated);
    }
    if request.method() != Method::Post {
        let hint = interaction.parameters.login_hint().unwrap_or_default();
        return form(app, &interaction, &evaluated, hint, None);
    }
    browser::same_origin(app, request)?;
    let (Some(username), Some(password)) = (parameters.get("username"), parameters.get("password")) else {
        let username = parameters.get("username").unwrap_or_default();
        return form(app, &interaction, &evaluated, username, Some(LoginProblem::Missing));
    };
    let password = Secret::new(password.to_owned());
    let device = browser::device(app, request);
    match sign_in::sign_in(app, request, username, &password, device).await? {
        Ok(signed_in) => {
            let session = SessionRef { account: signed_in.account, session: signed_in.session };
            let id = browser.map_or_else(|| browser::new(app).id, |browser| browser.id);
            let browser = Browser { id, session: Some(session) };
            let interaction = Interaction { browser: Some(browser.id), ..interaction };
            // The next step asks the object anew, and goes on by itself where there is nothing to consent to.
            let response = Response::see_other(interaction::link(app, "/consent", &interaction)?);
            let response = browser::remembered(app, response, &browser, Some(sign_in::SESSION_LIFETIME))?;
            browser::with_device(app, response, signed_in.device)
        }
        // The person is told the same of every refusal; the log knows which it was.
        Err(_) => form(app, &interaction, &evaluated, username, Some(LoginProblem::Refused)),
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
