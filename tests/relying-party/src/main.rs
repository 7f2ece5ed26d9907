//! A relying party as its authors would write it with the `openidconnect` crate: discovery, code with PKCE, ID token,
//! userinfo, refresh, revocation. Where a person would use a browser, it prints the address and reads where that led.

use std::error::Error;
use std::io::{Read as _, stdin};

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::http::{Request, Response};
use openidconnect::url::form_urlencoded;
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, RedirectUrl, Scope, TokenResponse as _,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn send(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let mut response = agent.run(request)?;
    let body = response.body_mut().read_to_vec()?;
    let (parts, _) = response.into_parts();
    Ok(Response::from_parts(parts, body))
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, client_id, client_secret, redirect_uri] = arguments.as_slice() else {
        return Err("usage: relying-party ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI".into());
    };
    let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(issuer.clone())?, &send)?;
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(client_id.clone()),
        Some(ClientSecret::new(client_secret.clone())),
    )
    .set_auth_type(AuthType::RequestBody)
    .set_redirect_uri(RedirectUrl::new(redirect_uri.clone())?);

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
    // The crate itself revokes over https only, which a server on this machine does not have.
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", client_id)
        .append_pair("client_secret", client_secret)
        .append_pair("token", refresh_token.secret())
        .finish();
    let request = Request::post(format!("{issuer}/revoke")).header("content-type", "application/x-www-form-urlencoded");
    let revoked = send(request.body(form.into_bytes())?)?;
    if revoked.status() != 200 {
        return Err("the revocation was refused".into());
    }
    if client.exchange_refresh_token(refresh_token)?.request(&send).is_ok() {
        return Err("a revoked refresh token was good".into());
    }
    let after: Result<CoreUserInfoClaims, _> = client.user_info(refreshed.access_token().clone(), None)?.request(&send);
    if after.is_ok() {
        return Err("an access token of a revoked family was good".into());
    }
    println!("{} {email}", subject.as_str());
    Ok(())
}
