//! Tokens for what an object issued (RFC 6749 section 5.1).

use serde::{Deserialize, Serialize};

use crate::base::encoding::base64url;
use crate::base::{AccountId, FamilyId, Seconds, UnixTime};
use crate::endpoints::{App, Failure, Refused};
use crate::http::Response;
use crate::jose::jws::SigningInput;
use crate::jose::{Algorithm, SigningKey};
use crate::oauth::api::{ACCESS_TOKEN_LIFETIME, Api};
use crate::oauth::client::Client;
use crate::oauth::scope::Scopes;
use crate::platform::{Fault, Platform, random};
use crate::seal::Life;
use crate::seal::access_claim::AccessClaim;
use crate::seal::refresh_token::RefreshToken;
use crate::store::account::Issued;
use sha2::{Digest as _, Sha256};

/// What a family's row keeps for later answers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FamilyContext {
    /// When the person was authenticated.
    pub auth_time: UnixTime,
}

/// The answer of the token endpoint.
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: Seconds,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// Claims of an access token (RFC 9068 section 2.2).
#[derive(Serialize)]
struct AccessTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Audience<'a>,
    client_id: &'a str,
    scope: &'a str,
    iat: UnixTime,
    exp: UnixTime,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<UnixTime>,
    #[serde(rename = "gr", skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// One audience is a string, several are a list (RFC 7519 section 4.1.3).
#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

/// Claims of an ID token (OpenID Connect Core section 2).
#[derive(Serialize)]
struct IdTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: UnixTime,
    exp: UnixTime,
    auth_time: UnixTime,
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// How long an ID token can be used to sign in.
const ID_TOKEN_LIFETIME: Seconds = Seconds::new(600);

/// What tokens are made of beside what the object issued.
pub struct Issuing<'a> {
    /// Whom they are for.
    pub client: &'a Client,
    /// The account behind them.
    pub account: AccountId,
    /// Their family.
    pub family: FamilyId,
    /// What the access token allows, within what was granted.
    pub scopes: Scopes,
    /// Whom the access token is meant for.
    pub audiences: Vec<String>,
    /// The resources that were granted, for the refresh token.
    pub resources: &'a [String],
    /// The request's `nonce`.
    pub nonce: Option<&'a str>,
}

/// The keys that sign for a client. Asked before anything is stored: what was stored must be answered.
pub struct Signers<'a> {
    access: &'a SigningKey,
    id: &'a SigningKey,
}

/// Finds the keys.
///
/// # Errors
/// When the client registered an algorithm for which there is no key any more.
pub fn signers<'a, P>(app: &App<'a, P>, client: &Client) -> Result<Signers<'a>, Failure> {
    let key = |algorithm| app.config.keyring.signing(algorithm);
    match (key(Algorithm::Es256), key(client.id_token_algorithm)) {
        (Some(access), Some(id)) => Ok(Signers { access, id }),
        _ => Err(Fault::Crypto("there is no key for an algorithm that tokens need".to_owned()).into()),
    }
}

/// Whom tokens are meant for: the resources asked for, or the default API; and us, where userinfo may be asked or where
/// the scopes are our own.
#[must_use]
pub fn audiences(apis: &[Api], resources: &[String], scopes: &Scopes, issuer: &str) -> Vec<String> {
    let default = || apis.iter().find(|api| api.is_default).or(apis.first()).map(|api| api.audience.clone());
    let mut audiences = if resources.is_empty() { default().into_iter().collect() } else { resources.to_vec() };
    if scopes.contains("openid") || audiences.is_empty() {
        audiences.push(issuer.to_owned());
    }
    audiences
}

