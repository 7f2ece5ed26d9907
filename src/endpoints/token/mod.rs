//! POST /token (RFC 6749 section 3.2): the token endpoint.

pub mod authorization_grant;
pub(in crate::endpoints) mod client_credentials;
pub(in crate::endpoints) mod code;
pub mod facade;
pub mod id_token;
pub mod introspect;
pub mod issue;
pub mod mint;
pub mod own_jws;
pub mod refresh;
pub mod revoke;
pub mod userinfo;

pub(in crate::endpoints) use code::redeem as redeem_code;
pub(super) use introspect::introspect;
pub(super) use revoke::revoke;
pub(super) use userinfo::userinfo;

use self::authorization_grant::AuthorizationGrant;
use self::issue::invalid_target;
use super::callers::client::authenticate_client;
use super::parameters;
use super::{App, Failure, Refused};
use crate::http::{Parameters, Request, Response};
use crate::oauth::api;
use crate::oauth::client::{Client, GrantType};
use crate::oauth::token::error::TokenError;
use crate::platform::Platform;

pub(in crate::endpoints) async fn token<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let parameters = parameters::of_program(request)?;
    let grant = AuthorizationGrant::of(app, &parameters);
    let client = authenticate_client(app, request, &parameters, &grant).await?;
    let name = parameters
        .get("grant_type")
        .ok_or_else(|| Refused::token(TokenError::InvalidRequest, "The grant_type parameter is missing."))?;
    let grant_type = GrantType::parse(name)
        .ok_or_else(|| Refused::token(TokenError::UnsupportedGrantType, "The grant type is not supported."))?;
    match grant_type {
        GrantType::AuthorizationCode => code::redeem(app, &client, &parameters, grant).await,
        GrantType::ClientCredentials => client_credentials::issue(app, &client, &parameters).await,
        GrantType::RefreshToken => refresh::refresh(app, &client, &parameters, grant).await,
    }
}

/// The client must be registered for the grant type (RFC 7591 section 2).
pub(in crate::endpoints) fn permitted(client: &Client, grant_type: GrantType) -> Result<(), Failure> {
    if client.may_use(grant_type) {
        Ok(())
    } else {
        Err(Refused::token(TokenError::UnauthorizedClient, "The client is not allowed to use this grant type.").into())
    }
}

/// The resources of a request, each of which must be among the `granted` audiences: at the token endpoint a client may ask
/// for fewer than it was granted, never for more (RFC 8707 section 2.2). Empty where the request names none.
fn narrowed_resources(granted: &[&str], parameters: &Parameters) -> Result<Vec<String>, Failure> {
    api::named(granted, parameters.all("resource"))
        .ok_or_else(|| invalid_target("a resource is not one of those granted"))
}
