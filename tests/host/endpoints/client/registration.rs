//! Clients registered and managed over HTTP (RFC 7591, RFC 7592): what is accepted, what is refused, and who may do what.

use crate::support::clients_platform::{ADMIN_TOKEN, Crash, ISSUER, START, World, id};
use crate::support::registration::{
    CALLBACK, admin, is_secret, metadata, own, path, post, put, refused, registered, stored,
};
use grantry::base::Seconds;
use grantry::base::{Secret, UnixTime};
use grantry::http::Method;
use grantry::oauth::client::id::IdOrigin;
use grantry::oauth::client::registration::{DecidedBy, JsonType, MEMBERS, RegistrationMember};
use grantry::oauth::client::{Client, SecretDigest, rotated};
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

// spec: RFC 7592 section 2.1 - a client reads its metadata with its registration access token
// spec: RFC 7592 section 2.2 - what an update leaves out is given up
// spec: RFC 7592 section 2.3 - after deletion the registration access token is 401
#[test]
fn a_client_reads_changes_and_deletes_itself_with_its_token() {
    let world = World::new();
    let made = registered(&world, json!({"grant_types": ["authorization_code", "refresh_token"]}));
    let (path, token, client_id) = (path(&made), own(&made), made.text("client_id").to_owned());
    let read = world.send(Method::Get, &path, Some(&token), None);
    assert_eq!((read.status, read.text("client_id")), (200, client_id.as_str()));
    assert_eq!(format!("Bearer {}", read.text("registration_access_token")), token);

    let changed = put(&world, &path, &token, &metadata(json!({"client_id": client_id, "client_name": "Renamed"})));
    assert_eq!((changed.status, changed.text("client_name")), (200, "Renamed"), "{}", changed.json);
    assert_eq!(changed.json["grant_types"], json!(["authorization_code"]), "what is not repeated is given up");
    assert_eq!(changed.json["client_secret"], Value::Null);
    assert!(is_secret(&world, &client_id, made.text("client_secret")), "the secret stays");
    assert_eq!(world.send(Method::Get, &path, Some(&token), None).status, 200, "the token stays");
    assert_eq!(world.send(Method::Get, &path, Some(&own(&changed)), None).status, 200);

    assert_eq!(world.send(Method::Delete, &path, Some(&token), None).status, 204);
    for method in [Method::Get, Method::Delete] {
        assert_eq!(world.send(method, &path, Some(&token), None).status, 401, "RFC 7592 section 2.3");
        assert_eq!(world.send(method, &path, Some(&admin()), None).status, 404);
    }
    let again = registered(&world, json!({"client_id": client_id}));
    assert_eq!(world.send(Method::Get, &path, Some(&token), None).status, 401, "it is not the same client");
    assert_eq!(world.send(Method::Get, &path, Some(&own(&again)), None).status, 200);
}

// spec: RFC 7592 section 2 - a registration access token is good for its client alone
#[test]
fn a_registration_token_is_bound_to_its_client_and_can_be_replaced() {
    let world = World::new();
    let first = registered(&world, json!({}));
    let second = registered(&world, json!({}));
    let altered = own(&first).replace("gr_rat_A", "gr_rat_B");
    for (at, authorization) in [
        (path(&second), own(&first)),
        (path(&first), altered),
        (path(&first), "Bearer gr_rat_".to_owned()),
        (path(&first), "Bearer wrong".to_owned()),
        (path(&first), format!("Basic {}", own(&first))),
        ("/register/nobody".to_owned(), own(&first)),
        ("/register/%zz".to_owned(), own(&first)),
    ] {
        for method in [Method::Get, Method::Delete] {
            let answer = world.send(method, &at, Some(&authorization), None);
            assert_eq!((answer.status, answer.text("error")), (401, "invalid_token"), "{at} {authorization}");
        }
    }
    assert_eq!(world.send(Method::Get, &path(&first), None, None).status, 401);
    assert_eq!(world.send(Method::Get, "/register/", Some(&admin()), None).status, 404);
    assert_eq!(world.send(Method::Get, &format!("{}/x", path(&first)), Some(&admin()), None).status, 404);

    let replace = metadata(json!({"client_id": first.text("client_id"), "rotate_registration_access_token": true}));
    let replaced = put(&world, &path(&first), &own(&first), &replace);
    assert_eq!(replaced.status, 200, "{}", replaced.json);
    assert_eq!(world.send(Method::Get, &path(&first), Some(&own(&first)), None).status, 401);
    assert_eq!(world.send(Method::Get, &path(&first), Some(&own(&replaced)), None).status, 200);
}

