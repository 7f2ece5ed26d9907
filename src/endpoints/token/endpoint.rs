//! POST /token (RFC 6749 section 3.2): the token endpoint.

use super::authorization_grant::AuthorizationGrant;
use super::{client_credentials, code, refresh};
use crate::endpoints::callers::client::authenticate_client;
use crate::endpoints::{App, Failure, Refused, parameters};
use crate::http::{Request, Response};
use crate::oauth::client::GrantType;
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
