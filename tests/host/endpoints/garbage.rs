//! Requests of strangers cost no write, and almost no reads: a hundred thousand garbage codes, tokens and
//! cookies reach no object and no row.

use crate::support::clients_platform::{ISSUER, SECRET, START, World, client, config, now_or_never};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantry::base::encoding::base64url;
use grantry::config::Config;
use grantry::endpoints::respond;
use grantry::http::{Body, Method, Request};
use grantry::jose::Algorithm;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{AuthenticationMethod, Client};
use grantry::platform::Usage;
use grantry::store::sql::Sql as _;
use proptest::prelude::RngExt as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};

/// A hundred thousand in all.
const EACH: usize = 8_400;

/// Text that looks like a value of ours more and more, but is none.
fn garbage(rng: &mut TestRng, prefix: &str) -> String {
    let mut bytes = vec![0; rng.random_range(0..400)];
    rng.fill(&mut bytes[..]);
    // The format and the key's name of genuine values, so that it is the cipher that refuses.
    for (byte, genuine) in bytes.iter_mut().zip([1, 0, 0, 0, 0x0a]) {
        *byte = genuine;
    }
    format!("{prefix}{}", base64url(&bytes))
}

/// An access token like ours, with a signature that no key made.
fn signed_by_nobody(rng: &mut TestRng, kid: &str) -> String {
    let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid});
    let claims = json!({
        "iss": ISSUER, "sub": "u-somebody", "aud": ISSUER, "client_id": "public", "scope": "openid", "jti": "x",
        "iat": START, "exp": START + 3600, "gr": garbage(rng, "gr_at_"),
    });
    let mut signature = [0; 64];
    rng.fill(&mut signature[..]);
    let text = |json: Value| base64url(json.to_string().as_bytes());
    [text(header), text(claims), base64url(&signature)].join(".")
}

// spec: Invariant 3 - garbage at every endpoint reaches no object and no row
// spec: Invariant 5 - what was not sealed here does not open
#[test]
fn a_hundred_thousand_pieces_of_garbage_cost_nothing() {
    let world = World::new();
    let public = client("public", "Public");
    let public = Client {
        secrets: Vec::new(),
        registration: Registration { authentication: AuthenticationMethod::None, ..public.registration },
        ..public
    };
    let callback = public.registration.redirect_uris[0].as_str().to_owned();
    let id = world.register(public).id;
    let config = Ok(config());
    let send = |method, path: &str, query: Option<String>, headers: &[(&str, String)], body: String| {
        let form = ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned());
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).chain([form]).collect();
        let body = Body::Complete(body.into_bytes());
        let request = Request::new(method, ISSUER.to_owned(), path.to_owned(), query, headers, body);
        now_or_never(respond(&config, &world, world.at(), &request)).status()
    };
    let credentials =
        STANDARD.encode(format!("{}:{}", world.register(client("api", "API")).id, SECRET.replace(' ', "+")));
    let api = ("authorization", format!("Basic {credentials}"));
    let kid =
        config.as_ref().ok().and_then(|config: &Config| config.keyring.signing(Algorithm::Es256)).expect("a key").kid();
    let token = |fields: &str| send(Method::Post, "/token", None, &[], format!("client_id={id}&{fields}"));
    let introspect =
        |token: String| send(Method::Post, "/introspect", None, std::slice::from_ref(&api), format!("token={token}"));
    // The isolate gets to know the clients: those are the only reads there are.
    assert_eq!(token("grant_type=refresh_token&refresh_token=x"), 400);
    assert_eq!(introspect("x".to_owned()), 200);
    world.usage.set(Usage::default());
    let rows = world.registry.rows_written();
    let query = |more: &str| {
        Some(format!(
            "client_id={id}&redirect_uri={callback}&response_type=code&scope=openid&code_challenge_method=S256\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM{more}"
        ))
    };
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    for _ in 0..EACH {
        let piece = |rng: &mut TestRng, prefix| garbage(rng, prefix);
        assert_eq!(token(&format!("grant_type=authorization_code&code={}", piece(&mut rng, "gr_code_"))), 400);
        assert_eq!(token(&format!("grant_type=refresh_token&refresh_token={}", piece(&mut rng, "gr_rt_"))), 400);
        assert_eq!(token(&format!("grant_type=refresh_token&refresh_token={}", piece(&mut rng, ""))), 400);
        let bearer = [piece(&mut rng, ""), piece(&mut rng, "."), piece(&mut rng, ".")].concat();
        let bearer = ("authorization", format!("Bearer {bearer}"));
        assert_eq!(send(Method::Get, "/userinfo", None, &[bearer], String::new()), 401);
        let bearer = ("authorization", format!("Bearer {}", piece(&mut rng, "gr_op_")));
        assert_eq!(send(Method::Get, "/userinfo", None, &[bearer], String::new()), 401);
        let bearer = ("authorization", format!("Bearer {}", signed_by_nobody(&mut rng, kid)));
        assert_eq!(send(Method::Get, "/userinfo", None, &[bearer], String::new()), 401);
        assert_eq!(introspect(piece(&mut rng, "gr_op_")), 200);
        assert_eq!(introspect(signed_by_nobody(&mut rng, kid)), 200);
        let revoked = format!("client_id={id}&token={}", piece(&mut rng, "gr_rt_"));
        assert_eq!(send(Method::Post, "/revoke", None, &[], revoked), 200);
        let cookie = ("cookie", format!("__Host-grantry={}", piece(&mut rng, "gr_ses_")));
        assert_eq!(send(Method::Get, "/authorize", query(""), std::slice::from_ref(&cookie), String::new()), 303);
        let interaction = Some(format!("interaction={}", piece(&mut rng, "gr_int_")));
        assert_eq!(send(Method::Get, "/login", interaction.clone(), std::slice::from_ref(&cookie), String::new()), 400);
        assert_eq!(send(Method::Get, "/consent", interaction, &[cookie], String::new()), 400);
    }
    assert_eq!(world.usage.get(), Usage::default(), "no object and no KV was asked");
    assert_eq!(world.registry.rows_written(), rows);
}
