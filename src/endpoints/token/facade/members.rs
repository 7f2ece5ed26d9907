//! What all requests of a facade say: the API, the client, and the user whom the client means.

use crate::base::LinkKey;
use crate::endpoints::token::authorization_grant::AuthorizationGrant;
use crate::endpoints::{App, AuthenticatedClient, Failure, Refused, Route, authenticate_client};
use crate::http::json_object::MalformedJson;
use crate::http::{Parameters, Request};
use crate::oauth::api::Api;
use crate::oauth::client::ClientId;
use crate::oauth::person::user_identity::UserIdentity;
use crate::platform::Platform;

/// The API whose facade is asked.
pub(super) fn api<'a, P>(app: &App<'a, P>, request: &Request, route: Route) -> Result<&'a Api, Failure> {
    let facade = route.parameter(request.path());
    let api = app.config.apis.iter().find(|api| api.facade.is_some() && api.facade.as_deref() == facade);
    api.ok_or_else(|| Refused::json(404, "not_found", "There is no page at this address.").into())
}

/// The members of a JSON body.
pub(super) fn members(request: &Request) -> Result<Parameters, Failure> {
    const MALFORMED: &str = "The body must be one JSON object of type application/json whose members are strings.";
    Parameters::of_json(request).map_err(|problem| {
        let status = if problem == MalformedJson::TooLarge { 413 } else { 400 };
        Refused::json(status, "invalid_request", MALFORMED).because(problem).into()
    })
}

/// Names the user whom the client means.
pub(super) fn link_key<P>(
    app: &App<'_, P>,
    api: &Api,
    client: &ClientId,
    members: &Parameters,
) -> Result<LinkKey, Failure> {
    const MALFORMED: &str =
        "client_user_identity has to be there: a text of at most 255 bytes without control characters.";
    let identity = members.get("client_user_identity").and_then(UserIdentity::parse);
    let identity = identity.ok_or_else(|| Refused::json(400, "invalid_request", MALFORMED))?;
    Ok(identity.key(client, &api.audience, &app.config.subject_key))
}

/// Authenticates the client as `/token` does; `grant` is what it presents, if anything. Two identifiers, which anybody can know, are
/// no authentication.
pub(super) async fn authenticated<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    members: &Parameters,
    grant: &AuthorizationGrant,
) -> Result<AuthenticatedClient, Failure> {
    const ADVICE: &str = "The client has to authenticate as it registered: HTTP Basic, or client_secret, or \
        client_assertion with client_assertion_type, beside client_user_identity.";
    let in_body = ["client_secret", "client_assertion"].iter().any(|name| members.get(name).is_some());
    if request.header("authorization").is_none() && !in_body {
        let refused = Refused::json(401, "invalid_client", ADVICE).with("www-authenticate", "Basic realm=\"clients\"");
        return Err(refused.because("no credentials").into());
    }
    authenticate_client(app, request, members, grant).await
}
