//! A relying party as its authors would write it with the `openidconnect` crate: discovery, code with PKCE, ID token,
//! userinfo, refresh, revocation. Where a user would use a browser, it prints the address and reads where that led.

use std::error::Error;
use std::io::{Read as _, stdin};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreSubjectIdentifierType,
    CoreUserInfoClaims,
};
use openidconnect::http::{Request, Response};
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, ProviderMetadata, RedirectUrl, RequestTokenError,
    RevocationUrl, Scope, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What the metadata of RFC 8414 has beyond OpenID Connect Discovery; the crate leaves it to the application.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Revocation {
    revocation_endpoint: RevocationUrl,
}

impl AdditionalProviderMetadata for Revocation {}

type RevocationProviderMetadata = ProviderMetadata<
    Revocation,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// An HTTP client that trusts this certificate, in PEM, and no other.
fn trusting(certificate: &[u8]) -> Outcome<ureq::Agent> {
    let roots = RootCerts::from(vec![Certificate::from_pem(certificate)?]);
    let tls = TlsConfig::builder().root_certs(roots).build();
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).tls_config(tls).build();
    Ok(config.into())
}

fn send(agent: &ureq::Agent, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ureq::Error> {
    let mut response = agent.run(request)?;
    let body = response.body_mut().read_to_vec()?;
    let (parts, _) = response.into_parts();
    Ok(Response::from_parts(parts, body))
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, client_id, client_secret, redirect_uri, certificate_file] = arguments.as_slice() else {
        return Err("usage: relying-party ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI CERTIFICATE_FILE".into());
    };
    let agent = trusting(&std::fs::read(certificate_file)?)?;
    let send = |request| send(&agent, request);
    let metadata = RevocationProviderMetadata::discover(&IssuerUrl::new(issuer.clone())?, &send)?;
    let revocation_endpoint = metadata.additional_metadata().revocation_endpoint.clone();
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(client_id.clone()),
        Some(ClientSecret::new(client_secret.clone())),
    )
    .set_auth_type(AuthType::RequestBody)
    .set_redirect_uri(RedirectUrl::new(redirect_uri.clone())?)
    .set_revocation_url(revocation_endpoint);

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    println!("{address}");

    let mut led_to = String::new();
    stdin().read_to_string(&mut led_to)?;
    let led_to = openidconnect::url::Url::parse(led_to.trim())?;
    let parameter = |name| led_to.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    if parameter("state").as_ref() != Some(state.secret()) {
        return Err("the state is another".into());
    }
    let code = AuthorizationCode::new(parameter("code").ok_or("no code")?);

    let tokens = client.exchange_code(code)?.set_pkce_verifier(verifier).request(&send)?;
    let id_token = tokens.id_token().ok_or("no ID token")?;
    let id_verifier = client.id_token_verifier();
    let claims = id_token.claims(&id_verifier, &nonce)?;
    let expected = claims.access_token_hash().ok_or("no at_hash")?;
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg()?,
        id_token.signing_key(&id_verifier)?,
    )?;
    if hash != *expected {
        return Err("at_hash is that of another token".into());
    }

    let subject = claims.subject().clone();
    let info: CoreUserInfoClaims =
        client.user_info(tokens.access_token().clone(), Some(subject.clone()))?.request(&send)?;
    let email = info.email().ok_or("no email")?.to_string();

    let refresh_token = tokens.refresh_token().ok_or("no refresh token")?;
    let refreshed = client.exchange_refresh_token(refresh_token)?.request(&send)?;
    let before: CoreUserInfoClaims =
        client.user_info(refreshed.access_token().clone(), Some(subject.clone()))?.request(&send)?;
    if before.subject() != &subject {
        return Err("a refreshed access token is another person's".into());
    }

    client.revoke_token(CoreRevocableToken::RefreshToken(refresh_token.clone()))?.request(&send)?;
    match client.exchange_refresh_token(refresh_token)?.request(&send) {
        Err(RequestTokenError::ServerResponse(refused)) if refused.error() == &CoreErrorResponseType::InvalidGrant => {}
        other => return Err(format!("a revoked refresh token was not refused: {other:?}").into()),
    }
    let after: Result<CoreUserInfoClaims, _> = client.user_info(refreshed.access_token().clone(), None)?.request(&send);
    if after.is_ok() {
        return Err("an access token of a revoked family was good".into());
    }
    println!("{} {email}", subject.as_str());
    Ok(())
}
