//! Assertions of clients (`private_key_jwt`), attack by attack. Signatures have only the right form here: real ones
//! are made and verified in `tests/workerd/client/assertions.test.mjs`.

use crate::support::authentication::{Outcome, answer, invalid_client, invalid_request};
use crate::support::clients_platform::{ISSUER, SECRET, START, World, client, signature_in_form};
use grantry::base::encoding::base64url;
use grantry::jose::{Algorithm, KeySet, PublicKey};
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::settings::{AssertionAudience, Assertions, ClientKeys};
use grantry::oauth::client::{AuthenticationMethod, Client};
use grantry::platform::outbound::FetchedDocument;
use serde_json::{Value, json};

const TYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
const JWKS_URI: &str = "https://app.example.com/jwks.json";

fn ec(kid: &str, byte: u8) -> Value {
    json!({"kty": "EC", "crv": "P-256", "x": base64url(&[byte; 32]), "y": base64url(&[byte; 32]), "kid": kid})
}

fn rsa(kid: &str, byte: u8) -> Value {
    json!({"kty": "RSA", "n": base64url(&[byte; 256]), "e": "AQAB", "kid": kid, "alg": "RS256"})
}

fn key_set(keys: &Value) -> KeySet {
    KeySet::registered(json!({ "keys": keys }).as_object().expect("an object")).expect("a key set")
}

fn key(jwk: &Value) -> PublicKey {
    key_set(&json!([jwk])).find(None, None).expect("a key")
}

fn signing(name: &str, keys: ClientKeys) -> Client {
    let mut client = client(name, name);
    client.secrets = Vec::new();
    client.registration.authentication = AuthenticationMethod::PrivateKeyJwt;
    client.registration.assertions = Assertions { keys: Some(keys), ..Assertions::default() };
    client
}

/// A world with a client that has two keys, one that has a single key, and one with a secret.
fn world() -> World {
    let world = World::new();
    let two = key_set(&json!([ec("ec", 1), rsa("rsa", 0xc1)]));
    world.register(signing("two", ClientKeys::Registered(two)));
    world.register(signing("one", ClientKeys::Registered(key_set(&json!([ec("only", 2)])))));
    world.register(client("basic", "basic"));
    world
}

fn header(alg: &str, kid: &str) -> Value {
    json!({"alg": alg, "kid": kid, "typ": "JWT"})
}

/// What the client `name` says, with `more` in place or besides; `null` takes a claim away.
fn claims(name: &str, more: Value) -> Value {
    let mut claims = json!({"iss": name, "sub": name, "aud": ISSUER, "exp": START + 60, "iat": START, "jti": "1"});
    if let (Some(claims), Value::Object(more)) = (claims.as_object_mut(), more) {
        claims.extend(more);
        claims.retain(|_, value| !value.is_null());
    }
    claims
}

fn signed(header: &Value, claims: &Value, key: &PublicKey) -> String {
    let input = [header, claims].map(|part| base64url(part.to_string().as_bytes())).join(".");
    let signature = base64url(&signature_in_form(key, input.as_bytes()));
    format!("{input}.{signature}")
}

fn sent(world: &World, assertion: &str) -> Outcome {
    answer(world, None, None, &format!("client_assertion_type={TYPE}&client_assertion={assertion}"))
}

/// The assertion of the client `one` with `more`.
fn of_one(more: Value) -> String {
    signed(&header("ES256", "only"), &claims("one", more), &key(&ec("only", 2)))
}

fn nothing_was_written(world: &World) -> bool {
    world.replay.borrow().is_empty()
}

// spec: RFC 7523 section 2.2 - a client authenticates with a signed assertion
#[test]
fn a_client_proves_itself_with_any_of_its_keys() {
    let world = world();
    let by = |header: Value, jti: &str, jwk: &Value| signed(&header, &claims("two", json!({"jti": jti})), &key(jwk));
    assert_eq!(sent(&world, &by(header("ES256", "ec"), "1", &ec("ec", 1))), Ok("two".to_owned()));
    assert_eq!(sent(&world, &by(header("RS256", "rsa"), "2", &rsa("rsa", 0xc1))), Ok("two".to_owned()));
    let named = format!("client_id=one&client_assertion_type={TYPE}&client_assertion={}", of_one(json!({})));
    assert_eq!(answer(&world, None, None, &named), Ok("one".to_owned()));
}

