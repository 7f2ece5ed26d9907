//! Access tokens that are shown to us: read, verified, and asked for at the user's object.

use std::ops::Deref;
use std::rc::Rc;

use serde::Deserialize;

use crate::base::{AccountId, FamilyId, Secret, UnixTime};
use crate::endpoints::token::own_jws;
use crate::endpoints::{App, Failure, Refused};
use crate::http::authorization::Authorization;
use crate::http::parameters::Malformed;
use crate::http::{Method, Parameters, Request, Response};
use crate::jose::jws::VerifiedJws;
use crate::lookup::client;
use crate::lookup::client::Freshness;
use crate::oauth::client::{Client, ClientId};
use crate::oauth::scope::Scopes;
use crate::oauth::token::entitlement::{Claimed, Entitlement, Rights};
use crate::oauth::token::error::BearerError;
use crate::platform::{Fault, Platform};
use crate::seal::Unopened;
use crate::seal::access_claim::AccessClaim;
use crate::seal::opaque::OpaqueToken;

/// An access token of ours whose signature and time are good, sealed or not. Whether it was revoked, its family says;
/// whether its client still is one, [`living_client`].
#[derive(Debug)]
pub struct AccessToken(Content);

/// What an access token says.
#[derive(Debug)]
pub struct Content {
    /// Whom it is about, as its client knows the user.
    pub sub: String,
    /// Whom it was issued to.
    pub client: ClientId,
    /// Whom it is meant for, and what it allows, as it says itself.
    pub claimed: Claimed,
    pub issued_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
    /// Its name.
    pub jti: String,
    /// When the user was authenticated.
    pub auth_time: Option<UnixTime>,
    /// The authentication context class.
    pub acr: Option<String>,
    /// Its place in a family; machine tokens have none.
    pub place: Option<FamilyPlace>,
}

/// Where an access token belongs: the claim of one that an account holds.
#[derive(Clone, Copy, Debug)]
pub struct FamilyPlace {
    /// The object that decides about it.
    pub account: AccountId,
    pub family: FamilyId,
    /// Its serial within the family.
    pub serial: UnixTime,
}

impl AccessToken {
    /// What it is worth now to `client`, which got it.
    pub fn entitlement<'a, P: Platform>(&self, app: &App<'a, P>, client: &'a Client) -> Option<Entitlement<'a>> {
        Rights::of(client, app.realm()).of_token(&self.claimed)
    }

    /// The same where it is for this server: for userinfo or administration.
    pub fn entitlement_here<'a, P: Platform>(&self, app: &App<'a, P>, client: &'a Client) -> Option<Entitlement<'a>> {
        let issuer = app.config.issuer.as_str();
        self.entitlement(app, client).filter(|entitlement| entitlement.is_for(issuer))
    }
}

impl Deref for AccessToken {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.0
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    client_id: ClientId,
    scope: Scopes,
    jti: String,
    auth_time: Option<UnixTime>,
    acr: Option<String>,
    #[serde(rename = "gr")]
    place: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The one bearer token of a request: in the header, or in the form of a POST (RFC 6750 sections 2.1 and 2.2), never in the
/// query, which lands in logs (RFC 9700 section 4.3.2).
///
/// # Errors
/// When there is none, one in the query, or more than one.
pub fn presented<P>(app: &App<'_, P>, request: &Request) -> Result<Secret<String>, Failure> {
    let twice = || malformed(app, "the access token was sent in more than one way");
    let query = Parameters::of_query(request).map_err(|error| malformed(app, error))?;
    if query.get("access_token").is_some() {
        return Err(malformed(app, "the access token is in the query"));
    }
    let in_body = if request.method() == Method::Post {
        match Parameters::of_body(request) {
            Ok(form) => form.get("access_token").map(|token| Secret::new(token.to_owned())),
            // RFC 6750 section 2.2: a body of another type carries no token.
            Err(Malformed::ContentType) => None,
            Err(error) => return Err(malformed(app, error)),
        }
    } else {
        None
    };
    match (in_header(app, request)?, in_body) {
        (Some(token), None) | (None, Some(token)) => Ok(token),
        (None, None) => {
            // RFC 6750 section 3.1: "If the request lacks any authentication information [...] the resource server SHOULD NOT
            // include an error code or other error information."
            let response = Response::empty(401).with("www-authenticate", challenge(app, ""));
            Err(Failure::Rendered(response, "there is no access token".to_owned()))
        }
        (Some(_), Some(_)) => Err(twice()),
    }
}

/// The token of the header. Credentials of another scheme are none (RFC 6750 section 3.1), a malformed bearer token is one.
fn in_header<P>(app: &App<'_, P>, request: &Request) -> Result<Option<Secret<String>>, Failure> {
    let scheme = request.header("authorization").and_then(|value| value.split(' ').next());
    if !scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")) {
        return Ok(None);
    }
    match Authorization::of(request) {
        Ok(Some(Authorization::Bearer(token))) => Ok(Some(token)),
        Ok(_) => Ok(None),
        Err(error) => Err(malformed(app, error)),
    }
}

