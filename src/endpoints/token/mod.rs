//! POST /token (RFC 6749 section 3.2): the token endpoint.

mod client_credentials;
mod code;
mod refresh;

use super::steps::client_authentication::authenticate_client;
use super::steps::issue::invalid_grant;
use super::{App, Failure, Refused};
use crate::http::{Parameters, Request, Response};
use crate::oauth::client::{Client, ClientVersion, GrantType};
use crate::platform::Platform;
use crate::platform::clients::{self, Freshness};

pub(super) async fn token<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let parameters = Parameters::of_body(request).map_err(|malformed| {
        Refused::json(400, "invalid_request", "The request's parameters are malformed.").because(malformed)
    })?;
    let client = authenticate_client(app, request, &parameters).await?;
    match parameters.get("grant_type") {
        Some("authorization_code") => code::redeem(app, &client, &parameters).await,
        Some("client_credentials") => client_credentials::issue(app, &client, &parameters).await,
        Some("refresh_token") => refresh::refresh(app, &client, &parameters).await,
        Some(_) => {
            Err(Refused::json(400, "unsupported_grant_type", "This grant type is not supported here.").into())
        }
        None => Err(Refused::json(400, "invalid_request", "The request has no grant_type.").into()),
    }
}

/// The client must be registered for the grant type (RFC 7591 section 2).
fn permitted(client: &Client, grant_type: GrantType) -> Result<(), Failure> {
    if client.may_use(grant_type) {
        Ok(())
    } else {
        Err(Refused::json(400, "unauthorized_client", "The client may not use this grant type.").into())
    }
}

/// A parameter that the grant type cannot do without.
fn required<'a>(parameters: &'a Parameters, name: &str, description: &'static str) -> Result<&'a str, Failure> {
    parameters.get(name).ok_or_else(|| Refused::json(400, "invalid_request", description).into())
}

/// The client as it was when a code or token was issued, or later: KV may be older than what it is presented with.
async fn at_least<P: Platform>(app: &App<'_, P>, client: &Client, version: ClientVersion) -> Result<Client, Failure> {
    if client.version >= version {
        return Ok(client.clone());
    }
    let newer = clients::find(app.platform, app.config, &client.id, Freshness::AtLeast(version), app.now).await?;
    newer.ok_or_else(|| invalid_grant("The client is not registered any more.", "the client was deleted"))
}
