//! An authorization request that is in order, and its client, for tests that change one thing about it.

use grantry::base::UnixTime;
use grantry::http::Parameters;
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{AuthenticationMethod, Client, ClientVersion};
use grantry::oauth::person::claims::ClaimCatalogue;
use grantry::oauth::request::authorize::{AuthorizationParameters, AuthorizationRequest, Offer};
use grantry::oauth::request::rejection::Rejection;
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::entitlement::Realm;

use super::api::api;
use super::clients_platform::client as registered;

pub const ISSUER: &str = "https://auth.example.com";
pub const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
pub const CALLBACK: &str = "https://app.example.com/callback?tenant=7";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A public client with one redirect URI of each kind.
pub fn client() -> Client {
    let confidential = registered("c_app", "App");
    Client {
        version: ClientVersion(1),
        registered_at: NOW,
        secrets: Vec::new(),
        registration: Registration {
            redirect_uris: [CALLBACK, "http://127.0.0.1/callback", "com.example.app:/callback"]
                .map(|uri| RedirectUri::parse(uri).expect("a redirect URI"))
                .to_vec(),
            authentication: AuthenticationMethod::None,
            scopes: Scopes::parse("openid email offline_access a:b.read").expect("scopes"),
            rotates_refresh_tokens: true,
            ..confidential.registration
        },
        ..confidential
    }
}

pub fn client_with(change: impl FnOnce(&mut Registration)) -> Client {
    let mut client = client();
    change(&mut client.registration);
    client
}

pub fn confidential() -> Client {
    client_with(|registration| {
        registration.authentication = AuthenticationMethod::SecretBasic;
        registration.require_pkce = false;
    })
}

pub fn good() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", "c_app"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "xyz"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// The good request with one parameter set, or left out where the value is empty.
pub fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut pairs = good();
    pairs.retain(|(known, _)| *known != name);
    pairs.push((name, value));
    pairs
}

pub fn parameters(pairs: &[(&str, &str)]) -> AuthorizationParameters {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    AuthorizationParameters::of(&Parameters::parse(query.as_bytes()).expect("parameters"))
}

pub fn judged(client: &Client, pairs: &[(&str, &str)]) -> Result<AuthorizationRequest, Rejection> {
    judged_where(client, pairs, true)
}

pub fn judged_where(
    client: &Client,
    pairs: &[(&str, &str)],
    creates_accounts: bool,
) -> Result<AuthorizationRequest, Rejection> {
    let parameters = parameters(pairs);
    let answer_to = parameters.answer_to(client, ISSUER).expect("answerable");
    let apis = [
        r#"{"audience":"https://api.example.com","scopes":{"a:b.read":"See b"}}"#,
        r#"{"audience":"https://notes.example.com","scopes":{"notes":"See your notes"}}"#,
    ];
    let apis = apis.map(api);
    let realm = Realm { issuer: ISSUER, apis: &apis, claims: &ClaimCatalogue::default() };
    let offer = Offer { realm, acrs: &["urn:example:password"], creates_accounts };
    parameters.validate(client, answer_to, offer)
}
