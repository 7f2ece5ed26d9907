//! The JSON facade, with the objects' work counted and interrupted.

use std::collections::BTreeMap;

use crate::support::clients_platform::{ISSUER, SECRET};
use crate::support::connected::{A, App, Connected, VERIFIER, basic, claims, scopes, text};
use crate::support::platform::{Answer, request, step};
use grantry::base::LinkKey;
use grantry::http::{Method, Request};
use grantry::lookup::client::Freshness;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{AuthenticationMethod, Client, GrantType};
use grantry::oauth::token::entitlement::Granted;
use grantry::seal::code::Code;
use grantry::seal::link::LinkRequest;
use grantry::store::account::Disconnect;
use grantry::store::directory::FindLink;
use grantry::store::registry::Delete;
use serde_json::{Value, json};

const AUTHORIZE: &str = "/a/oauth2/provider/authorize";
pub const TOKEN: &str = "/a/oauth2/token";
pub const REVOKE: &str = "/a/oauth2/revoke";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const ALL: &str = "openid offline_access a.read";

pub fn of(method: Method, path: &str, authorization: Option<&str>, body: &Value) -> Request {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(authorization.map(|value| ("authorization", value)));
    request(method, path, &headers, &body.to_string())
}

/// Sends JSON as a client with the secret of all.
pub fn ask(app: &App<'_>, path: &str, body: &Value) -> Answer {
    app.home.world.send(of(Method::Post, path, Some(&basic(app.client.id.as_str())), body))
}

/// The query of the address that a request with these members is answered with.
fn address(home: &Connected, body: &Value) -> BTreeMap<String, String> {
    let answer = home.world.send(of(Method::Get, AUTHORIZE, None, body));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let address = url::Url::parse(text(&answer.json, "authorization_url")).expect("an address");
    assert_eq!(address.as_str().split('?').next(), Some(format!("{ISSUER}/authorize").as_str()));
    address.query_pairs().into_owned().collect()
}

/// What an address says of the client's user.
fn key(home: &Connected, query: &BTreeMap<String, String>) -> LinkKey {
    let sealed = query.get("gr_link").expect("a link");
    home.world.clients.config.sealer.open::<LinkRequest>(sealed, home.world.at()).expect("opens").value.key
}

/// The code for these scopes that the app gets when Ada has followed the address of the facade.
pub fn code(app: &App<'_>, identity: &str, allowed: &str) -> String {
    let body = json!({"client_id": app.client.id, "client_user_identity": identity, "code_challenge": CHALLENGE});
    let link = Some(key(app.home, &address(app.home, &body)));
    app.code(allowed, |code| {
        let granted = Granted { apis: vec![A.to_owned()], ..code.granted };
        Code { link, granted, ..code }
    })
}

pub fn redeem(app: &App<'_>, identity: &str, allowed: &str) -> Answer {
    let code = code(app, identity, allowed);
    ask(app, TOKEN, &json!({"code": code, "code_verifier": VERIFIER, "client_user_identity": identity}))
}

pub fn linked(app: &App<'_>, identity: &str) -> Value {
    let answer = redeem(app, identity, ALL);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json
}

pub fn identity(app: &App<'_>, identity: &str) -> Value {
    json!({"client_id": app.client.id, "client_user_identity": identity})
}

pub fn is(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.json["error"].as_str()), (status, Some(error)), "{}", answer.body);
}

#[test]
fn authorize_makes_an_address_and_asks_nobody() {
    let home = Connected::new();
    let app = home.app("app", |client| Client {
        registration: Registration { require_pkce: false, ..client.registration },
        ..client
    });
    let body = identity(&app, "ada@hotel");
    let query = address(&home, &body);
    assert_eq!(home.cost(), (0, 0));
    let expected = [
        ("client_id", "app"),
        ("redirect_uri", "https://app.example.com/callback"),
        ("resource", A),
        ("response_type", "code"),
        ("scope", "openid offline_access a.read a.write"),
    ];
    let plain: Vec<_> = query.iter().filter(|(name, _)| *name != "gr_link").collect();
    let plain: Vec<_> = plain.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(plain, expected);
    assert_eq!(key(&home, &query), key(&home, &address(&home, &body)), "the same user");
    let other = address(&home, &identity(&app, "grace@hotel"));
    assert_ne!(key(&home, &query), key(&home, &other));

    let all = json!({"client_id": "app", "client_user_identity": "ada@hotel", "state": "x y", "scope": "a.read",
        "redirect_uri": "https://app.example.com/callback", "code_challenge": CHALLENGE, "nonce": "n", "db": null});
    let query = address(&home, &all);
    let told = |name: &str| query.get(name).map(String::as_str);
    assert_eq!((told("state"), told("scope"), told("nonce")), (Some("x y"), Some("a.read"), Some("n")));
    assert_eq!((told("code_challenge"), told("code_challenge_method")), (Some(CHALLENGE), Some("S256")));
}