// spec: FAPI 2.0 Security Profile section 5.3.2.1 - iat and nbf may be some seconds ahead
#[test]
fn what_differs_without_harm_is_accepted() {
    let world = world();
    let key = key(&ec("only", 2));
    let headers = [
        json!({"alg": "ES256", "kid": "only"}),
        json!({"alg": "ES256", "kid": "only", "typ": "client-authentication+jwt"}),
        json!({"alg": "ES256", "typ": "jwt"}),
        // What a header says about where keys are is never followed.
        json!({"alg": "ES256", "kid": "only", "jku": "https://evil.example/jwks", "jwk": ec("evil", 9)}),
    ];
    for (number, header) in headers.iter().enumerate() {
        let assertion = signed(header, &claims("one", json!({"jti": number.to_string()})), &key);
        assert_eq!(sent(&world, &assertion), Ok("one".to_owned()), "{header}");
    }
    for (jti, more) in [
        ("a", json!({"nbf": START + 8})),
        ("b", json!({"iat": START + 8})),
        ("c", json!({"iat": null})),
        ("d", json!({"exp": START + 3_600})),
        ("e", json!({"exp": START + 1})),
        ("f", json!({"nbf": START - 3_600, "other": {"x": [1]}})),
    ] {
        let mut more = more;
        more["jti"] = json!(jti);
        assert_eq!(sent(&world, &of_one(more.clone())), Ok("one".to_owned()), "{more}");
    }
    assert!(world.asked.borrow().is_empty());
}

// spec: RFC 7523 section 3 - iss and sub are the client, aud is the issuer, exp is not past, and jti is there
// spec: FAPI 2.0 Security Profile section 5.3.2.1 - the audience is the issuer as one string
// spec: Invariant 3 - what proves nothing writes nothing
#[test]
fn claims_that_are_refused() {
    let world = world();
    for more in [
        json!({"iss": "two"}),
        json!({"sub": "two"}),
        json!({"iss": null}),
        json!({"sub": null}),
        json!({"iss": ISSUER}),
        // Audience injection (CVE-2025-27370): the issuer, as one text, and nothing else.
        json!({"aud": null}),
        json!({"aud": [ISSUER]}),
        json!({"aud": [ISSUER, "https://other.example.com"]}),
        json!({"aud": format!("{ISSUER}/")}),
        json!({"aud": format!("{ISSUER}/token")}),
        json!({"aud": format!("{ISSUER}/connect/token")}),
        json!({"aud": format!("{ISSUER}/par")}),
        json!({"aud": "https://other.example.com"}),
        json!({"exp": null}),
        json!({"exp": START}),
        json!({"exp": START - 300}),
        json!({"exp": START + 3_631}),
        json!({"exp": START + 86_400 * 365}),
        json!({"exp": "1800000060"}),
        json!({"nbf": START + 61}),
        json!({"iat": START + 61}),
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"jti": 1}),
    ] {
        assert_eq!(sent(&world, &of_one(more.clone())), invalid_client(false), "{more}");
    }
    assert!(nothing_was_written(&world), "what proves nothing writes nothing");
    assert_eq!(sent(&world, &of_one(json!({}))), Ok("one".to_owned()));
}

