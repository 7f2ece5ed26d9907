//! `grant_type=client_credentials` (RFC 6749 section 4.4): a client in its own name. Nothing is stored.

use super::permitted;
use crate::endpoints::steps::issue::{self, invalid_target};
use crate::endpoints::{App, Failure, Refused};
use crate::http::{Parameters, Response};
use crate::oauth::api::Target;
use crate::oauth::client::{Client, GrantType};
use crate::oauth::error::TokenError;
use crate::oauth::scope::Scopes;
use crate::platform::Platform;

/// Scopes that are about a person, whom this grant does not have; those of described claims are too.
pub const OF_PERSONS: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

pub(super) async fn issue<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    permitted(client, GrantType::ClientCredentials)?;
    let invalid_scope =
        || Refused::token(TokenError::InvalidScope, "The scope is malformed or not one that this client may ask for.");
    let is_of_persons = |scope: &str| OF_PERSONS.contains(&scope) || app.config.claims.sentence(scope).is_some();
    let scopes = match parameters.get("scope") {
        Some(text) => Scopes::parse(text).map_err(|error| invalid_scope().because(error))?,
        None => client.scopes.filtered(|scope| !is_of_persons(scope)),
    };
    if scopes.is_empty() || scopes.iter().any(is_of_persons) || !scopes.is_within(&client.scopes) {
        return Err(invalid_scope().into());
    }
    let issuer = app.config.issuer.as_str();
    let resources: Vec<String> = parameters.all("resource").map(ToOwned::to_owned).collect();
    let known = |resource: &String| resource == issuer || app.config.apis.iter().any(|api| api.audience == *resource);
    if !resources.iter().all(known) {
        return Err(invalid_target("a resource is no API of this server"));
    }
    let target = Target::of(&app.config.apis, issuer, &resources, &scopes);
    if target.scopes.is_empty() {
        return Err(invalid_target("none of the scopes belongs to a resource"));
    }
    issue::machine_token(app, client, &target).await
}