/// How long an access token of a client for these audiences lives: the shortest that any of them allows.
#[must_use]
pub fn access_token_lifetime(apis: &[Api], audiences: &[String], client: &Client) -> Seconds {
    let of_apis =
        apis.iter().filter(|api| audiences.contains(&api.audience)).map(|api| api.access_token_lifetime).min();
    client.access_token_lifetime.or(of_apis).unwrap_or(ACCESS_TOKEN_LIFETIME)
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
    let lifetime = access_token_lifetime(&app.config.apis, &issuing.audiences, issuing.client);
    let expires_at = app.now.plus(lifetime);
    let claim = AccessClaim { account: issuing.account, family: issuing.family, serial: issued.serial };
    let life = Life { sealed_at: app.now, expires_at };
    let place = app.config.sealer.seal(&claim, life, random(app.platform)).map_err(Fault::from)?;
    let scope = issuing.scopes.to_string();
    let claims = AccessTokenClaims {
        iss: app.config.issuer.as_str(),
        sub: &issued.sub,
        aud: audience(&issuing.audiences),
        client_id: issuing.client.id.as_str(),
        scope: &scope,
        iat: app.now,
        exp: expires_at,
        jti: base64url(&random::<16>(app.platform)),
        auth_time: Some(context.auth_time),
        place: Some(place),
    };
    let access_token = sign(app, signers.access, "at+jwt", &claims).await?;
    let id_token = if issuing.scopes.contains("openid") {
        let claims = IdTokenClaims {
            iss: app.config.issuer.as_str(),
            sub: &issued.sub,
            aud: issuing.client.id.as_str(),
            iat: app.now,
            exp: app.now.plus(ID_TOKEN_LIFETIME),
            auth_time: context.auth_time,
            at_hash: half_hash(signers.id.algorithm(), &access_token),
            nonce: issuing.nonce,
        };
        Some(sign(app, signers.id, "JWT", &claims).await?)
    } else {
        None
    };
    let refresh_token = match (issued.refresh, issued.refresh_ends_at) {
        (Some(number), Some(expires_at)) => {
            let value = RefreshToken {
                account: issuing.account,
                family: issuing.family,
                number,
                client: issuing.client.id.clone(),
                client_version: issuing.client.version,
                resources: issuing.resources.to_vec(),
                dpop_jkt: None,
            };
            let life = Life { sealed_at: app.now, expires_at };
            Some(app.config.sealer.seal(&value, life, random(app.platform)).map_err(Fault::from)?)
        }
        _ => None,
    };
    let body =
        TokenResponse { access_token, token_type: "Bearer", expires_in: lifetime, scope, id_token, refresh_token };
    respond(&body)
}

/// A token for a client itself: no person, no family, nothing stored (RFC 6749 section 4.4).
///
/// # Errors
/// When the platform fails.
pub async fn machine_token<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    scopes: &Scopes,
    audiences: &[String],
) -> Result<Response, Failure> {
    let signers = signers(app, client)?;
    let lifetime = access_token_lifetime(&app.config.apis, audiences, client);
    let scope = scopes.to_string();
    let claims = AccessTokenClaims {
        iss: app.config.issuer.as_str(),
        sub: client.id.as_str(),
        aud: audience(audiences),
        client_id: client.id.as_str(),
        scope: &scope,
        iat: app.now,
        exp: app.now.plus(lifetime),
        jti: base64url(&random::<16>(app.platform)),
        auth_time: None,
        place: None,
    };
    let access_token = sign(app, signers.access, "at+jwt", &claims).await?;
    let body = TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in: lifetime,
        scope,
        id_token: None,
        refresh_token: None,
    };
    respond(&body)
}

fn audience(audiences: &[String]) -> Audience<'_> {
    match audiences {
        [one] => Audience::One(one),
        several => Audience::Several(several),
    }
}

async fn sign<P: Platform>(
    app: &App<'_, P>,
    key: &SigningKey,
    typ: &str,
    claims: &impl Serialize,
) -> Result<String, Fault> {
    let input = SigningInput::new(key, typ, claims).map_err(|error| Fault::Malformed(error.to_string()))?;
    let signature = app.platform.sign(key, input.as_bytes()).await?;
    Ok(input.signed(&signature))
}

/// `at_hash` (OpenID Connect Core section 3.1.3.6): the left half of the digest that belongs to the ID token's algorithm.
fn half_hash(algorithm: Algorithm, token: &str) -> String {
    match algorithm {
        // Ed25519 signs with SHA-512 inside.
        Algorithm::EdDsa => base64url(sha2::Sha512::digest(token.as_bytes()).split_at(32).0),
        Algorithm::Es256 | Algorithm::Ps256 | Algorithm::Rs256 => {
            base64url(Sha256::digest(token.as_bytes()).split_at(16).0)
        }
    }
}

fn respond(body: &TokenResponse) -> Result<Response, Failure> {
    let response = Response::json(200, body).map_err(|error| Fault::Malformed(error.to_string()))?;
    // RFC 6749 section 5.1; `no-store` is on every response.
    Ok(response.with("pragma", "no-cache"))
}

/// `invalid_grant`, with the cause for the log.
#[must_use]
pub fn invalid_grant(description: &'static str, cause: impl ToString) -> Failure {
    Refused::json(400, "invalid_grant", description).because(cause).into()
}
