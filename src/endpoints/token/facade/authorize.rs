//! GET and POST /{facade}/oauth2/provider/authorize: the address to which the client sends its user.

use serde::Serialize;
use url::form_urlencoded::Serializer;

use super::members::{api, link_key, members};
use crate::endpoints::authorize::interaction::offer;
use crate::endpoints::{App, Failure, Refused, Route};
use crate::http::{Body, Method, Parameters, Request, Response};
use crate::lifetimes;
use crate::lookup::client::{Freshness, find};
use crate::oauth::api::Api;
use crate::oauth::client::Client;
use crate::oauth::own_scope::OwnScope;
use crate::oauth::request::authorize::AuthorizationParameters;
use crate::oauth::request::rejection::{Rejection, Unanswerable};
use crate::oauth::token::entitlement::NotEntitled;
use crate::platform::{Fault, Platform, random};
use crate::seal::Life;
use crate::seal::link::LinkRequest;

/// What is carried on as it was sent.
const CARRIED: [&str; 4] = ["state", "nonce", "code_challenge", "login_hint"];

#[derive(Serialize)]
struct Made {
    authorization_url: String,
}

pub(in crate::endpoints) async fn authorize<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let api = api(app, request, Route::FacadeAuthorize)?;
    let members = asked(request)?;
    let client_id = AuthorizationParameters::of(&members).client_id().map_err(unanswerable)?;
    let key = link_key(app, api, &client_id, &members)?;
    let client = find(app.platform, app.config, &client_id, Freshness::Cached, app.now).await?;
    let client = client.ok_or_else(|| unanswerable(Unanswerable::UnknownClient))?;
    if client.is_public() {
        const ADVICE: &str = "The facade is only for clients that authenticate.";
        return Err(Refused::json(400, "unauthorized_client", ADVICE).into());
    }
    let link = LinkRequest { client: client.id.clone(), audience: api.audience.clone(), key };
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(lifetimes::LINK) };
    let link = app.config.sealer.seal(&link, life, random(app.platform)).map_err(Fault::from)?;
    let query = query(api, &client, &members, &link);
    check(app, &client, &query)?;
    let authorization_url = app.config.issuer.at(&[Route::Authorize.path(), "?", &query].concat());
    Response::json(200, &Made { authorization_url }).map_err(|error| Fault::Malformed(error.to_string()).into())
}

/// The members of the body; of the query where a GET comes without a body, because not everything on the way carries one.
/// No secret is among them.
fn asked(request: &Request) -> Result<Parameters, Failure> {
    let is_empty = matches!(request.body(), Body::Complete(bytes) if bytes.is_empty());
    if request.method() == Method::Get && is_empty {
        return Parameters::of_query(request).map_err(|malformed| {
            Refused::json(400, "invalid_request", "The request's parameters are malformed.").because(malformed).into()
        });
    }
    members(request)
}

/// The request of RFC 6749 section 4.1.1. What the client leaves out follows from its registration: its redirect URI where
/// there is one alone, and every scope that it may ask for at this API.
fn query(api: &Api, client: &Client, members: &Parameters, link: &str) -> String {
    let only_redirect_uri = match client.registration.redirect_uris.as_slice() {
        [one] => Some(one.as_str()),
        _ => None,
    };
    let usual = |scope: &str| {
        matches!(OwnScope::parse(scope), Some(OwnScope::OpenId | OwnScope::OfflineAccess))
            || api.sentence(scope).is_some()
    };
    let scope =
        members.get("scope").map_or_else(|| client.registration.scopes.filtered(usual).to_string(), ToOwned::to_owned);
    let method = members.get("code_challenge").map(|_| members.get("code_challenge_method").unwrap_or("S256"));
    let carried = CARRIED.iter().filter_map(|name| Some((*name, members.get(name)?)));
    Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", client.id.as_str())
        .extend_pairs(members.get("redirect_uri").or(only_redirect_uri).map(|uri| ("redirect_uri", uri)))
        .append_pair("scope", &scope)
        .append_pair("resource", &api.audience)
        .extend_pairs(carried)
        .extend_pairs(method.map(|method| ("code_challenge_method", method)))
        .append_pair("gr_link", link)
        .finish()
}

/// Tells the client now what its user's browser would learn otherwise.
fn check<P: Platform>(app: &App<'_, P>, client: &Client, query: &str) -> Result<(), Failure> {
    let parameters =
        Parameters::parse(query.as_bytes()).map_err(|malformed| Fault::Malformed(malformed.to_string()))?;
    let parameters = AuthorizationParameters::of(&parameters);
    let answer_to = parameters.answer_to(client, app.config.issuer.as_str()).map_err(unanswerable)?;
    parameters.validate(client, answer_to, offer(app)).map(|_| ()).map_err(rejected)
}

fn unanswerable(unanswerable: Unanswerable) -> Failure {
    Refused::json(400, unanswerable.code(), unanswerable.description()).into()
}

fn rejected(rejection: Rejection) -> Failure {
    let description = match rejection {
        Rejection::Challenge => "A code_challenge with the method S256 is required.",
        Rejection::Length => "A member is too long.",
        Rejection::NotEntitled(NotEntitled::Resource) => "None of the requested scopes belongs to this API.",
        Rejection::NotEntitled(not_entitled) => return not_entitled.into(),
        Rejection::UnauthorizedClient => "The client is not allowed to use the authorization code grant.",
        _ => "The request cannot be granted to this client.",
    };
    Refused::json(400, rejection.code(), description).because(rejection).into()
}
