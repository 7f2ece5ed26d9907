//! GET and POST /authorize (RFC 6749 section 3.1): the authorization endpoint.

use super::interaction;
use crate::endpoints::callers::browser;
use crate::endpoints::parameters;
use crate::endpoints::{App, Failure};
use crate::http::{Method, Parameters, Request, Response};
use crate::oauth::request::authorize::AuthorizationParameters;
use crate::platform::{Platform, random};
use crate::seal::interaction::{Aim, Interaction};

pub(in crate::endpoints) async fn authorize<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let known = browser::known(app, request);
    if request.method() == Method::Post {
        // A POST from another site comes without our cookie; the GET that follows has it.
        let carried = begin(app, &parameters);
        return Ok(Response::see_other(interaction::link(app, "/authorize", &carried)?));
    }
    let browser = known.clone().unwrap_or_else(|| browser::new(app));
    let begun = match parameters.get("interaction") {
        Some(_) => {
            let carried = interaction::carried(app, &parameters, Some(&browser))?;
            // A request that was sent by POST begins here, in this browser. Any other interaction continues.
            if carried.browser.is_some() { carried } else { carried.in_browser(&browser, app.now) }
        }
        None => begin(app, &parameters).in_browser(&browser, app.now),
    };
    let evaluated = interaction::evaluate(app, &begun, Some(&browser)).await?;
    let response = interaction::proceed(app, &begun, &evaluated)?;
    if known.is_some() { Ok(response) } else { browser::remembered(app, response, &browser, None) }
}

fn begin<P: Platform>(app: &App<'_, P>, parameters: &Parameters) -> Interaction {
    let aim = Aim::Authorize(Box::new(AuthorizationParameters::of(parameters)));
    Interaction::new(random(app.platform), aim, app.now)
}
