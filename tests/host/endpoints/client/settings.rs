//! What clients register beside the core: keys, sectors, logout.

use crate::support::clients_platform::{ISSUER, World};
use crate::support::registration::{
    CALLBACK, admin, is_secret, metadata, own, path, post, put, refused, registered, stored, with,
};
use grantry::oauth::client::Client;
use grantry::platform::outbound::FetchedDocument;
use serde_json::{Value, json};

/// A JWK in form alone.
fn jwk(kid: &str) -> Value {
    let part = |byte: u8| grantry::base::encoding::base64url(&[byte; 32]);
    json!({"kty": "EC", "crv": "P-256", "x": part(1), "y": part(2), "kid": kid, "alg": "ES256", "use": "sig"})
}

// spec: RFC 7591 section 2 - jwks and jwks_uri
// spec: OpenID Connect Registration section 2 - token_endpoint_auth_signing_alg
#[test]
fn clients_that_sign_have_keys_and_no_secret() {
    let world = World::new();
    let sent = json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "assertion_audience": "token_endpoint",
        "jwks": {"keys": [jwk("one"), jwk("two")]},
    });
    let answer = registered(&world, sent.clone());
    for (name, value) in sent.as_object().expect("an object") {
        assert_eq!(&answer.json[name], value, "{name}");
    }
    assert_eq!(answer.json["client_secret"], Value::Null);
    assert_eq!(answer.json["client_secret_expires_at"], Value::Null);
    assert!(stored(&world, answer.text("client_id")).secrets.is_empty());
    let by_address = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://a.example.com/keys"});
    let answer = registered(&world, by_address);
    assert_eq!(answer.json["jwks_uri"], json!("https://a.example.com/keys"));
    assert_eq!(answer.json["assertion_audience"], json!("issuer"));
}

#[test]
fn a_client_says_itself_what_people_can_decline() {
    let world = World::new();
    let made = registered(&world, json!({"client_id": "hotel", "optional_scope": "email profile"}));
    assert_eq!(made.json["optional_scope"], "email profile");
    let less = metadata(json!({"client_id": "hotel", "optional_scope": "email"}));
    let changed = put(&world, "/register/hotel", &own(&made), &less);
    assert_eq!((changed.status, &changed.json["optional_scope"]), (200, &json!("email")), "{}", changed.json);
    assert!(stored(&world, "hotel").registration.optional_scopes.contains("email"));
    let none = put(&world, "/register/hotel", &own(&made), &metadata(json!({"client_id": "hotel"})));
    assert_eq!(none.json.get("optional_scope"), None);
}

