//! `grant_type=refresh_token` (RFC 6749 section 6).

use super::authorization_grant::AuthorizationGrant;
use super::issue;
use super::issue::{Issuing, invalid_grant, unopened};
use super::mint;
use super::permission::permitted;
use crate::endpoints::parameters::lacking;
use crate::endpoints::{App, Failure, Refused, SecurityEvent};
use crate::http::{Parameters, Response};
use crate::oauth::client::{Client, GrantType};
use crate::oauth::scope::Scopes;
use crate::oauth::token::entitlement::{Granted, Rights};
use crate::oauth::token::error::TokenError;
use crate::oauth::token::family::Refusal;
use crate::oauth::token::family_context::FamilyContext;
use crate::platform::{Fault, Platform, attempt};
use crate::seal::Opened;
use crate::store::account::Refresh;

/// One description for all: which check failed is in the log.
const INVALID: &str = "The refresh token is invalid, expired, revoked, or was issued to another client.";

pub(in crate::endpoints) async fn refresh<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    parameters: &Parameters,
    grant: AuthorizationGrant,
) -> Result<Response, Failure> {
    permitted(client, GrantType::RefreshToken)?;
    let opened = grant.refresh_token.ok_or_else(|| lacking("The refresh_token parameter is missing."))?;
    let Opened { value: token, life } = opened.map_err(|error| unopened(INVALID, error))?;
    let account = token.holder.account().map_err(|error| invalid_grant(INVALID, error))?;
    if !client.was_registered_at(life.sealed_at) {
        return Err(invalid_grant(INVALID, "the client was deleted and registered again since"));
    }
    if token.client != client.id {
        return Err(invalid_grant(INVALID, "the refresh token belongs to another client"));
    }
    let narrowed =
        parameters.get("scope").map(Scopes::parse).transpose().map_err(|error| invalid_scope(error.to_string()))?;
    if narrowed.as_ref().is_some_and(|scopes| !scopes.is_within(&client.registration.scopes)) {
        return Err(invalid_scope("the client may not ask for the scope any more".to_owned()));
    }
    let rights = Rights::of(client, app.realm());
    let before = Granted { scopes: narrowed.clone().unwrap_or_default(), apis: token.resources };
    let resources = || parameters.all("resource");
    match narrowed {
        Some(_) => drop(rights.of_grant(&before, None, resources())?),
        None => rights.may_name(&before.apis, resources())?,
    }
    let signers = mint::signers(app, client)?;

    let ask = Refresh {
        attempt: attempt(app.platform),
        family: token.family,
        number: token.number,
        client: client.id.clone(),
        rotates: client.registration.rotates_refresh_tokens,
        scopes: narrowed.clone(),
    };
    let issued = app.platform.ask_account(account, ask).await?.map_err(|refusal| match refusal {
        Refusal::ScopeNotGranted => invalid_scope(refusal.to_string()),
        refusal => {
            if refusal == Refusal::Replayed {
                app.log_event(SecurityEvent::RefreshTokenReplayed, None, Some(&client.id));
            }
            invalid_grant(INVALID, refusal)
        }
    })?;
    let granted = Granted { scopes: issued.scopes.clone(), ..before };
    let entitlement = rights.of_grant(&granted, narrowed.as_ref(), resources())?;
    if resources().next().is_none() && rights.narrows(&granted) {
        app.log_event(SecurityEvent::TokenNarrowed, None, Some(&client.id));
    }
    let context = FamilyContext::from_text(&issued.context).map_err(|error| Fault::Malformed(error.to_string()))?;

    let issuing = Issuing {
        client,
        account,
        family: token.family,
        entitlement,
        apis: granted.apis,
        // OpenID Connect Core section 12.2: "[...] it SHOULD NOT have a nonce Claim".
        nonce: None,
        says_end: false,
    };
    issue::tokens(app, &signers, issuing, &context, &issued).await
}

fn invalid_scope(cause: String) -> Failure {
    Refused::token(TokenError::InvalidScope, "The scope is malformed or was not granted.").because(cause).into()
}