/// The challenge (RFC 6750 section 3), which has to have one parameter at least.
fn challenge<P>(app: &App<'_, P>, error: &str) -> String {
    format!("Bearer realm=\"{}\"{error}", app.config.issuer.as_str())
}

fn malformed<P>(app: &App<'_, P>, cause: impl ToString) -> Failure {
    Refused::bearer(
        BearerError::InvalidRequest,
        "The access token must be sent once, in one way, and never in the query.",
    )
    .with("www-authenticate", challenge(app, ", error=\"invalid_request\""))
    .because(cause)
    .into()
}

/// `invalid_token` (RFC 6750 section 3.1), with the cause for the log.
pub fn invalid<P>(app: &App<'_, P>, cause: impl ToString) -> Failure {
    Refused::bearer(BearerError::InvalidToken, "The access token is invalid, expired or revoked.")
        .with("www-authenticate", challenge(app, ", error=\"invalid_token\""))
        .because(cause)
        .into()
}

/// `insufficient_scope` (RFC 6750 section 3.1), with the scope that is needed.
pub fn insufficient<P>(app: &App<'_, P>, scope: &str) -> Failure {
    Refused::bearer(BearerError::InsufficientScope, "The access token lacks a scope that this request requires.")
        .with("www-authenticate", challenge(app, &format!(", error=\"insufficient_scope\", scope=\"{scope}\"")))
        .into()
}

/// Reads and verifies a token by what is in it.
///
/// # Errors
/// [`Fault`] when the platform fails.
pub async fn verified<P: Platform>(app: &App<'_, P>, token: &str) -> Result<Result<AccessToken, String>, Fault> {
    match app.config.sealer.open::<OpaqueToken>(token, app.now) {
        Ok(opened) => signed(app, &opened.value.0).await,
        Err(Unopened::Future) => Err(Fault::AheadOfTime),
        // What is not sealed may be signed alone.
        Err(_) => signed(app, token).await,
    }
}

async fn signed<P: Platform>(app: &App<'_, P>, token: &str) -> Result<Result<AccessToken, String>, Fault> {
    // The type keeps ID tokens, which the same keys sign, from passing for access tokens (RFC 9068 section 4).
    match own_jws::verified(app, token, "at+jwt").await? {
        Ok(token) => accepted(app, token),
        Err(cause) => Ok(Err(cause)),
    }
}

fn accepted<P>(app: &App<'_, P>, token: VerifiedJws<Claims>) -> Result<Result<AccessToken, String>, Fault> {
    let place = token.claims.place.as_deref().map(|sealed| place(app, sealed)).transpose()?;
    Ok(place.transpose().and_then(|place| content(app, token, place)).map(AccessToken))
}

fn content<P>(app: &App<'_, P>, token: VerifiedJws<Claims>, place: Option<FamilyPlace>) -> Result<Content, String> {
    let claims = token.claims;
    if claims.iss != app.config.issuer.as_str() {
        return Err("the token is of another issuer".to_owned());
    }
    let (Some(issued_at), Some(expires_at)) = (token.issued_at, token.expires_at) else {
        return Err("the token has no times".to_owned());
    };
    if app.now >= expires_at {
        return Err("the token has expired".to_owned());
    }
    let audiences = match claims.aud {
        Audience::One(audience) => vec![audience],
        Audience::Several(audiences) => audiences,
    };
    Ok(Content {
        sub: claims.sub,
        client: claims.client_id,
        claimed: Claimed::new(audiences, claims.scope, claims.place.is_none()),
        issued_at,
        expires_at,
        jti: claims.jti,
        auth_time: claims.auth_time,
        acr: claims.acr,
        place,
    })
}

fn place<P>(app: &App<'_, P>, sealed: &str) -> Result<Result<FamilyPlace, String>, Fault> {
    let claim = match app.config.sealer.open::<AccessClaim>(sealed, app.now) {
        Ok(opened) => opened.value,
        Err(Unopened::Future) => return Err(Fault::AheadOfTime),
        Err(unopened) => return Ok(Err(unopened.to_string())),
    };
    let account = claim.holder.account().map_err(|error| error.to_string());
    Ok(account.map(|account| FamilyPlace { account, family: claim.family, serial: claim.serial }))
}

/// The client that got the token, if it is still registered, and was not deleted and registered again since. For a token of
/// administration, the registry says so.
///
/// # Errors
/// [`Fault`] when the platform fails.
pub async fn living_client<P: Platform>(
    app: &App<'_, P>,
    token: &AccessToken,
) -> Result<Result<Rc<Client>, &'static str>, Fault> {
    let freshness = if token.claimed.administers() { Freshness::Now } else { Freshness::Cached };
    let client = client::find(app.platform, app.config, &token.client, freshness, app.now).await?;
    Ok(match client {
        None => Err("the token's client is gone"),
        Some(client) if client.was_registered_at(token.issued_at) => Ok(client),
        Some(_) => Err("the token's client was registered again since"),
    })
}