#[test]
fn a_client_that_has_a_secret_can_get_keys_instead_and_the_reverse() {
    let world = World::new();
    let made = registered(&world, json!({"client_id": "hotel"}));
    let keys = json!({"client_id": "hotel", "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [jwk("one")]}});
    let own = put(&world, "/register/hotel", &own(&made), &metadata(keys.clone()));
    assert_eq!((own.status, own.text("error")), (400, "invalid_client_metadata"), "not by itself");
    let changed = put(&world, "/register/hotel", &admin(), &metadata(keys));
    assert_eq!(changed.status, 200, "{}", changed.json);
    assert!(stored(&world, "hotel").secrets.is_empty(), "the secret is good no longer");
    let back = put(&world, "/register/hotel", &admin(), &metadata(json!({"client_id": "hotel"})));
    assert!(is_secret(&world, "hotel", back.text("client_secret")));
    assert_eq!(back.json["jwks"], Value::Null);
}

#[test]
fn records_of_the_release_before_still_open() {
    let world = World::new();
    let answer = registered(&world, json!({"client_id": "hotel"}));
    let mut record = serde_json::to_value(stored(&world, answer.text("client_id"))).expect("JSON");
    let members = record.as_object_mut().expect("an object");
    for later in ["access_token_format", "assertions", "default_max_age", "logout", "require_auth_time", "subjects"] {
        members.remove(later);
    }
    members.insert("of_a_later_release".to_owned(), json!({"x": 1}));
    let client: Client = serde_json::from_value(record).expect("opens");
    assert_eq!(client, stored(&world, "hotel"));
}

/// What the sector's document lists.
fn sector(world: &World, address: &str, uris: &Value) {
    let content_type = Some("application/json".to_owned());
    let document =
        FetchedDocument { status: 200, content_type, cache_control: None, body: uris.to_string().into_bytes() };
    world.elsewhere.borrow_mut().insert(address.to_owned(), document);
}

// spec: OpenID Connect Registration section 5 - the document of a sector lists all redirect URIs
// spec: OpenID Connect Core section 8.1 - several hosts need a sector_identifier_uri
#[test]
fn a_sector_must_list_all_redirect_uris() {
    const SECTOR: &str = "https://example.com/sector.json";
    let world = World::new();
    let uris = json!(["https://app.example.com/cb", "https://www.example.com/cb"]);
    let pairwise = |more| metadata(with(json!({"subject_type": "pairwise", "redirect_uris": uris}), more));
    let by_sector = pairwise(json!({"sector_identifier_uri": SECTOR}));
    let refused = |body: &Value, why: &str| {
        let answer = post(&world, body);
        assert_eq!((answer.status, answer.text("error")), (400, "invalid_client_metadata"), "{why}");
        assert!(world.registry.is_unused(), "{why}");
    };
    refused(&pairwise(json!({})), "several hosts, and no sector");
    for native in ["http://127.0.0.1/cb", "com.example.app:/cb"] {
        refused(&pairwise(json!({"redirect_uris": [native]})), native);
    }
    refused(&by_sector, "nobody is there");
    for listed in [
        json!([]),
        json!(["https://app.example.com/cb"]),
        json!(["https://app.example.com/cb", "https://www.example.com/cb/"]),
        json!({"redirect_uris": uris}),
        json!([uris]),
    ] {
        sector(&world, SECTOR, &listed);
        refused(&by_sector, &listed.to_string());
    }
    world.elsewhere.borrow_mut().get_mut(SECTOR).expect("a document").status = 302;
    refused(&by_sector, "a redirect");

    sector(&world, SECTOR, &json!([uris[1], "https://other.example.com/", uris[0]]));
    let made = post(&world, &by_sector);
    assert_eq!((made.status, made.text("sector_identifier_uri")), (201, SECTOR), "{}", made.json);
    assert_eq!(made.text("subject_type"), "pairwise");
    world.elsewhere.borrow_mut().clear();
    let same = with(by_sector.clone(), json!({"client_id": made.text("client_id"), "client_name": "Renamed"}));
    assert_eq!(put(&world, &path(&made), &own(&made), &same).status, 200, "what was good is not asked for again");
    let takeover = with(same, json!({"redirect_uris": ["https://evil.example.com/cb"]}));
    assert_eq!(put(&world, &path(&made), &own(&made), &takeover).status, 400);
}

/// Refresh tokens of a client that moved would tell it how users are known in the other sector.
#[test]
fn a_client_does_not_move_to_another_sector_by_itself() {
    let world = World::new();
    let made = registered(&world, json!({"subject_type": "pairwise"}));
    let with_uris = |uris: Value| metadata(json!({"client_id": made.text("client_id"), "redirect_uris": uris}));
    let elsewhere = with(with_uris(json!(["https://victim.example.com/cb"])), json!({"subject_type": "pairwise"}));
    assert_eq!(put(&world, &path(&made), &own(&made), &elsewhere).text("error"), "invalid_client_metadata");
    let within = with_uris(json!(["https://app.example.com/other"]));
    assert_eq!(put(&world, &path(&made), &own(&made), &within).status, 200);
    assert_eq!(put(&world, &path(&made), &admin(), &elsewhere).status, 200);
}

/// The server sends requests of its own only to hosts that an operator allowed.
#[test]
fn exceptions_of_the_operator_can_be_registered_and_nothing_beside_them() {
    let mut world = World::new();
    let exceptions = vec!["http://127.0.0.1:1234".to_owned()];
    let uri = "http://127.0.0.1:1234/jwks";
    let body = metadata(json!({"jwks_uri": uri, "backchannel_logout_uri": uri}));
    assert_eq!(post(&world, &body).status, 400);
    world.config.outbound = grantry::http::Outbound::new(ISSUER, exceptions);
    let answer = post(&world, &body);
    assert_eq!((answer.status, answer.text("jwks_uri")), (201, uri), "{}", answer.json);
    assert_eq!(post(&world, &metadata(json!({"jwks_uri": "http://127.0.0.1:1235/jwks"}))).status, 400);
}

/// A client that signs with `jwks`.
fn signing(jwks: Value) -> Value {
    with(json!({"token_endpoint_auth_method": "private_key_jwt"}), json!({ "jwks": jwks }))
}

#[test]
fn settings_that_cannot_be_registered() {
    let world = World::new();
    let cases = [
        ("invalid_client_metadata", signing(json!({"keys": []}))),
        ("invalid_client_metadata", signing(json!([jwk("one")]))),
        ("invalid_client_metadata", signing(json!({"keys": [jwk("one"), jwk("one")]}))),
        ("invalid_client_metadata", signing(json!({"keys": [{"kty": "oct", "k": "AAAA"}]}))),
        ("invalid_client_metadata", signing(json!({"keys": [with(jwk("one"), json!({"d": "AAAA"}))]}))),
        (
            "invalid_client_metadata",
            with(signing(json!({"keys": [jwk("one")]})), json!({"jwks_uri": "https://app.example.com/jwks"})),
        ),
        (
            "invalid_client_metadata",
            with(signing(json!({"keys": [jwk("one")]})), json!({"token_endpoint_auth_signing_alg": "RS256"})),
        ),
        (
            "invalid_client_metadata",
            with(signing(json!({"keys": [jwk("one")]})), json!({"client_secret": "x".repeat(32)})),
        ),
        ("invalid_client_metadata", json!({"token_endpoint_auth_signing_alg": "HS256"})),
        ("invalid_client_metadata", json!({"token_endpoint_auth_signing_alg": "none"})),
        ("invalid_client_metadata", json!({"assertion_audience": "anybody"})),
        // The tests of `http::outbound` have all the other addresses.
        ("invalid_client_metadata", json!({"jwks_uri": "http://app.example.com/jwks"})),
        ("invalid_client_metadata", json!({"jwks_uri": "https://169.254.169.254/"})),
        ("invalid_client_metadata", json!({"jwks_uri": format!("{ISSUER}/jwks")})),
        ("invalid_client_metadata", json!({"sector_identifier_uri": "https://localhost/sector"})),
        ("invalid_client_metadata", json!({"backchannel_logout_uri": "https://app.example.com/logout#x"})),
        ("invalid_client_metadata", json!({"backchannel_logout_uri": "https://user@app.example.com/logout"})),
        ("invalid_redirect_uri", json!({"post_logout_redirect_uris": ["javascript:alert(1)"]})),
        ("invalid_redirect_uri", json!({"post_logout_redirect_uris": [CALLBACK, CALLBACK]})),
        ("invalid_client_metadata", json!({"post_logout_redirect_uris": CALLBACK})),
        ("invalid_client_metadata", json!({"backchannel_logout_session_required": "true"})),
        ("invalid_client_metadata", json!({"optional_scope": "rooms.read"})),
        ("invalid_client_metadata", json!({"optional_scope": "openid"})),
        ("invalid_client_metadata", json!({"optional_scope": "profile offline_access"})),
        ("invalid_client_metadata", json!({"optional_scope": ["profile"]})),
        ("invalid_client_metadata", json!({"subject_type": "private"})),
        ("invalid_client_metadata", json!({"access_token_format": "saml"})),
        ("invalid_client_metadata", json!({"default_max_age": -1})),
        ("invalid_client_metadata", json!({"default_max_age": "60"})),
        ("invalid_client_metadata", json!({"require_auth_time": 1})),
        ("invalid_client_metadata", json!({"userinfo_signed_response_alg": "RS256"})),
        ("invalid_client_metadata", json!({"id_token_encrypted_response_alg": "RSA-OAEP"})),
        ("invalid_client_metadata", json!({"request_object_signing_alg": "none"})),
        ("invalid_client_metadata", json!({"dpop_bound_access_tokens": true})),
        ("invalid_client_metadata", json!({"require_pushed_authorization_requests": true})),
    ];
    refused(&world, cases);
}