#[test]
fn authorize_takes_the_members_from_the_body_of_either_method_or_the_query_of_a_get() {
    let home = Connected::new();
    let app = home.app("app", |client| Client {
        registration: Registration { require_pkce: false, ..client.registration },
        ..client
    });
    let keys: Vec<_> = [
        of(Method::Get, AUTHORIZE, None, &identity(&app, "ada@hotel")),
        of(Method::Post, AUTHORIZE, None, &identity(&app, "ada@hotel")),
        request(Method::Get, &format!("{AUTHORIZE}?client_id=app&client_user_identity=ada%40hotel"), &[], ""),
    ]
    .into_iter()
    .map(|request| {
        let answer = home.world.send(request);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(!answer.body.contains("ada"), "the identity is in no address");
        let address = url::Url::parse(text(&answer.json, "authorization_url")).expect("an address");
        key(&home, &address.query_pairs().into_owned().collect())
    })
    .collect();
    assert!(keys.iter().all(|key| *key == keys[0]));
}

// spec: Invariant 3 - what the facade refuses costs no call of an object of users
#[test]
fn authorize_refuses_at_once_what_could_not_be_granted() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    home.app("public", |client| Client {
        registration: Registration { authentication: AuthenticationMethod::None, ..client.registration },
        ..client
    });
    home.app("service", |client| Client {
        registration: Registration { grant_types: vec![GrantType::ClientCredentials], ..client.registration },
        ..client
    });
    let with = |member: &str, value: Value| {
        let mut body = json!({"client_id": "app", "client_user_identity": "ada", "code_challenge": CHALLENGE});
        body[member] = value;
        body
    };
    let long = "x".repeat(256);
    for (body, error) in [
        (with("client_id", json!(null)), "invalid_request"),
        (with("client_id", json!("two words")), "invalid_request"),
        (with("client_user_identity", json!("")), "invalid_request"),
        (with("client_user_identity", json!(42)), "invalid_request"),
        (with("client_user_identity", json!(long)), "invalid_request"),
        (with("client_user_identity", json!("a\u{0}b")), "invalid_request"),
        (with("redirect_uri", json!("https://app.example.com/callback/")), "invalid_request"),
        (with("code_challenge", json!(null)), "invalid_request"),
        (with("code_challenge", json!("short")), "invalid_request"),
        (with("code_challenge_method", json!("plain")), "invalid_request"),
        (with("state", json!("x".repeat(1_025))), "invalid_request"),
        (with("scope", json!("openid other")), "invalid_scope"),
        (with("scope", json!("b.read")), "invalid_target"),
        (with("client_id", json!("public")), "unauthorized_client"),
        (with("client_id", json!("service")), "unauthorized_client"),
        (json!(["app"]), "invalid_request"),
    ] {
        let answer = home.world.send(of(Method::Post, AUTHORIZE, None, &body));
        is(&answer, 400, error);
        assert_eq!(home.cost(), (0, 0), "{body}");
    }
    let form = home.form(AUTHORIZE, &[], &[("client_id", "app"), ("client_user_identity", "ada")]);
    is(&form, 400, "invalid_request");
    is(&home.world.send(of(Method::Post, AUTHORIZE, None, &with("client_id", json!("nobody")))), 400, "invalid_client");
    for path in ["/c/oauth2/token", "/token/oauth2/token", "/oauth2/token", "/a/b/oauth2/token", "/A/oauth2/token"] {
        assert_eq!(ask(&app, path, &identity(&app, "ada")).status, 404, "{path}");
    }
}

/// A changed address gives no access: a link is valid for its client, its API and an hour.
#[test]
fn the_address_answers_for_its_client_its_api_and_its_hour() {
    let home = Connected::new();
    let app = home.app("app", |client| Client {
        registration: Registration { require_pkce: false, ..client.registration },
        ..client
    });
    let other = home.app("other", |client| Client {
        registration: Registration { require_pkce: false, ..client.registration },
        ..client
    });
    let sent = |query: &BTreeMap<String, String>| {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let answer = home.get(&format!("/authorize?{query}"), &[]);
        answer.header("location").unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    };
    let good = address(&home, &identity(&app, "ada"));
    assert!(sent(&good).starts_with("/login?"), "{}", sent(&good));
    let with = |name: &str, value: &str| {
        let mut query = good.clone();
        query.insert(name.to_owned(), value.to_owned());
        query
    };
    let of_other = address(&home, &identity(&other, "ada"));
    for query in
        [with("gr_link", "gr_link_AAAA"), with("gr_link", &of_other["gr_link"]), with("resource", "https://b.example")]
    {
        let location = sent(&query);
        assert!(location.starts_with("https://app.example.com/callback?error=invalid_"), "{location}");
    }
    home.world.pass(3_600);
    assert!(sent(&good).contains("error=invalid_request"), "an hour later");
}