// spec: RFC 7592 section 2.2 - client_id and client_secret of an update must be the current ones
// spec: RFC 7592 section 2.2 - a client gives itself no scope, grant type or lifetime
#[test]
fn a_client_gives_itself_no_rights() {
    let world = World::new();
    let made = registered(&world, json!({"scope": "openid", "access_token_lifetime": 600, "require_pkce": false}));
    let client_id = made.text("client_id").to_owned();
    let before = world.registry.dump();
    for more in [
        json!({"scope": "openid rooms.read"}),
        json!({"scope": "clients", "grant_types": ["client_credentials"]}),
        json!({"grant_types": ["authorization_code", "client_credentials"]}),
        json!({"grant_types": ["authorization_code", "refresh_token"]}),
        json!({"access_token_lifetime": 86_400}),
        json!({"rotate_refresh_tokens": true}),
        json!({"require_pkce": true}),
        json!({"access_token_format": "opaque"}),
        json!({"subject_type": "pairwise"}),
        json!({"sector_identifier_uri": "https://app.example.com/sector"}),
        json!({"jwks_uri": "https://app.example.com/jwks"}),
        json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example.com/jwks"}),
        json!({"token_endpoint_auth_method": "none"}),
        json!({"client_secret": "a secret of its own, long enough to pass"}),
        json!({"rotate_client_secret": {"overlap_seconds": 0}}),
        json!({"client_id": "other"}),
        json!({"client_id": null}),
        json!({"redirect_uris": ["javascript:alert(1)"]}),
    ] {
        let mut body = metadata(json!({"client_id": client_id}));
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let answer = put(&world, &path(&made), &own(&made), &body);
        assert_eq!(answer.status, 400, "{more} was answered with {}", answer.json);
    }
    assert_eq!(world.registry.dump(), before);
    let kept = json!({"client_id": client_id, "trusted": true, "skip_consent": true, "voucher": "administrator",
        "client_secret": made.text("client_secret"), "require_pkce": false});
    let answer = put(&world, &path(&made), &own(&made), &metadata(kept));
    assert_eq!(answer.status, 200, "{}", answer.json);
    assert_eq!(answer.json["access_token_lifetime"], json!(600), "what the administrator decided stays");
    assert_eq!(answer.json["require_pkce"], json!(false));
    assert_eq!(answer.json["scope"], json!("openid"));
}

// spec: RFC 7592 section 2.2 - a new secret comes with the answer to an update
#[test]
fn the_administrator_replaces_secrets_with_overlap_or_at_once() {
    let world = World::new();
    let made = registered(&world, json!({"client_id": "hotel"}));
    let first = made.text("client_secret").to_owned();
    let rotate = |more: Value| {
        let mut body = metadata(json!({"client_id": "hotel"}));
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let answer = put(&world, "/register/hotel", &admin(), &body);
        assert_eq!(answer.status, 200, "{}", answer.json);
        answer.text("client_secret").to_owned()
    };
    let second = rotate(json!({"rotate_client_secret": {"overlap_seconds": 3_600}}));
    assert!(second.starts_with("gr_secret_") && second != first);
    assert!(is_secret(&world, "hotel", &first) && is_secret(&world, "hotel", &second));
    world.pass(3_600);
    assert!(!is_secret(&world, "hotel", &first) && is_secret(&world, "hotel", &second));

    let own = "a secret that was chosen, long enough to pass";
    assert_eq!(rotate(json!({"client_secret": own})), own);
    assert!(!is_secret(&world, "hotel", &second) && is_secret(&world, "hotel", own), "at once");
    assert_eq!(rotate(json!({"client_secret": own})), "", "repeated, not replaced");
    assert_eq!(rotate(json!({})), "");
    assert!(is_secret(&world, "hotel", own));

    assert_eq!(rotate(json!({"token_endpoint_auth_method": "none"})), "");
    assert!(stored(&world, "hotel").secrets.is_empty());
    let fresh = rotate(json!({"token_endpoint_auth_method": "client_secret_post"}));
    assert!(is_secret(&world, "hotel", &fresh));
    for overlap in [json!(-1), json!(2_592_001), json!("3600"), json!(null)] {
        let body = metadata(json!({"client_id": "hotel", "rotate_client_secret": {"overlap_seconds": overlap}}));
        assert_eq!(put(&world, "/register/hotel", &admin(), &body).status, 400, "{overlap}");
    }
}

#[test]
fn older_secrets_end_within_the_overlap_and_never_later_than_before() {
    let at = UnixTime::from_secs;
    let secret = |name: &str, expires_at: Option<i64>| {
        SecretDigest::of(&Secret::new(name.to_owned()), expires_at.map(UnixTime::from_secs))
    };
    let before = [secret("current", None), secret("older", Some(150)), secret("gone", Some(100))];
    let after = rotated(&before, secret("new", None), Some(Seconds::new(100)), at(100));
    assert_eq!(after, [secret("new", None), secret("current", Some(200)), secret("older", Some(150))]);
    let after = rotated(&after, secret("newest", None), Some(Seconds::new(10)), at(101));
    assert_eq!(after.len(), 3, "there are never more than three");
    assert_eq!(rotated(&after, secret("last", None), None, at(102)), [secret("last", None)]);
}

