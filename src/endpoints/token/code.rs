//! `grant_type=authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

use super::{narrowed_resources, permitted};
use crate::base::Seconds;
use crate::endpoints::steps::interaction::attempt;
use crate::endpoints::steps::issue::{self, Issuing, invalid_grant, invalid_target};
use crate::endpoints::steps::mint;
use crate::endpoints::steps::parameters::required;
use crate::endpoints::{App, Failure, SecurityEvent};
use crate::http::{Parameters, Response};
use crate::oauth::api::Target;
use crate::oauth::claims_request::AskedClaims;
use crate::oauth::client::{Client, GrantType};
use crate::oauth::family::{RefreshLifetime, Refusal};
use crate::oauth::family_context::FamilyContext;
use crate::oauth::pkce::CodeVerifier;
use crate::platform::{Fault, Platform};
use crate::seal::Opened;
use crate::seal::code::Code;
use crate::store::account::Redeem;

/// The longest pause between two uses of a refresh token.
pub const REFRESH_IDLE: Seconds = Seconds::new(30 * 86_400);

/// The longest time that a family can be refreshed.
pub const REFRESH_ABSOLUTE: Seconds = Seconds::new(365 * 86_400);

/// One description for all: which check failed is in the log.
const INVALID: &str = "The code is not valid, or not for this client, redirect URI or verifier.";

pub(super) async fn redeem<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    // Everything that can be refused without storage is refused before the object is called.
    permitted(client, GrantType::AuthorizationCode)?;
    let sealed = required(parameters, "code", "The request has no code.")?;
    let opened = app.config.sealer.open::<Code>(sealed, app.now).map_err(|error| invalid_grant(INVALID, error))?;
    let Opened { value: code, life } = opened;
    if !client.was_registered_at(life.sealed_at) {
        return Err(invalid_grant(INVALID, "the client was registered anew since"));
    }
    check(&code, client, parameters)?;
    let ourselves = app.config.issuer.as_str();
    // The client may have lost a scope since.
    let scopes = code.scopes.filtered(|scope| client.scopes.contains(scope));
    let granted = Target::of(&app.config.apis, ourselves, &code.resources, &scopes);
    let target = match narrowed_resources(&granted.audiences, parameters)?.as_slice() {
        [] => granted.clone(),
        asked => Target::of(&app.config.apis, ourselves, asked, &scopes),
    };
    if target.scopes.is_empty() {
        return Err(invalid_target("none of the scopes belongs to a resource"));
    }
    let signers = mint::signers(app, client)?;

    let claims = AskedClaims::from_text(code.claims.as_deref()).map_err(|error| Fault::Malformed(error.to_string()))?;
    let context = FamilyContext { auth_time: code.auth_time, authentication: code.authentication.clone(), claims };
    let offline = scopes.contains("offline_access");
    let refresh = (offline && client.may_use(GrantType::RefreshToken))
        .then(|| RefreshLifetime { ends_at: app.now.plus(REFRESH_ABSOLUTE), idle: REFRESH_IDLE });
    let ask = Redeem {
        attempt: attempt(app),
        family: code.family,
        code: code.code,
        code_expires_at: life.expires_at,
        client: client.id.clone(),
        grant: code.grant,
        session: code.session,
        epoch: code.epoch,
        scopes,
        offline,
        refresh,
        access_lifetime: granted.longest_lifetime(&app.config.apis, client),
        context: serde_json::to_string(&context).map_err(|error| Fault::Malformed(error.to_string()))?,
    };
    let issued = app.platform.ask_account(code.account, ask).await?.map_err(|refusal| {
        if refusal == Refusal::Replayed {
            app.log_event(SecurityEvent::CodeReplayed, None, Some(&client.id));
        }
        invalid_grant(INVALID, refusal)
    })?;

    let issuing = Issuing {
        client,
        account: code.account,
        family: code.family,
        target,
        resources: granted.resources(ourselves),
        nonce: code.nonce.as_deref(),
    };
    issue::tokens(app, &signers, issuing, &context, &issued).await
}

/// The code must be this client's, for this redirect URI, with its verifier.
fn check(code: &Code, client: &Client, parameters: &Parameters) -> Result<(), Failure> {
    if code.client != client.id {
        return Err(invalid_grant(INVALID, "the code belongs to another client"));
    }
    match (code.challenge, parameters.get("code_verifier")) {
        (None, None) => {}
        // "If the authorization server receives a code_verifier without a challenge [...] reject" - RFC 9700 section 2.1.1
        (None, Some(_)) => return Err(invalid_grant(INVALID, "a verifier without a challenge")),
        (Some(_), None) => return Err(invalid_grant(INVALID, "the verifier is missing")),
        (Some(challenge), Some(verifier)) => {
            let matches = CodeVerifier::parse(verifier).is_some_and(|verifier| challenge.matches(&verifier));
            if !matches {
                return Err(invalid_grant(INVALID, "the verifier does not match"));
            }
        }
    }
    match parameters.get("redirect_uri") {
        Some(sent) if sent == code.redirect_uri => Ok(()),
        Some(_) => Err(invalid_grant(INVALID, "the redirect URI is another")),
        // OAuth 2.1 section 10.2 dropped the parameter, because PKCE protects what it protected; without PKCE it stays.
        None if code.challenge.is_some() => Ok(()),
        None => Err(invalid_grant(INVALID, "the redirect URI is missing")),
    }
}