/// A stranger makes the address for their own user of the app, and another user follows it and allows the app. The app redeems
/// the code in the session of that other user, or says nothing of whose it is.
#[test]
fn attack_the_address_of_a_stranger_links_the_account_of_another_user() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let code = code(&app, "stranger", ALL);
    let fields = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
    for said in [json!("grace"), json!(""), json!("Stranger"), Value::Null] {
        let body = json!({"client_user_identity": said, "code": code, "code_verifier": VERIFIER});
        is(&ask(&app, TOKEN, &body), 400, "invalid_grant");
        assert_eq!(home.cost(), (0, 0), "{said}: the code is not even spent");
        let more = said.as_str().map(|said| ("client_user_identity", said));
        let more: Vec<_> = more.into_iter().collect();
        is(&app.post("/token", &[&fields[..], &more].concat()), 400, "invalid_grant");
    }
    is(&ask(&app, TOKEN, &identity(&app, "stranger")), 400, "invalid_grant");
    let plain = app.code(ALL, |code| code);
    let body = json!({"client_user_identity": "grace", "code": plain, "code_verifier": VERIFIER});
    is(&ask(&app, TOKEN, &body), 400, "invalid_grant");
}

/// The administrator takes a scope away that the facade's client was granted.
#[test]
fn attack_the_facade_goes_on_with_a_scope_that_the_client_lost() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let before = linked(&app, "ada");
    let left = |may: &str| {
        let mut client = app.client.clone();
        client.registration.scopes = scopes(may);
        home.world.clients.ask(home.world.clients.update(client)).expect("changed");
        home.world.clients.found(&app.client.id, Freshness::Now).expect("registered");
    };
    left("openid offline_access a.read");
    let after = ask(&app, TOKEN, &identity(&app, "ada"));
    assert_eq!(after.json["scope"], "openid offline_access a.read");
    assert_eq!(claims(&after.json["access_token"])["scope"], "openid offline_access a.read");
    let told = home.introspect("server-a", text(&before, "access_token"));
    assert_eq!(told["scope"], "a.read", "the token from before");
    left("openid offline_access");
    is(&ask(&app, TOKEN, &identity(&app, "ada")), 400, "invalid_target");
    assert_eq!(home.introspect("server-a", text(&before, "access_token")), json!({"active": false}));
}

// spec: RFC 6749 section 5.1 - the answer has the members of a token response, and expires_at besides
#[test]
fn the_redemption_links_and_says_when_the_token_ends() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let code = code(&app, "ada", ALL);
    is(&ask(&app, TOKEN, &identity(&app, "ada")), 400, "invalid_grant");

    let fields = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
    let tokens = app.post("/token", &[&fields[..], &[("client_user_identity", "ada")]].concat());
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    assert_eq!(home.cost().0, 2, "account and directory");
    let names: Vec<_> = tokens.json.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = ["access_token", "expires_at", "expires_in", "id_token", "refresh_token", "scope", "token_type"];
    assert_eq!(names, expected);
    assert_eq!(tokens.json["expires_at"], claims(&tokens.json["access_token"])["exp"]);
    assert_eq!(ask(&app, TOKEN, &identity(&app, "ada")).status, 200);
    assert_eq!(app.tokens(ALL).get("expires_at"), None, "others get what RFC 6749 has");
    linked(&app, "grace");
    assert_eq!(home.cost(), (2, 2), "one family, one link");
}

