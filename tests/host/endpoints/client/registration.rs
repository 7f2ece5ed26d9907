//! Clients registered over HTTP (RFC 7591): what is accepted, what is refused, and who may register and list them.

use crate::support::clients_platform::{ADMIN_TOKEN, ISSUER, START, World, id};
use crate::support::registration::{CALLBACK, admin, is_secret, metadata, own, path, post, refused, registered};
use grantry::http::Method;
use grantry::oauth::client::id::IdOrigin;
use serde_json::{Value, json};

// spec: RFC 7591 section 2 - defaults: client_secret_basic, authorization_code, code
// spec: RFC 7591 section 3.2.1 - the answer tells all metadata, the secret and when it expires
// spec: RFC 7592 section 3 - the answer has the registration access token and the address of the client
// spec: OpenID Connect Registration section 2 - ID tokens are signed by RS256 unless another algorithm was registered
// spec: Invariant 9 - a new secret is not logged
#[test]
fn the_defaults_are_those_of_the_specifications() {
    let world = World::new();
    let answer = registered(&world, json!({}));
    let client_id = answer.text("client_id").to_owned();
    let origin = id(&client_id).origin(&world.config.client_id_key);
    assert_eq!(origin, IdOrigin::Generated, "{client_id}");
    let secret = answer.text("client_secret").to_owned();
    assert!(secret.starts_with("gr_secret_") && secret.len() == 53, "256 random bits");
    assert!(is_secret(&world, &client_id, &secret));
    assert!(answer.text("registration_access_token").starts_with("gr_rat_"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut told = answer.json.clone();
    for once in ["client_id", "client_secret", "registration_access_token", "registration_client_uri"] {
        told.as_object_mut().expect("an object").remove(once);
    }
    let expected = json!({
        "client_id_issued_at": START,
        "client_secret_expires_at": 0,
        "client_name": "App",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": "openid profile email offline_access",
        "id_token_signed_response_alg": "RS256",
        "require_pkce": true,
        "rotate_refresh_tokens": false,
        "access_token_format": "jwt",
        "subject_type": "public",
        "require_auth_time": false,
        "published": false,
        "verified": true,
    });
    assert_eq!(told, expected);
    let events: Vec<Value> = world.log.borrow().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let event = events.iter().find(|event| event["event"] == "administration").expect("logged");
    assert_eq!((&event["who"], &event["what"]), (&json!("break-glass"), &json!("register a client")));
    assert_eq!(event["target"], json!(client_id));
    assert!(!world.log.borrow().concat().contains(&secret), "the secret is logged");
}

// spec: RFC 7591 section 3.2.1 - registered metadata is answered as it was sent
// spec: RFC 7592 section 2.1 - and read again at the address of the client
#[test]
fn every_member_is_kept_as_it_was_sent() {
    let world = World::new();
    let sent = json!({
        "client_name": "Zoë’s Hotel & Co",
        "client_uri": "https://app.example.com",
        "redirect_uris": [CALLBACK, "http://127.0.0.1/cb", "com.example.app:/cb"],
        "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code", "client_credentials", "refresh_token"],
        "response_types": ["code"],
        "scope": "openid rooms.read clients",
        "id_token_signed_response_alg": "ES256",
        "require_pkce": false,
        "rotate_refresh_tokens": true,
        "access_token_lifetime": 600,
        "access_token_format": "opaque",
        "jwks_uri": "https://app.example.com/jwks.json",
        "token_endpoint_auth_signing_alg": "PS256",
        "post_logout_redirect_uris": ["https://app.example.com/bye", "com.example.app:/bye"],
        "backchannel_logout_uri": "https://app.example.com/logout?tenant=7",
        "backchannel_logout_session_required": true,
        "default_max_age": 0,
        "require_auth_time": true,
    });
    let answer = registered(&world, sent.clone());
    for (name, value) in sent.as_object().expect("an object") {
        assert_eq!(&answer.json[name], value, "{name}");
    }
    let read = world.send(Method::Get, &path(&answer), Some(&admin()), None);
    assert_eq!(read.status, 200);
    for (name, value) in sent.as_object().expect("an object") {
        assert_eq!(&read.json[name], value, "{name}");
    }
    assert_eq!(read.json["client_secret"], Value::Null, "a secret is told once");
    assert_eq!(read.json["registration_access_token"], Value::Null);
}

// spec: RFC 7591 section 2 - unknown members are ignored
// spec: RFC 9700 section 2.2.2 - refresh tokens of public clients rotate
#[test]
fn public_clients_have_no_secret_and_rotate() {
    let world = World::new();
    let answer = registered(&world, json!({"token_endpoint_auth_method": "none", "unknown_member": {"x": [1]}}));
    assert_eq!(answer.json["client_secret"], Value::Null);
    assert_eq!(answer.json["client_secret_expires_at"], Value::Null);
    assert_eq!(answer.json["rotate_refresh_tokens"], json!(true));
    assert_eq!(answer.json["unknown_member"], Value::Null, "RFC 7591 section 2: unknown members are ignored");
}

// spec: RFC 7591 section 2 - redirect URIs are required of clients with redirect-based flows only
#[test]
fn machine_clients_need_no_redirect_uri() {
    let world = World::new();
    let body = json!({"client_name": "Machine", "grant_types": ["client_credentials"], "scope": "people:read"});
    let answer = post(&world, &body);
    assert_eq!(answer.status, 201, "{}", answer.json);
    assert_eq!(answer.json["response_types"], json!([]));
    assert_eq!(answer.json["redirect_uris"], json!([]));
}

// spec: RFC 7591 section 3.2.2 - invalid_redirect_uri and invalid_client_metadata
// spec: RFC 7591 section 2.1 - grant types and response types must agree
// spec: Invariant 3 - what is refused writes nothing
#[test]
fn what_cannot_be_registered() {
    let world = World::new();
    let subject = format!("u{}", grantry::base::encoding::base64url(&[3; 16]));
    let forged = format!("c_{}", grantry::base::encoding::base64url(&[3; 22]));
    let many: Vec<String> = (0..21).map(|number| format!("{CALLBACK}/{number}")).collect();
    let long = "x".repeat(101);
    let short = "x".repeat(31);
    let site = format!("https://app.example.com/{}", "x".repeat(2_000));
    let cases = [
        ("invalid_redirect_uri", json!({"redirect_uris": null})),
        ("invalid_redirect_uri", json!({"redirect_uris": []})),
        ("invalid_redirect_uri", json!({"redirect_uris": many})),
        ("invalid_redirect_uri", json!({"redirect_uris": [CALLBACK, CALLBACK]})),
        // The tests of `oauth::client::redirect_uri` have all the others.
        ("invalid_redirect_uri", json!({"redirect_uris": ["javascript:alert(1)"]})),
        ("invalid_redirect_uri", json!({"redirect_uris": [CALLBACK, "data:text/html,x"]})),
        ("invalid_redirect_uri", json!({"redirect_uris": [format!("{CALLBACK}#x")]})),
        ("invalid_redirect_uri", json!({"redirect_uris": [format!("{CALLBACK}?code=x")]})),
        ("invalid_redirect_uri", json!({"redirect_uris": ["app://callback"]})),
        ("invalid_redirect_uri", json!({"redirect_uris": ["https://*.example.com/callback"]})),
        ("invalid_client_metadata", json!({"redirect_uris": CALLBACK})),
        ("invalid_client_metadata", json!({"redirect_uris": [1]})),
        ("invalid_client_metadata", json!({"client_name": null})),
        ("invalid_client_metadata", json!({"client_name": 7})),
        // Names that look like another, or like none.
        ("invalid_client_metadata", json!({"client_name": ""})),
        ("invalid_client_metadata", json!({"client_name": " "})),
        ("invalid_client_metadata", json!({"client_name": "App "})),
        ("invalid_client_metadata", json!({"client_name": long})),
        ("invalid_client_metadata", json!({"client_name": "A\nB"})),
        ("invalid_client_metadata", json!({"client_name": "A\u{202e}B"})),
        ("invalid_client_metadata", json!({"client_name": "A\u{200b}B"})),
        ("invalid_client_metadata", json!({"client_name": "A\u{a0}B"})),
        ("invalid_client_metadata", json!({"client_uri": "http://app.example.com"})),
        ("invalid_client_metadata", json!({"client_uri": "javascript:alert(1)"})),
        ("invalid_client_metadata", json!({"client_uri": "https://user@app.example.com"})),
        ("invalid_client_metadata", json!({"client_uri": "https://app.example.com/a b"})),
        ("invalid_client_metadata", json!({"client_uri": site})),
        ("invalid_client_metadata", json!({"token_endpoint_auth_method": "private_key_jwt"})),
        ("invalid_client_metadata", json!({"token_endpoint_auth_method": "client_secret_jwt"})),
        ("invalid_client_metadata", json!({"grant_types": []})),
        ("invalid_client_metadata", json!({"grant_types": ["implicit"]})),
        ("invalid_client_metadata", json!({"grant_types": ["password"]})),
        ("invalid_client_metadata", json!({"grant_types": ["refresh_token"]})),
        ("invalid_client_metadata", json!({"grant_types": ["client_credentials", "refresh_token"]})),
        (
            "invalid_client_metadata",
            json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"}),
        ),
        ("invalid_client_metadata", json!({"response_types": ["token"]})),
        ("invalid_client_metadata", json!({"response_types": ["code", "code id_token"]})),
        ("invalid_client_metadata", json!({"response_types": []})),
        ("invalid_client_metadata", json!({"grant_types": ["client_credentials"], "response_types": ["code"]})),
        ("invalid_client_metadata", json!({"scope": "openid nothing.known"})),
        ("invalid_client_metadata", json!({"scope": "openid  email"})),
        ("invalid_client_metadata", json!({"scope": ["openid"]})),
        ("invalid_client_metadata", json!({"scope": "clients"})),
        ("invalid_client_metadata", json!({"scope": "openid people:write", "token_endpoint_auth_method": "none"})),
        ("invalid_client_metadata", json!({"id_token_signed_response_alg": "none"})),
        ("invalid_client_metadata", json!({"id_token_signed_response_alg": "HS256"})),
        // The deployment of these tests has no EdDSA key.
        ("invalid_client_metadata", json!({"id_token_signed_response_alg": "EdDSA"})),
        ("invalid_client_metadata", json!({"require_pkce": false, "token_endpoint_auth_method": "none"})),
        ("invalid_client_metadata", json!({"require_pkce": "false"})),
        ("invalid_client_metadata", json!({"rotate_refresh_tokens": false, "token_endpoint_auth_method": "none"})),
        ("invalid_client_metadata", json!({"access_token_lifetime": 59})),
        ("invalid_client_metadata", json!({"access_token_lifetime": 86_401})),
        ("invalid_client_metadata", json!({"access_token_lifetime": 600.5})),
        ("invalid_client_metadata", json!({"access_token_lifetime": -1})),
        ("invalid_client_metadata", json!({"access_token_lifetime": 4_294_967_296_u64})),
        ("invalid_client_metadata", json!({"client_id": subject})),
        ("invalid_client_metadata", json!({"client_id": forged})),
        ("invalid_client_metadata", json!({"client_id": "https://app.example.com/client.json"})),
        ("invalid_client_metadata", json!({"client_id": "a b"})),
        ("invalid_client_metadata", json!({"client_id": ""})),
        ("invalid_client_metadata", json!({"client_id": ".."})),
        ("invalid_client_metadata", json!({"client_secret": short})),
        ("invalid_client_metadata", json!({"client_secret": "x".repeat(257)})),
        ("invalid_client_metadata", json!({"client_secret": "ü".repeat(40)})),
        ("invalid_client_metadata", json!({"client_secret": "x".repeat(32), "token_endpoint_auth_method": "none"})),
        ("invalid_request", json!({"registration_access_token": "gr_rat_x"})),
        ("invalid_request", json!({"client_secret_expires_at": 0})),
    ];
    refused(&world, cases);
}

#[test]
fn a_refused_registration_says_which_member_is_wrong() {
    let world = World::new();
    for (member, value) in [
        ("client_name", json!(1)),
        ("require_pkce", json!("false")),
        ("redirect_uris", json!("https://app.example.com/callback")),
        ("post_logout_redirect_uris", json!(["https://app.example.com/*", "no URI"])),
        ("policy_uri", json!("http://app.example.com")),
        ("jwks_uri", json!("https://127.0.0.1/keys")),
        ("userinfo_signed_response_alg", json!("RS256")),
        ("dpop_bound_access_tokens", json!(true)),
        ("dpop_bound_access_tokens", json!("true")),
    ] {
        let answer = post(&world, &metadata(json!({ member: value })));
        let description = answer.text("error_description");
        assert!(answer.status == 400 && description.starts_with(&format!("{member}: ")), "{member}: {description}");
    }
}

// spec: RFC 7591 section 3.1 - the request is one JSON object
// spec: RFC 8259 section 4 - names within an object are unique, otherwise it is refused
#[test]
fn bodies_that_are_not_one_json_object_are_refused() {
    let world = World::new();
    for body in [
        "",
        "[]",
        "client_name=App",
        r#"{"client_name":"App","redirect_uris":["https://app.example.com/callback"],"client_name":"Other"}"#,
        r#"{"client_name":"App","redirect_uris":["https://a.example/"],"redirect_uris":["https://b.example/"]}"#,
        &format!(r#"{{"client_name":"App","jwks":{}{}}}"#, "[".repeat(1_000), "]".repeat(1_000)),
    ] {
        let answer = world.send(Method::Post, "/register", Some(&admin()), Some(body));
        assert_eq!((answer.status, answer.text("error")), (400, "invalid_client_metadata"), "{body}");
    }
    assert!(world.registry.is_unused());
}

// spec: RFC 7591 section 3 - a bad initial access token is no anonymous registration
// spec: RFC 6750 section 3 - 401 comes with a Bearer challenge
#[test]
fn only_the_administrator_registers_and_lists() {
    let world = World::new();
    let body = metadata(json!({})).to_string();
    let wrong = format!("Bearer {ADMIN_TOKEN}x");
    let rat = own(&registered(&world, json!({})));
    let before = world.registry.dump();
    for authorization in [None, Some("Bearer wrong"), Some(wrong.as_str()), Some(ADMIN_TOKEN), Some(""), Some(&rat)] {
        for (method, body) in [(Method::Post, Some(body.as_str())), (Method::Get, None)] {
            let answer = world.send(method, "/register", authorization, body);
            assert_eq!((answer.status, answer.text("error")), (401, "invalid_token"), "{authorization:?}");
            assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")));
        }
    }
    assert_eq!(world.registry.dump(), before);
}

#[test]
fn an_administrator_imports_clients_with_their_identifiers_and_secrets() {
    let world = World::new();
    let secret = "an imported secret, long enough to keep";
    let answer = registered(&world, json!({"client_id": "hotel/app:1", "client_secret": secret}));
    assert_eq!((answer.text("client_id"), answer.text("client_secret")), ("hotel/app:1", secret));
    assert_eq!(path(&answer), "/register/hotel%2Fapp%3A1");
    assert!(is_secret(&world, "hotel/app:1", secret));
    assert_eq!(world.send(Method::Get, &path(&answer), Some(&admin()), None).status, 200);
    assert_eq!(world.send(Method::Get, &path(&answer), Some(&own(&answer)), None).status, 200);
    let again = post(&world, &metadata(json!({"client_id": "hotel/app:1"})));
    assert_eq!((again.status, again.text("error")), (400, "invalid_client_metadata"));
    assert!(is_secret(&world, "hotel/app:1", secret), "the first one stays as it is");
}

#[test]
fn clients_are_listed_in_pages() {
    let world = World::new();
    for number in 0..5 {
        registered(&world, json!({"client_id": format!("client-{number}"), "client_name": format!("App {number}")}));
    }
    let mut next = "/register?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = world.send(Method::Get, &next, Some(&admin()), None);
        assert_eq!(page.status, 200);
        let clients = page.json["clients"].as_array().expect("clients").clone();
        assert!(clients.len() <= 2 && clients.iter().all(|client| client.get("client_secret").is_none()));
        seen.extend(clients.iter().map(|client| client["client_id"].as_str().expect("an id").to_owned()));
        match page.json["next"].as_str() {
            Some(address) => next = address.strip_prefix(ISSUER).expect("ours").to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["client-0", "client-1", "client-2", "client-3", "client-4"]);
    for query in ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=1&limit=2", "after=%20", "limit=99999999999"] {
        assert_eq!(world.send(Method::Get, &format!("/register?{query}"), Some(&admin()), None).status, 400, "{query}");
    }
}