// spec: RFC 8725 section 3.1 - the algorithm is the key's, never the header's
// spec: RFC 8725 section 3.11 - tokens of other types are no assertions
// spec: RFC 7515 section 4.1.11 - a critical extension is refused
#[test]
fn headers_and_signatures_that_are_refused() {
    let world = world();
    let only = key(&ec("only", 2));
    let good = claims("one", json!({}));
    for bad in [
        json!({"alg": "none", "kid": "only"}),
        json!({"alg": "HS256", "kid": "only"}),
        json!({"alg": "RS256", "kid": "only"}),
        json!({"alg": "ES384", "kid": "only"}),
        json!({"alg": "es256", "kid": "only"}),
        json!({"kid": "only"}),
        json!({"alg": "ES256", "kid": "other"}),
        json!({"alg": "ES256", "kid": "../only"}),
        json!({"alg": "ES256", "kid": ""}),
        json!({"alg": "ES256", "kid": "only", "typ": "at+jwt"}),
        json!({"alg": "ES256", "kid": "only", "typ": "logout+jwt"}),
        json!({"alg": "ES256", "kid": "only", "typ": "dpop+jwt"}),
        json!({"alg": "ES256", "kid": "only", "typ": ""}),
        json!({"alg": "ES256", "kid": "only", "crit": ["exp"]}),
        json!({"alg": "ES256", "kid": "only", "crit": []}),
    ] {
        assert_eq!(sent(&world, &signed(&bad, &good, &only)), invalid_client(false), "{bad}");
    }
    let whole = of_one(json!({}));
    let (input, signature) = whole.rsplit_once('.').expect("three parts");
    let others = signed(&header("ES256", "only"), &good, &key(&ec("ec", 1)));
    for bad in [
        input.to_owned(),
        format!("{input}."),
        format!("{whole}."),
        format!("{whole}.x"),
        format!("{whole}="),
        format!("{input}.{}", &signature[1..]),
        whole.replacen('.', "..", 1),
        others,
        "e30.e30.e30".to_owned(),
        "x".repeat(20_000),
    ] {
        assert_eq!(sent(&world, &bad), invalid_client(false), "{bad}");
    }
    let ambiguous = signed(&json!({"alg": "ES256"}), &claims("two", json!({})), &key(&ec("ec", 1)));
    assert_eq!(sent(&world, &ambiguous), invalid_client(false), "two keys could be meant");
    assert!(nothing_was_written(&world));
}

/// A claim that is there twice means one thing to one parser and another to the next.
#[test]
fn claims_that_are_there_twice_are_refused() {
    let world = world();
    let header = base64url(header("ES256", "only").to_string().as_bytes());
    for twice in ["\"sub\":\"one\"", "\"aud\":\"https://auth.example.com\"", "\"exp\":1800000060", "\"jti\":\"2\""] {
        let claims = claims("one", json!({})).to_string();
        let claims = format!("{},{twice}}}", claims.strip_suffix('}').expect("an object"));
        let input = format!("{header}.{}", base64url(claims.as_bytes()));
        let signature = base64url(&signature_in_form(&key(&ec("only", 2)), input.as_bytes()));
        assert_eq!(sent(&world, &format!("{input}.{signature}")), invalid_client(false), "{twice}");
    }
}

// spec: RFC 7521 section 4.2 - client_id is the client of the assertion
// spec: RFC 6749 section 2.3 - more than one authentication method in a request is invalid_request
#[test]
fn assertions_together_with_or_instead_of_another_method() {
    let world = world();
    let assertion = of_one(json!({}));
    let form = format!("client_assertion_type={TYPE}&client_assertion={assertion}");
    let bearer = Some("Bearer x");
    assert_eq!(answer(&world, bearer, None, &form), invalid_request());
    assert_eq!(answer(&world, None, None, &format!("{form}&client_secret=x")), invalid_request());
    assert_eq!(answer(&world, None, Some("client_assertion=x"), &form), invalid_request());
    assert_eq!(answer(&world, None, None, &format!("{form}&client_assertion={assertion}")), invalid_request());
    for body in [
        format!("client_assertion={assertion}"),
        format!("client_assertion_type={TYPE}"),
        format!("client_assertion_type={TYPE}x&client_assertion={assertion}"),
        format!("client_assertion_type=jwt-bearer&client_assertion={assertion}"),
        format!("{form}&client_id=two"),
        format!("{form}&client_id=basic"),
        "client_id=one".to_owned(),
        format!("client_id=one&client_secret={}", SECRET.replace(' ', "+")),
    ] {
        assert_eq!(answer(&world, None, None, &body), invalid_client(false), "{body}");
    }
    let of_basic = signed(&header("ES256", "only"), &claims("basic", json!({})), &key(&ec("only", 2)));
    assert_eq!(sent(&world, &of_basic), invalid_client(false), "it has a secret");
    let of_nobody = signed(&header("ES256", "only"), &claims("nobody", json!({})), &key(&ec("only", 2)));
    assert_eq!(sent(&world, &of_nobody), invalid_client(false));
    assert!(nothing_was_written(&world));
}

