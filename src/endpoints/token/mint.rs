//! Tokens as texts: access tokens (RFC 9068) and ID tokens (`OpenID` Connect Core section 2).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::base::UnixTime;
use crate::base::encoding::base64url;
use crate::endpoints::{App, Failure};
use crate::jose::{Algorithm, SigningKey};
use crate::lifetimes;
use crate::oauth::client::settings::AccessTokenFormat;
use crate::oauth::client::{Client, ClientId};
use crate::oauth::scope::Scopes;
use crate::oauth::token::entitlement::{Audience, Entitlement};
use crate::oauth::token::family_context::FamilyContext;
use crate::oauth::token::sid::Sid;
use crate::platform::{Fault, Platform, random, sign_jws};
use crate::seal::Life;
use crate::seal::access_claim::AccessClaim;
use crate::seal::opaque::OpaqueToken;

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
    match (key(Algorithm::Es256), key(client.registration.id_token_algorithm)) {
        (Some(access), Some(id)) => Ok(Signers { access, id }),
        _ => Err(Fault::Crypto("there is no key for an algorithm that tokens need".to_owned()).into()),
    }
}

/// What an access token says.
pub struct AccessContent<'a> {
    /// The client that gets it, in the format that it registered.
    pub client: &'a Client,
    /// Whom it is about: a person, or the client itself.
    pub sub: &'a str,
    /// Whom it is for, and what it allows.
    pub entitlement: &'a Entitlement<'a>,
    /// How the person was authenticated; tokens of a client itself have none.
    pub context: Option<&'a FamilyContext>,
    /// Its place in a family; tokens of a client itself have none.
    pub place: Option<AccessClaim>,
}

/// Claims of an access token (RFC 9068 section 2.2).
#[derive(Serialize)]
struct AccessTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Audience<'a>,
    client_id: &'a ClientId,
    scope: &'a Scopes,
    iat: UnixTime,
    exp: UnixTime,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<UnixTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(rename = "gr", skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// An access token.
///
/// # Errors
/// When the platform fails.
pub async fn access_token<P: Platform>(
    app: &App<'_, P>,
    signers: &Signers<'_>,
    content: &AccessContent<'_>,
) -> Result<String, Fault> {
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(content.entitlement.lifetime()) };
    let seal = |place: AccessClaim| app.config.sealer.seal(&place, life, random(app.platform));
    let claims = AccessTokenClaims {
        iss: app.config.issuer.as_str(),
        sub: content.sub,
        aud: content.entitlement.audience(),
        client_id: &content.client.id,
        scope: content.entitlement.scopes(),
        iat: life.sealed_at,
        exp: life.expires_at,
        jti: base64url(&random::<16>(app.platform)),
        auth_time: content.context.map(|context| context.auth_time),
        acr: content.context.and_then(FamilyContext::acr),
        place: content.place.map(seal).transpose()?,
    };
    let signed = sign_jws(app.platform, signers.access, "at+jwt", &claims).await?;
    match content.client.registration.access_token_format {
        AccessTokenFormat::Jwt => Ok(signed),
        AccessTokenFormat::Opaque => Ok(app.config.sealer.seal(&OpaqueToken(signed), life, random(app.platform))?),
    }
}

/// What an ID token says.
pub struct IdContent<'a> {
    /// The client that gets it.
    pub client: &'a Client,
    /// The person.
    pub sub: &'a str,
    /// How the person was authenticated.
    pub context: &'a FamilyContext,
    /// The session in which.
    pub sid: Sid,
    /// The access token that is issued with it.
    pub access_token: &'a str,
    /// The request's `nonce`.
    pub nonce: Option<&'a str>,
    /// Claims about the person that were asked for by name.
    pub asked: Map<String, Value>,
}

/// Claims of an ID token (`OpenID` Connect Core section 2).
#[derive(Serialize)]
struct IdTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a ClientId,
    /// The same, said so that nobody has to conclude it.
    azp: &'a ClientId,
    iat: UnixTime,
    exp: UnixTime,
    auth_time: UnixTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<&'a str>,
    sid: Sid,
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    // The catalogue holds no claim with a name of those above.
    #[serde(flatten)]
    asked: Map<String, Value>,
}

/// An ID token.
///
/// # Errors
/// When the platform fails.
pub async fn id_token<P: Platform>(
    app: &App<'_, P>,
    signers: &Signers<'_>,
    content: IdContent<'_>,
) -> Result<String, Fault> {
    let claims = IdTokenClaims {
        iss: app.config.issuer.as_str(),
        sub: content.sub,
        aud: &content.client.id,
        azp: &content.client.id,
        iat: app.now,
        exp: app.now.plus(lifetimes::ID_TOKEN),
        auth_time: content.context.auth_time,
        acr: content.context.acr(),
        amr: content.context.amr(),
        sid: content.sid,
        at_hash: signers.id.algorithm().half_hash(content.access_token),
        nonce: content.nonce,
        asked: content.asked,
    };
    sign_jws(app.platform, signers.id, "JWT", &claims).await
}
