//! A registration that was made is read, changed and deleted (RFC 7592), and its secret is replaced.

use crate::support::clients_platform::World;
use crate::support::registration::{admin, is_secret, metadata, own, path, put, registered, stored};
use grantry::base::{Seconds, Secret, UnixTime};
use grantry::http::Method;
use grantry::oauth::client::{SecretDigest, rotated};
use serde_json::{Value, json};

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

// spec: RFC 7592 section 2.2 - members that only responses have must not be in a request
#[test]
fn a_refusal_names_the_member() {
    let world = World::new();
    registered(&world, json!({"client_id": "hotel"}));
    let public = registered(&world, json!({"client_id": "app", "token_endpoint_auth_method": "none"}));
    for (name, more) in [
        ("registration_access_token", json!({"registration_access_token": "x"})),
        ("registration_client_uri", json!({"registration_client_uri": "x"})),
        ("client_secret_expires_at", json!({"client_secret_expires_at": 0})),
        ("client_id_issued_at", json!({"client_id_issued_at": 0})),
        ("client_secret", json!({"token_endpoint_auth_method": "none", "client_secret": "0".repeat(32)})),
        ("client_secret", json!({"client_secret": "short"})),
        (
            "rotate_client_secret",
            json!({"token_endpoint_auth_method": "none", "rotate_client_secret": {"overlap_seconds": 0}}),
        ),
        ("rotate_client_secret", json!({"rotate_client_secret": true})),
        ("rotate_registration_access_token", json!({"rotate_registration_access_token": 1})),
        ("verified", json!({"verified": "yes"})),
        ("owner", json!({"owner": true})),
        ("owner", json!({"owner": "two words"})),
        ("client_id", json!({"client_id": "other"})),
        ("scope", json!({"scope": "never.heard.of"})),
        ("scope", json!({"scope": "clients"})),
        ("redirect_uris", json!({"redirect_uris": ["javascript:alert(1)"]})),
        ("redirect_uris", json!({"redirect_uris": []})),
        ("grant_types", json!({"token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]})),
        ("jwks", json!({"token_endpoint_auth_method": "private_key_jwt"})),
        ("subject_type", json!({"subject_type": "pairwise", "redirect_uris": ["http://localhost/a"]})),
        ("dpop_bound_access_tokens", json!({"dpop_bound_access_tokens": true})),
        ("access_token_lifetime", json!({"access_token_lifetime": 1})),
    ] {
        let mut body = metadata(json!({"client_id": "hotel"}));
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let answer = put(&world, "/register/hotel", &admin(), &body);
        assert_eq!(answer.status, 400, "{more} was answered with {}", answer.json);
        let description = answer.text("error_description");
        assert!(description.starts_with(name), "{more} is refused with: {description}");
    }
    let itself = put(
        &world,
        &path(&public),
        &own(&public),
        &metadata(json!({"client_id": "app", "token_endpoint_auth_method": "none", "owner": "u1"})),
    );
    assert!(itself.text("error_description").starts_with("owner: only an administrator"), "{}", itself.json);
}