#[test]
fn token_gives_a_fresh_access_token_and_never_a_refresh_token() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let tokens = linked(&app, "ada");
    home.world.pass(20);
    for method in [Method::Get, Method::Post] {
        let answer = home.world.send(of(method, TOKEN, Some(&basic("app")), &identity(&app, "ada")));
        assert_eq!((answer.status, home.cost()), (200, (2, 0)), "{}", answer.body);
        assert_eq!(answer.json.get("refresh_token"), None);
        assert_eq!(answer.json["expires_in"], 600);
        let token = claims(&answer.json["access_token"]);
        assert_eq!(answer.json["expires_at"], token["exp"]);
        assert_eq!((&token["aud"], &token["scope"]), (&json!([A, ISSUER]), &json!(ALL)));
        assert_ne!(answer.json["access_token"], tokens["access_token"]);
        assert_eq!(home.userinfo(text(&answer.json, "access_token")).status, 200);
    }
    assert_eq!(app.refresh(text(&tokens, "refresh_token"), &[]).status, 200, "a client that kept it can still use it");
    home.world.pass(86_400);
    home.world.clients.found(&app.client.id, Freshness::Now);
    ask(&app, TOKEN, &identity(&app, "ada"));
    assert_eq!(home.cost(), (2, 1), "the daily mark");
}

#[test]
fn token_and_revoke_take_the_clients_own_authentication_as_it_registered() {
    let home = Connected::new();
    let app = home.app("app", |client| Client {
        registration: Registration { authentication: AuthenticationMethod::SecretPost, ..client.registration },
        ..client
    });
    let body = json!({"client_id": "app", "client_secret": SECRET, "code": code(&app, "ada", ALL),
        "code_verifier": VERIFIER, "client_user_identity": "ada"});
    assert_eq!(home.world.send(of(Method::Post, TOKEN, None, &body)).status, 200);
    let with =
        |secret: Option<&str>| json!({"client_id": "app", "client_secret": secret, "client_user_identity": "ada"});
    for path in [TOKEN, REVOKE] {
        for method in [Method::Get, Method::Post] {
            let nothing = home.world.send(of(method, path, None, &with(None)));
            is(&nothing, 401, "invalid_client");
            assert!(text(&nothing.json, "error_description").contains("client_secret"), "it says what to send");
            assert_eq!(nothing.header("www-authenticate"), Some("Basic realm=\"clients\""));
            assert_eq!(home.cost(), (0, 0));
            is(
                &home.world.send(of(method, path, None, &with(Some("another secret of 32 characters")))),
                401,
                "invalid_client",
            );
            is(&home.world.send(of(method, path, Some(&basic("app")), &identity(&app, "ada"))), 401, "invalid_client");
            is(&home.world.send(request(method, path, &[], "")), 401, "invalid_client");
            assert_eq!(home.cost(), (0, 0));
            let in_query = format!("{path}?client_id=app&client_secret=x&client_user_identity=ada");
            assert!([400, 401].contains(&home.world.send(request(method, &in_query, &[], "")).status));
        }
    }
    assert_eq!(home.world.send(of(Method::Get, TOKEN, None, &with(Some(SECRET)))).status, 200);
    assert_eq!(home.world.send(of(Method::Get, REVOKE, None, &with(Some(SECRET)))).status, 200);
}

/// No answer tells whether another client has such a user.
#[test]
fn token_and_revoke_know_only_the_clients_own_users_at_this_api() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let other = home.app("other", |client| client);
    linked(&app, "ada");
    let theirs = ask(&other, TOKEN, &identity(&other, "ada"));
    let nobodys = ask(&other, TOKEN, &identity(&other, "nobody"));
    is(&theirs, 400, "invalid_grant");
    assert_eq!((theirs.body, home.cost()), (nobodys.body, (1, 0)));
    let theirs = ask(&other, REVOKE, &identity(&other, "ada"));
    let nobodys = ask(&other, REVOKE, &identity(&other, "nobody"));
    assert_eq!((theirs.status, theirs.body), (nobodys.status, nobodys.body));
    is(&ask(&app, "/b/oauth2/token", &identity(&app, "ada")), 400, "invalid_grant");
    assert_eq!(ask(&app, "/b/oauth2/revoke", &identity(&app, "ada")).status, 200);
    assert_eq!(ask(&app, TOKEN, &identity(&app, "ada")).status, 200, "no request of another client ended it");
}

#[test]
fn token_needs_offline_access_that_was_allowed() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    assert_eq!(redeem(&app, "ada", "openid a.read").status, 200);
    is(&ask(&app, TOKEN, &identity(&app, "ada")), 400, "invalid_grant");
    let without = home.app("without", |client| Client {
        registration: Registration { grant_types: vec![GrantType::AuthorizationCode], ..client.registration },
        ..client
    });
    is(&ask(&without, TOKEN, &identity(&without, "ada")), 400, "unauthorized_client");
}

