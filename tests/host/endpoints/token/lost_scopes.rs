//! A client that the administrator leaves fewer scopes than it had.

use std::collections::BTreeSet;

use crate::support::connected::{App, Connected, claims, scopes, text};
use grantry::lookup::client::Freshness;
use grantry::seal::code::Code;
use serde_json::json;

/// The administrator leaves a client only `allowed`, and the isolate knows.
fn left_with(app: &App<'_>, allowed: &str) {
    let clients = &app.home.world.clients;
    let mut client = app.client.clone();
    client.registration.scopes = scopes(allowed);
    clients.ask(clients.update(client)).expect("changed");
    clients.found(&app.client.id, Freshness::Now).expect("registered");
}

fn asking_for_email(code: Code) -> Code {
    Code { claims: Some(r#"{"id_token":["email"],"userinfo":["email"]}"#.to_owned()), ..code }
}

// spec: RFC 6749 section 6 - a client that may not ask for a scope any more gets it by no code and no refresh token
// spec: OpenID Connect Core section 5.5 - nor the claims of the scope, by whatever name it asked for them
#[test]
fn a_scope_that_a_client_lost_is_in_no_answer_any_more() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let everything = "openid profile email offline_access a.read b.read";
    let before = app.redeem(&app.code(everything, asking_for_email), &[]).json;
    assert_eq!(claims(&before["id_token"])["email"], json!("ada@example.com"));
    let in_flight = app.code(everything, asking_for_email);

    left_with(&app, "openid profile offline_access b.read");
    let refresh_token = text(&before, "refresh_token");
    for answer in [app.refresh(refresh_token, &[]), app.redeem(&in_flight, &[])] {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told: BTreeSet<&str> = text(&answer.json, "scope").split(' ').collect();
        assert_eq!(told, BTreeSet::from(["b.read", "offline_access", "openid", "profile"]));
        assert_eq!(claims(&answer.json["access_token"])["scope"], answer.json["scope"]);
        assert_eq!(claims(&answer.json["id_token"]).get("email"), None);
        assert_eq!(home.userinfo(text(&answer.json, "access_token")).json.get("email"), None);
    }
    assert_eq!(
        home.userinfo(text(&before, "access_token")).json.get("email"),
        None,
        "the token is older than the change"
    );
    assert_eq!(app.refresh(refresh_token, &[("scope", "openid email")]).json["error"], json!("invalid_scope"));

    left_with(&app, "a.write");
    assert_eq!(app.refresh(refresh_token, &[]).json["error"], json!("invalid_scope"), "nothing is left");
    left_with(&app, everything);
    let again = app.refresh(refresh_token, &[]).json;
    assert_eq!(claims(&again["id_token"])["email"], json!("ada@example.com"), "what was granted was kept");
}