// spec: RFC 7523 section 3 - a jti is good once
#[test]
fn an_assertion_is_good_once() {
    let world = world();
    let assertion = of_one(json!({}));
    assert_eq!(sent(&world, &assertion), Ok("one".to_owned()));
    assert_eq!(sent(&world, &assertion), invalid_client(false));
    assert_eq!(sent(&world, &of_one(json!({"exp": START + 90}))), invalid_client(false), "the same jti, signed again");
    let other = signed(&header("ES256", "ec"), &claims("two", json!({})), &key(&ec("ec", 1)));
    assert_eq!(sent(&world, &other), Ok("two".to_owned()), "another client may use the same jti");
    world.pass(59);
    assert_eq!(sent(&world, &assertion), invalid_client(false));
    let log = world.log.borrow().concat();
    assert!(!log.contains(&assertion), "an assertion is logged");
}

#[test]
fn older_clients_may_name_the_token_endpoint_if_they_registered_so() {
    let world = world();
    let one = client("one", "one");
    let assertions = Assertions {
        keys: Some(ClientKeys::Registered(key_set(&json!([ec("only", 2)])))),
        audience: AssertionAudience::TokenEndpoint,
        ..Assertions::default()
    };
    let one = Client {
        secrets: Vec::new(),
        registration: Registration {
            authentication: AuthenticationMethod::PrivateKeyJwt,
            assertions,
            ..one.registration
        },
        ..one
    };
    world.ask(world.update(one)).expect("updated");
    world.client_memory_is_lost();
    for (jti, audience, accepted) in [
        ("1", format!("{ISSUER}/token"), true),
        ("2", format!("{ISSUER}/connect/token"), true),
        ("3", ISSUER.to_owned(), true),
        ("4", format!("{ISSUER}/revoke"), false),
        ("5", "https://other.example.com/token".to_owned(), false),
    ] {
        let outcome = sent(&world, &of_one(json!({"jti": jti, "aud": audience})));
        assert_eq!(outcome.is_ok(), accepted, "{audience}");
    }
    assert_eq!(sent(&world, &of_one(json!({"jti": "6", "aud": [format!("{ISSUER}/token")]}))), invalid_client(false));
}

// spec: OpenID Connect Registration section 2 - token_endpoint_auth_signing_alg is the only algorithm of the client's assertions
#[test]
fn a_registered_algorithm_binds_the_client() {
    let world = World::new();
    let mut two = signing("two", ClientKeys::Registered(key_set(&json!([ec("ec", 1), rsa("rsa", 0xc1)]))));
    two.registration.assertions.algorithm = Some(Algorithm::Es256);
    world.register(two);
    let by_rsa = signed(&header("RS256", "rsa"), &claims("two", json!({})), &key(&rsa("rsa", 0xc1)));
    assert_eq!(sent(&world, &by_rsa), invalid_client(false));
    let by_ec = signed(&json!({"alg": "ES256"}), &claims("two", json!({})), &key(&ec("ec", 1)));
    assert_eq!(sent(&world, &by_ec), Ok("two".to_owned()), "of two keys, one is for the algorithm");
}

/// The client publishes these keys.
fn publish(world: &World, keys: &Value, cache_control: &str) {
    let document = FetchedDocument {
        status: 200,
        content_type: Some("application/json".to_owned()),
        cache_control: Some(cache_control.to_owned()),
        body: json!({ "keys": keys }).to_string().into_bytes(),
    };
    world.elsewhere.borrow_mut().insert(JWKS_URI.to_owned(), document);
}

fn publishing() -> World {
    let world = World::new();
    world.register(signing("far", ClientKeys::Published(JWKS_URI.to_owned())));
    world
}

/// The outcome of an assertion of the client `far`, made now with this key.
fn far(world: &World, kid: &str, byte: u8) -> Outcome {
    let jti = base64url(&world.random::<8>());
    let now = world.now.get();
    let claims = claims("far", json!({"jti": jti, "exp": now + 60, "iat": now}));
    sent(world, &signed(&header("ES256", kid), &claims, &key(&ec(kid, byte))))
}

