//! POST /introspect (RFC 7662): a resource server asks about a token that it was shown.

use serde::Serialize;

use super::authorization_grant::AuthorizationGrant;
use crate::base::UnixTime;
use crate::endpoints::callers::bearer::{AccessToken, living_client, verified};
use crate::endpoints::callers::client::authenticate_client;
use crate::endpoints::parameters;
use crate::endpoints::{App, Failure, Refused};
use crate::http::{Request, Response};
use crate::oauth::client::ClientId;
use crate::oauth::scope::Scopes;
use crate::oauth::token::entitlement::Audience;
use crate::oauth::token::error::TokenError;
use crate::oauth::token::family::Member;
use crate::platform::{Fault, Platform};
use crate::store::account::Inspect;

/// What is told of a good token (RFC 7662 section 2.2).
#[derive(Serialize)]
struct Good<'a> {
    active: bool,
    iss: &'a str,
    sub: &'a str,
    aud: Audience<'a>,
    client_id: &'a ClientId,
    scope: &'a Scopes,
    token_type: &'static str,
    exp: UnixTime,
    iat: UnixTime,
    jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<UnixTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
}

/// What is told of everything else, and nothing more.
#[derive(Serialize)]
struct Inactive {
    active: bool,
}

pub(in crate::endpoints) async fn introspect<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let parameters = parameters::of_program(request)?;
    let caller = authenticate_client(app, request, &parameters, &AuthorizationGrant::default()).await?;
    if caller.is_public() {
        // RFC 7662 section 2.1: "[...] the endpoint MUST also require some form of authorization".
        let refused = Refused::token(TokenError::InvalidClient, "The client must authenticate.");
        return Err(refused.because("a public client asks about tokens").into());
    }
    let token = parameters::required(&parameters, "token", "The token parameter is missing.")?;
    // The hint may be wrong (RFC 7662 section 2.1); the token itself says what it is. Refresh tokens are none of a resource
    // server's business.
    let Ok(token) = verified(app, token).await? else {
        return inactive();
    };
    let Ok(client) = living_client(app, &token).await? else {
        return inactive();
    };
    let entitlement = token.entitlement(app, &client);
    // Only for the APIs that the caller is a server of is the token its business: neither another API nor the client that got
    // the token learns from us what it says.
    let told = entitlement.and_then(|entitlement| entitlement.at(|api| api.introspection_clients.contains(&caller.id)));
    let Some(told) = told else {
        return inactive();
    };
    if !stands(app, &token).await? {
        return inactive();
    }
    let good = Good {
        active: true,
        iss: app.config.issuer.as_str(),
        sub: &token.sub,
        aud: told.audience(),
        client_id: &token.client,
        scope: told.scopes(),
        token_type: "Bearer",
        exp: token.expires_at,
        iat: token.issued_at,
        jti: &token.jti,
        auth_time: token.auth_time,
        acr: token.acr.as_deref(),
    };
    Response::json(200, &good).map_err(|error| Fault::Malformed(error.to_string()).into())
}

/// Whether nothing in the person's object has ended the token, where it is of a family.
async fn stands<P: Platform>(app: &App<'_, P>, token: &AccessToken) -> Result<bool, Fault> {
    let Some(place) = token.place else {
        return Ok(true);
    };
    let ask = Inspect { family: place.family, member: Member::Access(place.serial) };
    Ok(app.platform.ask_account(place.account, ask).await?.is_ok())
}

fn inactive() -> Result<Response, Failure> {
    Response::json(200, &Inactive { active: false }).map_err(|error| Fault::Malformed(error.to_string()).into())
}
