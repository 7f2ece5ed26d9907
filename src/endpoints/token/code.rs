//! `grant_type=authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

use super::authorization_grant::AuthorizationGrant;
use super::issue;
use super::issue::{Issuing, invalid_grant, unopened};
use super::linked;
use super::mint;
use super::permission::permitted;
use crate::endpoints::parameters::lacking;
use crate::endpoints::{App, Failure, SecurityEvent};
use crate::http::{Parameters, Response};
use crate::lifetimes;
use crate::lookup::client;
use crate::oauth::client::{Client, GrantType};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::person::user_identity::UserIdentity;
use crate::oauth::request::claims_request::AskedClaims;
use crate::oauth::request::pkce::CodeVerifier;
use crate::oauth::token::entitlement::Rights;
use crate::oauth::token::family::{RefreshLifetime, Refusal};
use crate::oauth::token::family_context::FamilyContext;
use crate::platform::{Fault, Platform, attempt};
use crate::seal::Opened;
use crate::seal::code::Code;
use crate::store::account::Redeem;
use crate::store::registry::MarkUsed;

/// One description for all: which check failed is in the log.
const INVALID: &str = "The code is invalid, expired, or was issued for another client, redirect URI or verifier.";

pub(in crate::endpoints) async fn redeem<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    parameters: &Parameters,
    grant: AuthorizationGrant,
) -> Result<Response, Failure> {
    // Everything that can be refused without storage is refused before the object is called.
    permitted(client, GrantType::AuthorizationCode)?;
    let opened = grant.code.ok_or_else(|| lacking("The code parameter is missing."))?;
    let Opened { value: code, life } = opened.map_err(|error| unopened(INVALID, error))?;
    let account = code.holder.account().map_err(|error| invalid_grant(INVALID, error))?;
    if !client.was_registered_at(life.sealed_at) {
        return Err(invalid_grant(INVALID, "the client was deleted and registered again since"));
    }
    check(&code, client, parameters)?;
    check_link(app, &code, parameters)?;
    let rights = Rights::of(client, app.realm());
    let granted = code.granted.within(rights);
    let entitlement = rights.of_grant(&granted, None, parameters.all("resource"))?;
    let signers = mint::signers(app, client)?;

    let claims = AskedClaims::from_text(code.claims.as_deref()).map_err(|error| Fault::Malformed(error.to_string()))?;
    let context = FamilyContext { auth_time: code.auth_time, authentication: code.authentication.clone(), claims };
    let offline = granted.scopes.contains(OwnScope::OfflineAccess);
    let refresh = (offline && client.may_use(GrantType::RefreshToken))
        .then(|| RefreshLifetime { ends_at: app.now.plus(lifetimes::REFRESH_ABSOLUTE), idle: lifetimes::REFRESH_IDLE });
    if client.is_unused {
        mark_used(app, client).await?;
    }
    let ask = Redeem {
        attempt: attempt(app.platform),
        family: code.family,
        code: code.code,
        code_expires_at: life.expires_at,
        client: client.id.clone(),
        grant: code.grant,
        session: code.session,
        epoch: code.epoch,
        scopes: granted.scopes.clone(),
        offline,
        refresh,
        access_lifetime: rights.longest_lifetime(&granted),
        context: serde_json::to_string(&context).map_err(|error| Fault::Malformed(error.to_string()))?,
    };
    let issued = app.platform.ask_account(account, ask).await?.map_err(|refusal| {
        if refusal == Refusal::Replayed {
            app.log_event(SecurityEvent::CodeReplayed, None, Some(&client.id));
        }
        invalid_grant(INVALID, refusal)
    })?;
    if let Some(key) = code.link {
        // What is answered is linked: a client that got no answer presents the code again, which ends the family.
        linked::put(app, &client.id, key, account, code.family).await?;
    }

    let issuing = Issuing {
        client,
        account,
        family: code.family,
        entitlement,
        apis: granted.apis,
        nonce: code.nonce.as_deref(),
        says_end: code.link.is_some(),
    };
    issue::tokens(app, &signers, issuing, &context, &issued).await
}

/// A client of the JSON facade says whose code it expects. Otherwise anybody could link their own account to another user of
/// the client, or another user's account to themselves, by making that user's browser deliver a code.
fn check_link<P>(app: &App<'_, P>, code: &Code, parameters: &Parameters) -> Result<(), Failure> {
    let identity = parameters.get("client_user_identity").and_then(UserIdentity::parse);
    let key = identity
        .zip(code.granted.apis.first())
        .map(|(identity, audience)| identity.key(&code.client, audience, &app.config.subject_key));
    match (parameters.get("client_user_identity"), code.link) {
        (None, None) => Ok(()),
        (Some(_), Some(link)) if key == Some(link) => Ok(()),
        (Some(_), _) => Err(invalid_grant(INVALID, "the code was made for another user of the client")),
        (None, Some(_)) => Err(invalid_grant(INVALID, "the code links a user, and the client does not say which")),
    }
}

/// A client that registered itself stays from now on: a person has consented to it. Before the code is redeemed, so that
/// no tokens are issued to a client that is being deleted.
async fn mark_used<P: Platform>(app: &App<'_, P>, client: &Client) -> Result<(), Failure> {
    let ask = MarkUsed { attempt: attempt(app.platform), id: client.id.clone() };
    let version = app.platform.ask_registry(ask).await?.map_err(|denied| invalid_grant(INVALID, denied))?;
    client::changed(app.platform, &client.id, Some(version));
    Ok(())
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
