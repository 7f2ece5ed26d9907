//! `grant_type=client_credentials` (RFC 6749 section 4.4): a client in its own name. Nothing is stored.

use super::issue;
use super::permission::permitted;
use crate::endpoints::{App, Failure};
use crate::http::{Parameters, Response};
use crate::oauth::client::{Client, GrantType};
use crate::oauth::scope::Scopes;
use crate::oauth::token::entitlement::{NotEntitled, Rights};
use crate::platform::Platform;

pub(in crate::endpoints) async fn issue<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    permitted(client, GrantType::ClientCredentials)?;
    let asked = parameters.get("scope").map(Scopes::parse).transpose().map_err(|_| NotEntitled::Scope)?;
    let rights = Rights::of(client, app.realm());
    let entitlement = rights.of_client(asked.as_ref(), parameters.all("resource"))?;
    issue::machine_token(app, client, &entitlement).await
}
