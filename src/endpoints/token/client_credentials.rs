//! `grant_type=client_credentials` (RFC 6749 section 4.4): a client in its own name. Nothing is stored.

use super::issue;
use super::issue::invalid_target;
use super::permission::{narrowed_resources, permitted};
use crate::endpoints::{App, Failure, Refused};
use crate::http::{Parameters, Response};
use crate::oauth::api::Target;
use crate::oauth::client::{Client, GrantType};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;
use crate::oauth::token::error::TokenError;
use crate::platform::Platform;

pub(in crate::endpoints) async fn issue<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    permitted(client, GrantType::ClientCredentials)?;
    let invalid_scope = || {
        Refused::token(
            TokenError::InvalidScope,
            "The scope is malformed or contains a scope that this client may not request.",
        )
    };
    // Those are about a person, whom this grant does not have.
    let is_of_persons = |scope: &str| OwnScope::is_of_openid(scope) || app.config.claims.sentence(scope).is_some();
    let scopes = match parameters.get("scope") {
        Some(text) => Scopes::parse(text).map_err(|error| invalid_scope().because(error))?,
        None => client.registration.scopes.filtered(|scope| !is_of_persons(scope)),
    };
    if scopes.is_empty() || scopes.iter().any(is_of_persons) || !scopes.is_within(&client.registration.scopes) {
        return Err(invalid_scope().into());
    }
    let issuer = app.config.issuer.as_str();
    let of_apis = app.config.apis.iter().map(|api| api.audience.as_str());
    let known: Vec<&str> = of_apis.chain([issuer]).collect();
    let resources = narrowed_resources(&known, parameters)?;
    let target = Target::of(&app.config.apis, issuer, &resources, &scopes);
    if target.scopes.is_empty() {
        return Err(invalid_target("none of the scopes belongs to a resource"));
    }
    issue::machine_token(app, client, &target).await
}
