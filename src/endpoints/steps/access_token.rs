//! Access tokens that are shown to us: read, verified, and asked for at the person's object.

use serde::Deserialize;

use crate::base::Secret;
use crate::endpoints::{App, Failure, Refused};
use crate::http::authorization::Authorization;
use crate::http::{Method, Parameters, Request};
use crate::jose::jws::{UnverifiedJws, VerifiedJws};
use crate::oauth::scope::Scopes;
use crate::platform::{Fault, Platform};
use crate::seal::access_claim::AccessClaim;

/// An access token of ours whose signature and time are good. Whether it was revoked, its family says.
#[derive(Debug)]
pub struct AccessToken {
    /// Whom it is for.
    pub client_id: String,
    /// What it allows.
    pub scopes: Scopes,
    /// Whom it is meant for.
    pub audiences: Vec<String>,
    /// Its place in a family; machine tokens have none.
    pub place: Option<AccessClaim>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    client_id: String,
    scope: String,
    #[serde(rename = "gr")]
    place: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The one bearer token of a request: in the header, or in the form of a POST (RFC 6750 sections 2.1 and 2.2), never in
/// the query.
///
/// # Errors
/// When there is none, or more than one.
pub fn presented(request: &Request) -> Result<Secret<String>, Failure> {
    let in_header = match Authorization::of(request) {
        Ok(Some(Authorization::Bearer(token))) => Some(token),
        Ok(None) => None,
        Ok(Some(_)) | Err(_) => return Err(malformed()),
    };
    let form = request.method() == Method::Post && request.header("content-type").is_some();
    let parameters = if form { Parameters::of_body(request).map_err(|_| malformed())? } else { Parameters::default() };
    let in_body = parameters.get("access_token").map(|token| Secret::new(token.to_owned()));
    match (in_header, in_body) {
        (Some(token), None) | (None, Some(token)) => Ok(token),
        // RFC 6750 section 3.1: without any credential, no error code.
        (None, None) => Err(Refused::json(401, "invalid_token", "An access token is needed.")
            .with("www-authenticate", "Bearer")
            .into()),
        (Some(_), Some(_)) => Err(malformed()),
    }
}

fn malformed() -> Failure {
    Refused::json(400, "invalid_request", "The access token has to be sent once and in one way.")
        .with("www-authenticate", "Bearer error=\"invalid_request\"")
        .into()
}

/// `invalid_token` (RFC 6750 section 3.1), with the cause for the log.
pub fn invalid(cause: impl ToString) -> Failure {
    Refused::json(401, "invalid_token", "The access token is not valid, or not any more.")
        .with("www-authenticate", "Bearer error=\"invalid_token\"")
        .because(cause)
        .into()
}

/// Reads and verifies a token by what is in it.
///
/// # Errors
/// [`Fault`] when the platform fails.
pub async fn verified<P: Platform>(app: &App<'_, P>, token: &str) -> Result<Result<AccessToken, String>, Fault> {
    let jws = match UnverifiedJws::parse(token) {
        Ok(jws) => jws,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let Some(key) = jws.kid().and_then(|kid| app.config.keyring.find(kid)) else {
        return Ok(Err("the token names no key of ours".to_owned()));
    };
    // The type keeps ID tokens, which the same keys sign, from passing for access tokens (RFC 9068 section 4).
    if let Err(error) = jws.agrees(key.algorithm(), "at+jwt") {
        return Ok(Err(error.to_string()));
    }
    let good = app.platform.verify(key, jws.signing_input(), jws.signature()).await?;
    Ok(jws.verified::<Claims>(good).map_err(|error| error.to_string()).and_then(|token| accepted(app, token)))
}

fn accepted<P>(app: &App<'_, P>, token: VerifiedJws<Claims>) -> Result<AccessToken, String> {
    let claims = token.claims;
    if claims.iss != app.config.issuer.as_str() {
        return Err("the token is of another issuer".to_owned());
    }
    if token.expires_at.is_none_or(|expires_at| app.now >= expires_at) {
        return Err("the token has expired".to_owned());
    }
    let open = |sealed: &str| app.config.sealer.open::<AccessClaim>(sealed, app.now).map(|opened| opened.value);
    Ok(AccessToken {
        client_id: claims.client_id,
        scopes: Scopes::parse(&claims.scope).map_err(|error| error.to_string())?,
        audiences: match claims.aud {
            Audience::One(audience) => vec![audience],
            Audience::Several(audiences) => audiences,
        },
        place: claims.place.as_deref().map(open).transpose().map_err(|error| error.to_string())?,
    })
}
