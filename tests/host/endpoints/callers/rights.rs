//! Rights of administration: nobody gives one that they lack, nor takes over a client or a user who has one.

use crate::support::clients_platform::ADMIN_TOKEN;
use crate::support::connected::claims;
use crate::support::platform::{Answer, World, request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantry::http::Method;
use grantry::sign_in::login_name::LoginName;
use grantry::store::account::{PersonRecord, ReadProfile};
use grantry::store::directory::{Find, FoundAccount};
use grantry::store::sql::Sql as _;
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const PERSON: &str = "urn:grantry:params:scim:schemas:1.0:Person";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USERS: &str = "/scim/v2/Users";

fn send(world: &World, token: &str, method: Method, path: &str, body: &Value) -> Answer {
    let bearer = ["Bearer ", token].concat();
    let content_type = if path.starts_with("/scim") { "application/scim+json" } else { "application/json" };
    let body = if body.is_null() { String::new() } else { body.to_string() };
    world.send(request(method, path, &[("authorization", &bearer), ("content-type", content_type)], &body))
}

fn machine(scope: &str) -> Value {
    json!({"client_name": "Machine", "grant_types": ["client_credentials"], "scope": scope})
}

fn registered(world: &World, scope: &str) -> Value {
    let answer = send(world, ADMIN_TOKEN, Method::Post, "/register", &machine(scope));
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json
}

/// A token of a new client that has `scope`, good for `narrowed` alone.
fn narrowed(world: &World, scope: &str, narrowed: &str) -> String {
    token_of(world, &registered(world, scope), narrowed)
}

fn token_of(world: &World, client: &Value, narrowed: &str) -> String {
    let secret = |member: &str| client[member].as_str().expect("a text").to_owned();
    let basic = format!("Basic {}", STANDARD.encode([secret("client_id"), secret("client_secret")].join(":")));
    let form = format!("grant_type=client_credentials&scope={}", narrowed.replace(' ', "+"));
    let headers = [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let answer = world.send(request(Method::Post, "/token", &headers, &form));
    answer.json["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

fn token(world: &World, scope: &str) -> String {
    narrowed(world, scope, scope)
}

// spec: RFC 9068 section 2.2 - the `sub` of a client's own token is the client, and no user's
#[test]
fn the_subject_of_a_clients_own_token_is_no_users() {
    let world = World::new();
    let subject = |token: &str| claims(&json!(token))["sub"].clone();
    let generated = claims(&json!(token(&world, "clients")));
    assert_eq!(generated["sub"], generated["client_id"]);
    let mut chosen = machine("clients");
    chosen["client_id"] = json!("ada");
    let chosen = send(&world, ADMIN_TOKEN, Method::Post, "/register", &chosen).json;
    assert_eq!(subject(&token_of(&world, &chosen, "clients")), "client:ada");
    for sub in ["c_ada", "client:ada", "o_ada", "https://ada.example"] {
        let answer = send(&world, ADMIN_TOKEN, Method::Post, USERS, &person(&json!({PERSON: {"sub": sub}})));
        assert_eq!((answer.status, &answer.json["scimType"]), (400, &json!("invalidValue")), "{sub}");
    }
}

fn person(more: &Value) -> Value {
    let mut person = json!({"schemas": [USER], "userName": "ada"});
    person.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    person
}

/// Makes a user, as the holder of `ADMIN_TOKEN`; their address.
fn created(world: &World, more: &Value) -> String {
    let answer = send(world, ADMIN_TOKEN, Method::Post, USERS, &person(more));
    assert_eq!(answer.status, 201, "{}", answer.body);
    format!("{USERS}/{}", answer.json["id"].as_str().expect("an id"))
}

fn patch(world: &World, token: &str, path: &str, operation: Value) -> Answer {
    send(world, token, Method::Patch, path, &json!({"schemas": [PATCH_OP], "Operations": [operation]}))
}

fn found(world: &World, name: &str) -> FoundAccount {
    world.directory(Find { login: LoginName::parse(name).expect("a name") }).expect("there")
}

fn record(world: &World, name: &str) -> PersonRecord {
    world.account(found(world, name).account, ReadProfile {}).expect("an account")
}

// spec: RFC 7591 section 3 - a token with the scope `clients` is not worth any other scope of administration
#[test]
fn attack_a_client_with_the_scope_clients_gives_another_a_right_that_it_lacks() {
    let world = World::new();
    let all = "clients clients:register people:read people:write";
    for (holder, asked_for) in [
        (token(&world, "clients"), vec!["people:read", "people:write", "clients people:write"]),
        (token(&world, "clients people:read"), vec!["people:write", all]),
        (narrowed(&world, all, "clients"), vec!["people:read", "people:write", all]),
    ] {
        for scope in asked_for {
            let rows = world.clients.registry.rows_written();
            let answer = send(&world, &holder, Method::Post, "/register", &machine(scope));
            assert_eq!((answer.status, &answer.json["error"]), (403, &json!("insufficient_scope")), "{scope}");
            assert_eq!(world.clients.registry.rows_written(), rows, "{scope}");
            // Nor to a client that exists.
            let plain = registered(&world, "rooms.read");
            let path = format!("/register/{}", plain["client_id"].as_str().expect("an id"));
            let mut change = machine(scope);
            change["client_id"] = plain["client_id"].clone();
            assert_eq!(send(&world, &holder, Method::Put, &path, &change).status, 403, "{scope}");
            let now = send(&world, ADMIN_TOKEN, Method::Get, &path, &Value::Null).json;
            assert_eq!(now["scope"], json!("rooms.read"));
        }
    }
    // What is one's own may be given.
    let holder = token(&world, "clients");
    for scope in ["clients", "clients:register", "rooms.read"] {
        assert_eq!(send(&world, &holder, Method::Post, "/register", &machine(scope)).status, 201, "{scope}");
    }
    assert_eq!(send(&world, &token(&world, all), Method::Post, "/register", &machine(all)).status, 201);
}

// spec: RFC 7592 section 2 - a caller that lacks a client's rights gets neither its secret nor its identifier
#[test]
fn attack_a_client_with_the_scope_clients_takes_over_one_that_has_more() {
    let world = World::new();
    let holder = token(&world, "clients");
    let steward = registered(&world, "people:write");
    let path = format!("/register/{}", steward["client_id"].as_str().expect("an id"));
    let read = send(&world, ADMIN_TOKEN, Method::Get, &path, &Value::Null).json;
    let change = |more: Value| {
        let mut change = machine("people:write");
        change["client_id"] = steward["client_id"].clone();
        change.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        change
    };
    for more in [
        json!({}),
        json!({"client_name": "Mine"}),
        json!({"rotate_secret": 0}),
        json!({"client_secret": "x".repeat(40)}),
        json!({"rotate_registration_access_token": true}),
        json!({"scope": "clients"}),
        json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://mine.example/keys"}),
    ] {
        let answer = send(&world, &holder, Method::Put, &path, &change(more.clone()));
        assert_eq!(answer.status, 403, "{more}: {}", answer.body);
        assert!(!answer.body.contains("gr_rat_") && !answer.body.contains("gr_secret_"), "{more}");
    }
    assert_eq!(send(&world, &holder, Method::Delete, &path, &Value::Null).status, 403);
    let seen = send(&world, &holder, Method::Get, &path, &Value::Null);
    assert_eq!((seen.status, &seen.json), (200, &read), "it is read as it was, without its secret and its token");
    assert!(!seen.body.contains("gr_rat_"));
    let both = token(&world, "clients people:write");
    assert_eq!(send(&world, &both, Method::Put, &path, &change(json!({"client_name": "Ours"}))).status, 200);
    assert_eq!(send(&world, &both, Method::Delete, &path, &Value::Null).status, 204);
}

/// Each way of becoming the user, or of taking them away.
fn takeovers() -> [Value; 9] {
    [
        json!({"op": "replace", "path": "password", "value": "correct horse battery"}),
        json!({"op": "replace", "path": "active", "value": false}),
        json!({"op": "replace", "path": "userName", "value": "eve"}),
        json!({"op": "add", "path": "emails", "value": [{"value": "eve@example.com"}]}),
        json!({"op": "replace", "path": "emails", "value": [{"value": "eve@example.com", "primary": true}]}),
        json!({"op": "remove", "path": "emails"}),
        json!({"op": "replace", "path": format!("{PERSON}:emailVerified"), "value": true}),
        json!({"op": "add", "path": "phoneNumbers", "value": "+44 20 7946 0000"}),
        json!({"op": "add", "value": {PERSON: {"phoneNumberVerified": true}}}),
    ]
}

// spec: Invariant 7 - a caller that only writes users does not become one with a role
#[test]
fn attack_a_client_that_writes_users_takes_over_one_with_a_role() {
    for role in ["administrator", "auditor", "support", "developer"] {
        let world = World::new();
        let holder = token(&world, "people:read people:write clients");
        let path = created(&world, &json!({"emails": ["ada@example.com"], PERSON: {"role": role}}));
        let before = record(&world, "ada");
        for operation in takeovers() {
            let answer = patch(&world, &holder, &path, operation.clone());
            assert_eq!(answer.status, 403, "{role}: {operation}: {}", answer.body);
            assert_eq!(answer.header("content-type"), Some("application/scim+json"));
        }
        let put =
            person(&json!({"userName": "eve", "emails": ["ada@example.com"], "password": "correct horse battery"}));
        assert_eq!(send(&world, &holder, Method::Put, &path, &put).status, 403);
        assert_eq!(send(&world, &holder, Method::Delete, &path, &Value::Null).status, 403);
        assert_eq!(record(&world, "ada"), before, "{role}");

        let title = json!({"op": "add", "path": "title", "value": "Countess"});
        assert_eq!(patch(&world, &holder, &path, title).status, 200, "what is not about signing in may be changed");
        assert_eq!(record(&world, "ada").profile.role(), before.profile.role());
        for operation in takeovers() {
            let answer = patch(&world, ADMIN_TOKEN, &path, operation.clone());
            assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
        }
        assert_eq!(send(&world, ADMIN_TOKEN, Method::Delete, &path, &Value::Null).status, 204);
    }
}

// spec: Invariant 7 - a user without a role is what the scope is for
#[test]
fn a_client_that_writes_users_changes_those_without_a_role() {
    let world = World::new();
    let holder = token(&world, "people:write");
    let path = created(&world, &json!({}));
    for operation in takeovers() {
        let answer = patch(&world, &holder, &path, operation.clone());
        assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    }
    assert_eq!(send(&world, &holder, Method::Delete, &path, &Value::Null).status, 204);
}

// spec: RFC 7643 section 4.1.2 - a role in this server is no value of SCIM's roles
#[test]
fn attack_a_client_that_writes_users_gives_a_role_or_takes_one_away() {
    let world = World::new();
    let holder = token(&world, "people:read people:write clients");
    let developer = json!({PERSON: {"role": "developer"}});
    let mut eve = person(&developer);
    eve["userName"] = json!("eve");
    assert_eq!(send(&world, &holder, Method::Post, USERS, &eve).status, 403);

    let (ada, bob) = (created(&world, &developer), created(&world, &json!({"userName": "bob"})));
    for operation in [
        json!({"op": "add", "value": developer}),
        json!({"op": "add", "path": PERSON, "value": {"ROLE": "administrator"}}),
        json!({"op": "replace", "path": format!("{PERSON}:role"), "value": "support"}),
    ] {
        assert_eq!(patch(&world, &holder, &bob, operation.clone()).status, 403, "{operation}");
    }
    assert_eq!(patch(&world, &holder, &ada, json!({"op": "remove", "path": format!("{PERSON}:role")})).status, 403);
    let mut put = person(&developer);
    put["userName"] = json!("bob");
    assert_eq!(send(&world, &holder, Method::Put, &bob, &put).status, 403);

    // Systems that provision users send all that they know, and they know no role: it stays.
    assert_eq!(
        send(&world, &holder, Method::Put, &ada, &person(&json!({"title": "Countess"}))).json[PERSON]["role"],
        "developer"
    );
    assert_eq!(send(&world, &holder, Method::Put, &ada, &person(&developer)).status, 200, "what it is already");

    // SCIM's own `roles` give nothing, no matter who writes them.
    let roles = json!({"op": "add", "path": "roles", "value": [{"value": "developer"}, {"value": "captain"}]});
    for caller in [holder.as_str(), ADMIN_TOKEN] {
        let answer = patch(&world, caller, &bob, roles.clone());
        assert_eq!(answer.json["roles"], json!([{"value": "captain"}]), "{}", answer.body);
        assert_eq!(record(&world, "bob").profile.role(), None);
    }
    let unknown = json!({"op": "add", "path": format!("{PERSON}:role"), "value": "emperor"});
    let answer = patch(&world, ADMIN_TOKEN, &bob, unknown);
    assert_eq!((answer.status, &answer.json["scimType"]), (400, &json!("invalidValue")));
    let given =
        patch(&world, ADMIN_TOKEN, &bob, json!({"op": "add", "path": format!("{PERSON}:role"), "value": "support"}));
    assert_eq!(given.json[PERSON]["role"], "support", "{}", given.body);
    let taken = patch(&world, ADMIN_TOKEN, &bob, json!({"op": "remove", "path": format!("{PERSON}:role")}));
    assert_eq!(taken.json[PERSON].get("role"), None);
}

// spec: RFC 7644 section 3.5.2 - a write answers no more than its scopes may read
#[test]
fn attack_a_client_that_only_writes_users_reads_them_by_a_change_that_changes_nothing() {
    let world = World::new();
    let (writes, both) = (token(&world, "people:write"), token(&world, "people:read people:write"));
    let secret = json!({"emails": ["ada@example.com"], "title": "Countess", "name": {"givenName": "Augusta"}});
    let path = created(&world, &secret);
    for operation in [
        json!({"op": "add", "path": "displayName", "value": "Ada"}),
        json!({"op": "add", "path": "displayName", "value": "Ada"}),
        json!({"op": "remove", "path": "nickName"}),
        json!({"op": "replace", "path": "emails[type eq \"home\"]", "value": "x"}),
    ] {
        let answer = patch(&world, &writes, &path, operation.clone());
        for told in ["ada@example.com", "Countess", "Augusta", "userName"] {
            assert!(!answer.body.contains(told), "{operation} tells {told}: {}", answer.body);
        }
        if answer.status == 200 {
            let members: Vec<&String> = answer.json.as_object().expect("an object").keys().collect();
            assert_eq!(members, ["id", "meta", "schemas"]);
            assert!(answer.header("etag").is_some());
        }
    }
    let put = send(&world, &writes, Method::Put, &path, &person(&json!({"active": true})));
    assert_eq!((put.status, put.json.get("active")), (200, None), "{}", put.body);
    assert_eq!(patch(&world, &both, &path, json!({"op": "remove", "path": "title"})).json["userName"], "ada");
    let mut eve = person(&json!({"title": "Spy"}));
    eve["userName"] = json!("eve");
    let made = send(&world, &writes, Method::Post, USERS, &eve);
    assert_eq!((made.status, &made.json["title"]), (201, &json!("Spy")), "what was sent is no secret");
}

/// The rows of the user's events.
fn events(world: &World, name: &str) -> Vec<String> {
    let rows = world.accounts.borrow()[&found(world, name).account].dump();
    rows.into_iter().filter(|row| row.starts_with("event: ")).collect()
}

// spec: Invariant 7 - what an administrator changed of how somebody signs in stands in that user's own activity
#[test]
fn a_user_is_told_what_an_administrator_changed() {
    let world = World::new();
    let path = created(&world, &json!({PERSON: {"role": "developer"}}));
    let address = json!({"op": "add", "path": "emails", "value": "ada@example.com"});
    let password = |value: &str| json!({"op": "replace", "path": "password", "value": value});
    let active = |value: bool| json!({"op": "replace", "path": "active", "value": value});
    let mut before = events(&world, "ada");
    for (operations, kinds) in [
        (json!([address]), vec!["changed"]),
        (json!([password("correct horse battery")]), vec!["password_set"]),
        (json!([active(false), password("battery horse correct")]), vec!["disabled", "password_set"]),
        (json!([active(true), password("horse battery correct")]), vec!["enabled", "password_set"]),
        (json!([active(false)]), vec!["disabled"]),
        (json!([{"op": "remove", "path": format!("{PERSON}:role")}]), vec!["changed"]),
    ] {
        world.pass(1);
        let body = json!({"schemas": [PATCH_OP], "Operations": operations});
        let answer = send(&world, ADMIN_TOKEN, Method::Patch, &path, &body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let after = events(&world, "ada");
        let told: Vec<&String> = after.iter().filter(|row| !before.contains(row)).collect();
        assert_eq!(told.len(), kinds.len(), "{operations}: {told:?}");
        for kind in kinds {
            assert!(told.iter().any(|row| row.contains(&format!("\"{kind}\""))), "{kind}: {told:?}");
        }
        before = after;
    }
}
