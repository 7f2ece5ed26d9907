//! POST /revoke (RFC 7009).

use super::authorization_grant::AuthorizationGrant;
use crate::base::{AccountId, FamilyId};
use crate::endpoints::callers::bearer::verified;
use crate::endpoints::callers::client::authenticate_client;
use crate::endpoints::parameters;
use crate::endpoints::{App, Failure, Refused, SecurityEvent};
use crate::http::{Request, Response};
use crate::oauth::client::Client;
use crate::oauth::token::error::TokenError;
use crate::oauth::token::family::Member;
use crate::platform::{Fault, Platform};
use crate::seal::{Opened, Unopened};
use crate::store::account::Revoke;

pub(in crate::endpoints) async fn revoke<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let parameters = parameters::of_program(request)?;
    let grant = AuthorizationGrant::to_revoke(app, parameters.get("token"));
    let client = authenticate_client(app, request, &parameters, &grant).await?;
    let token = parameters::required(&parameters, "token", "The token parameter is missing.")?;
    // The hint may be wrong (RFC 7009 section 2.1); the token itself says what it is.
    if let Some((account, family, member)) = found(app, &client, grant, token).await? {
        app.platform.ask_account(account, Revoke { family, client: client.id.clone(), member }).await?;
        app.log_event(SecurityEvent::Revoked, None, Some(&client.id));
    }
    Ok(Response::empty(200))
}

/// The token's place; `None` when there is nothing to revoke, which is a success (RFC 7009 section 2.2).
async fn found<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    grant: AuthorizationGrant,
    token: &str,
) -> Result<Option<(AccountId, FamilyId, Member)>, Failure> {
    match grant.refresh_token {
        Some(Ok(Opened { value: token, .. })) => {
            owned(token.client == client.id)?;
            let account = token.holder.account().ok();
            return Ok(account.map(|account| (account, token.family, Member::Refresh(token.number))));
        }
        // It is good later: to say that it is revoked would leave it to the thief.
        Some(Err(Unopened::Future)) => return Err(Fault::AheadOfTime.into()),
        _ => {}
    }
    let Ok(token) = verified(app, token).await? else {
        return Ok(None);
    };
    owned(token.client == client.id)?;
    match token.place {
        Some(place) => Ok(Some((place.account, place.family, Member::Access(place.serial)))),
        // RFC 7009 section 2.2.1: nothing is stored about machine tokens, so they end by themselves.
        None => Err(Refused::json(
            400,
            "unsupported_token_type",
            "Tokens from the client credentials grant cannot be revoked.",
        )
        .into()),
    }
}

fn owned(owned: bool) -> Result<(), Failure> {
    if owned {
        Ok(())
    } else {
        Err(Refused::token(TokenError::UnauthorizedClient, "The token was issued to another client.").into())
    }
}