#[test]
fn the_largest_registration_fits_into_kv() {
    let world = World::new();
    let uris: Vec<String> =
        (10..30).map(|number| format!("https://app.example.com/{number}{}", "x".repeat(1_974))).collect();
    let answer = registered(
        &world,
        json!({"client_id": "x".repeat(200), "redirect_uris": uris, "client_name": "é".repeat(100),
            "client_uri": format!("https://app.example.com/{}", "x".repeat(1_976))}),
    );
    world.ring(Crash::Never);
    assert_eq!(world.puts.get(), 1);
    assert!(world.newest_in_kv(&id(answer.text("client_id"))).is_some());
}

// The table of docs/connect.md, from which files of apps are read too, says of each member what the server does.
#[test]
fn the_documentation_has_the_table_of_members() {
    let rows = MEMBERS.map(|RegistrationMember { name, form, is_ours, decided_by, values, default }| {
        let form = match form {
            JsonType::Flag => "flag",
            JsonType::List => "list",
            JsonType::Number => "number",
            JsonType::Object => "object",
            JsonType::Text => "text",
            JsonType::Words => "words",
        };
        let decided_by = match decided_by {
            DecidedBy::Administrator => "administrator",
            DecidedBy::Client => "client",
            DecidedBy::Registrant => "registrant",
            DecidedBy::RegistrantThenLess => "registrant, later less",
        };
        let ours = if is_ours { " *(ours)*" } else { "" };
        format!("| `{name}`{ours} | {form} | {values} | {default} | {decided_by} |\n")
    });
    let table =
        ["| member | form | values | default | decided by |\n| --- | --- | --- | --- | --- |\n", &rows.concat()]
            .concat();
    let documentation = std::fs::read_to_string("docs/connect.md").expect("the documentation");
    assert!(documentation.contains(&table), "docs/connect.md must have this table:\n{table}");
}

// A member that is sent and read back under its name was both read and answered.
#[test]
fn every_member_is_read_and_answered() {
    let world = World::new();
    let common = json!({
        "client_name": "App", "client_uri": "https://app.example.com", "description": "Reports", "published": true,
        "policy_uri": "https://app.example.com/policy", "tos_uri": "https://app.example.com/terms",
        "redirect_uris": [CALLBACK], "grant_types": ["authorization_code"], "response_types": ["code"],
        "scope": "openid email", "optional_scope": "email", "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256", "jwks_uri": "https://app.example.com/jwks.json",
        "assertion_audience": "token_endpoint", "id_token_signed_response_alg": "ES256", "access_token_lifetime": 600,
        "access_token_format": "opaque", "require_pkce": false, "rotate_refresh_tokens": true,
        "subject_type": "pairwise", "default_max_age": 0, "require_auth_time": true,
        "post_logout_redirect_uris": ["https://app.example.com/bye"],
        "backchannel_logout_uri": "https://app.example.com/logout", "backchannel_logout_session_required": true,
        "logo": "data:image/png;base64,iVBORw0KGgo=",
    });
    // Sent by the tests of sectors and of assertions.
    let elsewhere = ["sector_identifier_uri", "jwks"];
    let sent = common.as_object().expect("an object");
    let answer = registered(&world, common.clone());
    for name in MEMBERS.map(|member| member.name).iter().filter(|name| !elsewhere.contains(name)) {
        assert!(sent.contains_key(*name), "{name} is not sent");
        assert_eq!(answer.json[*name], sent[*name], "{name}");
    }
}

// What the release before wrote is read, and what this one writes is read by the release before: the same members in one object.
#[test]
fn the_stored_form_of_a_client_is_one_object() {
    let stored = json!({
        "id": "planner", "version": 3, "registered_at": START, "voucher": "developer", "is_unused": true,
        "self_registered": true, "owner": "u1", "name": "Planner", "site": "https://planner.example",
        "presentation": {"published": true, "publication_requested": true, "description": "Plans"},
        "redirect_uris": ["https://planner.example/back"], "authentication": "private_key_jwt",
        "assertions": {"keys": {"jwks_uri": "https://planner.example/keys"}, "algorithm": "ES256", "audience": "issuer"},
        "secrets": [], "grant_types": ["authorization_code"], "scopes": "openid email", "optional_scopes": "email",
        "require_pkce": true, "rotates_refresh_tokens": false, "id_token_algorithm": "ES256",
        "access_token_lifetime": 600, "access_token_format": "opaque",
        "subjects": {"kind": "pairwise", "sector_identifier_uri": "https://planner.example/sector"},
        "logout": {"post_logout_redirect_uris": ["https://planner.example/bye"], "backchannel_uri": "https://planner.example/out",
            "backchannel_session_required": true},
        "default_max_age": 60, "require_auth_time": true, "revoked_before": START,
    });
    let client: Client = serde_json::from_str(&stored.to_string()).expect("a client");
    let written: Value = serde_json::from_str(&serde_json::to_string(&client).expect("JSON")).expect("JSON");
    assert_eq!(written, stored);
}