fn times_asked(world: &World) -> usize {
    world.asked.borrow().len()
}

// spec: RFC 7591 section 2 - jwks_uri leads to the client's keys
#[test]
fn published_keys_are_fetched_once_and_kept_as_their_server_says() {
    let world = publishing();
    publish(&world, &json!([ec("a", 1)]), "max-age=600");
    for _ in 0..5 {
        assert_eq!(far(&world, "a", 1), Ok("far".to_owned()));
    }
    world.pass(599);
    assert_eq!(far(&world, "a", 1), Ok("far".to_owned()));
    assert_eq!(times_asked(&world), 1);
    publish(&world, &json!([ec("b", 2)]), "max-age=600");
    world.pass(1);
    assert_eq!(far(&world, "a", 1), invalid_client(false), "the client withdrew the key");
    assert_eq!(far(&world, "b", 2), Ok("far".to_owned()));
}

#[test]
fn a_new_key_is_picked_up_at_once_and_unknown_ones_ask_once_a_minute() {
    let world = publishing();
    publish(&world, &json!([ec("a", 1)]), "max-age=3600");
    assert_eq!(far(&world, "a", 1), Ok("far".to_owned()));
    publish(&world, &json!([ec("a", 1), ec("b", 2)]), "max-age=3600");
    assert_eq!(far(&world, "b", 2), Ok("far".to_owned()), "the client's new key");
    assert_eq!(times_asked(&world), 2);
    // Key identifiers that are made up cause no more fetches.
    for number in 0..50 {
        assert_eq!(far(&world, &format!("made-up-{number}"), 9), invalid_client(false));
    }
    assert_eq!(times_asked(&world), 2);
    world.pass(60);
    assert_eq!(far(&world, "made-up", 9), invalid_client(false));
    world.pass(1);
    assert_eq!(far(&world, "made-up", 9), invalid_client(false));
    assert_eq!(times_asked(&world), 3);
    assert_eq!(far(&world, "a", 1), Ok("far".to_owned()), "the others stay good");
}

#[test]
fn a_key_server_that_fails_is_left_alone_for_a_while() {
    let world = publishing();
    for _ in 0..20 {
        assert_eq!(far(&world, "a", 1), invalid_client(false));
    }
    assert_eq!(times_asked(&world), 1);
    publish(&world, &json!([ec("a", 1)]), "max-age=3600");
    world.pass(11);
    assert_eq!(far(&world, "a", 1), Ok("far".to_owned()));
    world.elsewhere.borrow_mut().clear();
    world.pass(61);
    assert_eq!(far(&world, "b", 2), invalid_client(false));
    assert_eq!(far(&world, "a", 1), Ok("far".to_owned()), "a failure takes no good key away");
}

/// What is no key set, and an address that may not be asked any more.
#[test]
fn documents_that_are_no_key_sets_are_refused() {
    let good = json!({"keys": [ec("a", 1)]}).to_string();
    let mut private = ec("a", 1);
    private["d"] = json!(base64url(&[7; 32]));
    let spoilt = json!({"keys": [ec("b", 2), private]}).to_string();
    for (status, content_type, body) in [
        (302, "application/json", good.as_str()),
        (404, "application/json", &good),
        (200, "text/html", &good),
        (200, "application/json", "{}"),
        (200, "application/json", "[]"),
        (200, "application/json", r#"{"keys":[]}"#),
        (200, "application/json", &spoilt),
    ] {
        let world = publishing();
        let document = FetchedDocument {
            status,
            content_type: Some(content_type.to_owned()),
            cache_control: None,
            body: body.as_bytes().to_vec(),
        };
        world.elsewhere.borrow_mut().insert(JWKS_URI.to_owned(), document);
        assert_eq!(far(&world, "a", 1), invalid_client(false), "{status} {content_type} {body}");
        assert!(nothing_was_written(&world));
    }
    let world = World::new();
    world.register(signing("far", ClientKeys::Published("http://127.0.0.1:1234/jwks".to_owned())));
    assert_eq!(far(&world, "a", 1), invalid_client(false), "it was an exception once");
    assert_eq!(times_asked(&world), 0);
}