#[test]
fn revoke_revokes_the_family_and_deletes_the_link() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let tokens = linked(&app, "ada");
    let links = || home.world.directory.dump().iter().filter(|row| row.starts_with("link")).count();
    assert_eq!(links(), 1);
    let answer = ask(&app, REVOKE, &identity(&app, "ada"));
    assert_eq!((answer.status, &answer.json), (200, &json!({"revoked": true})));
    assert_eq!((home.cost(), links()), ((3, 2), 0));
    is(&ask(&app, TOKEN, &identity(&app, "ada")), 400, "invalid_grant");
    is(&app.refresh(text(&tokens, "refresh_token"), &[]), 400, "invalid_grant");
    assert_eq!(home.userinfo(text(&tokens, "access_token")).status, 401);
    let again = ask(&app, REVOKE, &identity(&app, "ada"));
    assert_eq!((again.status, again.body, home.cost()), (200, answer.body, (1, 0)), "nothing left to revoke");
    linked(&app, "ada");
    assert_eq!(ask(&app, TOKEN, &identity(&app, "ada")).status, 200, "allowed again");
}

#[test]
fn a_user_who_allows_again_is_led_to_the_new_family() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    linked(&app, "ada");
    assert_eq!(redeem(&app, "ada", "openid offline_access a.write").status, 200);
    let answer = ask(&app, TOKEN, &identity(&app, "ada"));
    assert_eq!(text(&answer.json, "scope"), "openid offline_access a.write");
}

#[test]
fn what_ends_a_grant_ends_fresh_tokens_at_the_next_call() {
    let ends: [fn(&App<'_>); 3] = [
        |app| {
            app.home.world.account(app.home.account, Disconnect { client: app.client.id.clone() }).expect("done");
        },
        |app| {
            app.home.world.disable(app.home.account);
        },
        |app| {
            let ask = Delete { attempt: app.home.attempt(), id: app.client.id.clone() };
            app.home.world.clients.ask(ask).expect("deleted");
            app.home.world.pass(10);
            app.home.register(app.client.clone());
        },
    ];
    for end in ends {
        let home = Connected::new();
        let app = home.app("app", |client| client);
        linked(&app, "ada");
        assert_eq!(ask(&app, TOKEN, &identity(&app, "ada")).status, 200);
        end(&app);
        is(&ask(&app, TOKEN, &identity(&app, "ada")), 400, "invalid_grant");
    }
}

/// A Worker that dies: between redemption and link nothing was answered, and the code that is presented again is a replay;
/// between the steps of a revocation, a second request completes it.
#[test]
fn what_dies_between_two_steps_leaves_nothing_that_was_not_answered() {
    let mut interrupted = 0;
    for steps in 1..6 {
        let home = Connected::new();
        let app = home.app("app", |client| client);
        let code = code(&app, "ada", ALL);
        let body = json!({"code": code, "code_verifier": VERIFIER, "client_user_identity": "ada"});
        let died = dies_after(&app, TOKEN, &body, steps);
        interrupted += u32::from(died);
        let again = ask(&app, TOKEN, &body).status;
        let renewed = ask(&app, TOKEN, &identity(&app, "ada")).status;
        assert!(again == renewed || !died, "steps {steps}: {again} {renewed}");
    }
    assert_eq!(interrupted, 2, "one before each call of an object");
    let mut interrupted = 0;
    for steps in 1..8 {
        let home = Connected::new();
        let app = home.app("app", |client| client);
        let tokens = linked(&app, "ada");
        interrupted += u32::from(dies_after(&app, REVOKE, &identity(&app, "ada"), steps));
        assert_eq!(ask(&app, REVOKE, &identity(&app, "ada")).status, 200);
        assert_eq!(home.userinfo(text(&tokens, "access_token")).status, 401, "after {steps} steps");
        let link = app.home.world.directory(FindLink { key: key(&home, &address(&home, &with_challenge(&app))) });
        assert_eq!(link, None, "after {steps} steps");
    }
    assert!(interrupted >= 3, "one after each call of an object");
}

fn with_challenge(app: &App<'_>) -> Value {
    json!({"client_id": app.client.id, "client_user_identity": "ada", "code_challenge": CHALLENGE})
}

/// Lets a request do so many steps, each a call of an object at most. Whether it died before it was answered.
pub fn dies_after(app: &App<'_>, path: &str, body: &Value, steps: u32) -> bool {
    let world = &app.home.world;
    world.takes_turns.set(true);
    let mut running = world.start(of(Method::Post, path, Some(&basic(app.client.id.as_str())), body));
    let died = (0..steps).all(|_| step(&mut running).is_none());
    drop(running);
    world.takes_turns.set(false);
    died
}
