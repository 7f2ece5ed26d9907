//! Tokens for what an object issued (RFC 6749 section 5.1).

use serde::Serialize;

use super::mint;
use super::mint::{AccessContent, IdContent, Signers};
use crate::base::{AccountId, FamilyId, Seconds, UnixTime};
use crate::endpoints::{App, Failure, Refused};
use crate::http::Response;
use crate::oauth::client::Client;
use crate::oauth::person::pairwise;
use crate::oauth::token::entitlement::Entitlement;
use crate::oauth::token::error::TokenError;
use crate::oauth::token::family_context::FamilyContext;
use crate::oauth::token::sid::Sid;
use crate::platform::{Fault, Platform, random};
use crate::seal::access_claim::AccessClaim;
use crate::seal::refresh_token::RefreshToken;
use crate::seal::{FamilyHolder, Life, Unopened};
use crate::store::account::Issued;

/// The answer of the token endpoint.
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<UnixTime>,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// What tokens are made of beside what the object issued.
pub struct Issuing<'a> {
    /// Whom they are for.
    pub client: &'a Client,
    /// The account behind them.
    pub account: AccountId,
    pub family: FamilyId,
    /// What they are for, and what they allow.
    pub entitlement: Entitlement<'a>,
    /// The APIs of the grant, for the refresh token.
    pub apis: Vec<String>,
    /// The request's `nonce`.
    pub nonce: Option<&'a str>,
    /// Whether the answer says when the access token ends, beside how long it lives: clients of the JSON facade keep that.
    pub says_end: bool,
}

/// Signs and seals what the object issued, and answers with it.
///
/// # Errors
/// When the platform fails.
pub async fn tokens<P: Platform>(
    app: &App<'_, P>,
    signers: &Signers<'_>,
    issuing: Issuing<'_>,
    context: &FamilyContext,
    issued: &Issued,
) -> Result<Response, Failure> {
    let Issuing { client, account, family, entitlement, apis, nonce, says_end } = issuing;
    let holder = FamilyHolder::Account(account);
    let lifetime = entitlement.lifetime();
    let sub = pairwise::shown(client, &issued.sub, &app.config.subject_key);
    let access = AccessContent {
        client,
        sub: &sub,
        entitlement: &entitlement,
        context: Some(context),
        place: Some(AccessClaim { holder, family, serial: issued.serial }),
    };
    let access_token = mint::access_token(app, signers, &access).await?;
    let id_token = if entitlement.identifies() {
        let asked = issued.claims.as_ref().map(|person| entitlement.of_id_token(person, &context.claims));
        let id = IdContent {
            client,
            sub: &sub,
            context,
            sid: Sid::of(issued.session, &client.id),
            access_token: &access_token,
            nonce,
            asked: asked.unwrap_or_default(),
        };
        Some(mint::id_token(app, signers, id).await?)
    } else {
        None
    };
    let refresh_token = match (issued.refresh, issued.refresh_ends_at) {
        (Some(number), Some(expires_at)) => {
            let value = RefreshToken {
                holder,
                family,
                number,
                client: client.id.clone(),
                client_version: client.version,
                resources: apis,
                dpop_jkt: None,
            };
            let life = Life { sealed_at: app.now, expires_at };
            Some(app.config.sealer.seal(&value, life, random(app.platform)).map_err(Fault::from)?)
        }
        _ => None,
    };
    let scope = entitlement.scopes().to_string();
    respond(&TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in: lifetime,
        expires_at: says_end.then(|| app.now.plus(lifetime)),
        scope,
        id_token,
        refresh_token,
    })
}

/// A token for a client itself: no person, no family, nothing stored (RFC 6749 section 4.4).
///
/// # Errors
/// When the platform fails.
pub async fn machine_token<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    entitlement: &Entitlement<'_>,
) -> Result<Response, Failure> {
    let signers = mint::signers(app, client)?;
    let sub = client.id.subject();
    let access = AccessContent { client, sub: &sub, entitlement, context: None, place: None };
    let access_token = mint::access_token(app, &signers, &access).await?;
    respond(&TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in: entitlement.lifetime(),
        expires_at: None,
        scope: entitlement.scopes().to_string(),
        id_token: None,
        refresh_token: None,
    })
}

fn respond(body: &TokenResponse) -> Result<Response, Failure> {
    let response = Response::json(200, body).map_err(|error| Fault::Malformed(error.to_string()))?;
    // RFC 6749 section 5.1; `no-store` is on every response.
    Ok(response.with("pragma", "no-cache"))
}

/// `invalid_grant`, with the cause for the log.
#[must_use]
pub fn invalid_grant(description: &'static str, cause: impl ToString) -> Failure {
    Refused::token(TokenError::InvalidGrant, description).because(cause).into()
}

/// `invalid_grant` for what cannot be opened. What a clock alone refuses is good later, and clients throw away what is
/// `invalid_grant`: they are told to try again.
#[must_use]
pub fn unopened(description: &'static str, cause: Unopened) -> Failure {
    if cause == Unopened::Future { Fault::AheadOfTime.into() } else { invalid_grant(description, cause) }
}
