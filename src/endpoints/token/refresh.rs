//! `grant_type=refresh_token` (RFC 6749 section 6).

use super::{is_of_this_registration, permitted, required};
use crate::endpoints::steps::interaction::attempt;
use crate::endpoints::steps::issue::{self, FamilyContext, Issuing, invalid_grant};
use crate::endpoints::{App, Failure, Refused};
use crate::http::{Parameters, Response};
use crate::oauth::client::{Client, GrantType};
use crate::oauth::family::Refusal;
use crate::oauth::scope::Scopes;
use crate::platform::{Fault, Platform};
use crate::seal::Opened;
use crate::seal::refresh_token::RefreshToken;
use crate::store::account::Refresh;

/// One description for all: which check failed is in the log.
const INVALID: &str = "The refresh token is not valid, or not for this client.";

pub(super) async fn refresh<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    permitted(client, GrantType::RefreshToken)?;
    let sealed = required(parameters, "refresh_token", "The request has no refresh_token.")?;
    let opened = app.config.sealer.open::<RefreshToken>(sealed, app.now);
    let Opened { value: token, life } = opened.map_err(|error| invalid_grant(INVALID, error))?;
    if !is_of_this_registration(client, life) {
        return Err(invalid_grant(INVALID, "the client was registered anew since"));
    }
    if token.client != client.id {
        return Err(invalid_grant(INVALID, "the refresh token belongs to another client"));
    }
    let narrowed =
        parameters.get("scope").map(Scopes::parse).transpose().map_err(|error| invalid_scope(error.to_string()))?;
    let resources = narrowed_resources(&token, parameters)?;
    let signers = issue::signers(app, client)?;

    let ask = Refresh {
        attempt: attempt(app),
        family: token.family,
        number: token.number,
        client: client.id.clone(),
        rotates: client.rotates_refresh_tokens,
        scopes: narrowed.clone(),
    };
    let issued = app.platform.ask_account(token.account, ask).await?.map_err(|refusal| match refusal {
        Refusal::ScopeNotGranted => invalid_scope(refusal.to_string()),
        refusal => invalid_grant(INVALID, refusal),
    })?;
    let context: FamilyContext =
        serde_json::from_str(&issued.context).map_err(|error| Fault::Malformed(error.to_string()))?;

    let scopes = narrowed.unwrap_or_else(|| issued.scopes.clone());
    let issuing = Issuing {
        client,
        account: token.account,
        family: token.family,
        audiences: issue::audiences(&app.config.apis, &resources, &scopes, app.config.issuer.as_str()),
        scopes,
        resources: &token.resources,
        nonce: None,
    };
    issue::tokens(app, &signers, issuing, &context, &issued).await
}

fn invalid_scope(cause: String) -> Failure {
    Refused::json(400, "invalid_scope", "The scope is malformed or was not granted.").because(cause).into()
}

/// RFC 8707 section 2.2: fewer resources than were granted, never more.
fn narrowed_resources(token: &RefreshToken, parameters: &Parameters) -> Result<Vec<String>, Failure> {
    let asked: Vec<String> = parameters.all("resource").map(ToOwned::to_owned).collect();
    if asked.is_empty() {
        Ok(token.resources.clone())
    } else if asked.iter().all(|resource| token.resources.contains(resource)) {
        Ok(asked)
    } else {
        Err(Refused::json(400, "invalid_target", "A resource was not part of the authorization request.").into())
    }
}
