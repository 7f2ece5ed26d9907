//! What a developer cannot give to an app of theirs.

use crate::support::clients_platform::{START, settings};
use crate::support::developer::{Person, Portal, administer};
use crate::support::platform::{Answer, request};
use grantry::base::UnixTime;
use grantry::config::Config;
use grantry::http::Method;
use serde_json::json;

/// A portal with an API that charges money.
fn portal() -> Portal {
    Portal::with(|_| {
        let mut settings = settings();
        let pay = r#"{"audience":"https://pay.example.com","scopes":{"pay.charge":"Charge cards"}}"#;
        settings.insert("API_PAY".to_owned(), pay.to_owned());
        Config::parse(&settings, UnixTime::from_secs(START)).expect("the configuration is complete")
    })
}

/// What a client gets in its own name.
fn token(portal: &Portal, (app, secret): &(String, String), scope: &str) -> Answer {
    let form = format!("grant_type=client_credentials&client_id={app}&client_secret={secret}&scope={scope}");
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    portal.world.send(request(Method::Post, "/token", &[form_type], &form))
}

fn is_offered(ada: &Person<'_>, app: &str, scope: &str) -> bool {
    ada.get(&format!("/developer/apps/{app}")).body.contains(&format!("name=\"scope:{scope}\""))
}

// spec: RFC 6749 section 4.4 - no user is asked about such a token, so an administrator decides what it is for
#[test]
fn attack_a_developer_gives_an_api_to_an_app_that_acts_in_its_own_name() {
    let portal = portal();
    let ada = portal.developer("ada");
    let post = ("token_endpoint_auth_method", "client_secret_post");
    let made = ada.made(&[post]);
    let app = made.0.as_str();
    assert!(is_offered(&ada, app, "pay.charge"), "users decide about an app that only signs them in");
    let grants = json!({
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": "openid offline_access rooms.read",
    });
    administer(&portal, app, &grants);
    assert!(!is_offered(&ada, app, "pay.charge"));
    assert!(is_offered(&ada, app, "rooms.read") && is_offered(&ada, app, "email"));

    let refused = ada.save(app, &[("scope:pay.charge", "on"), ("scope:offline_access", "on")]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(refused.body.contains("only an administrator can add scopes to an app that acts in its own name"));
    let scopes = || portal.client(app).expect("there").registration.scopes.to_string();
    assert_eq!(scopes(), "openid offline_access rooms.read");
    assert_eq!(token(&portal, &made, "pay.charge").json["error"], "invalid_scope");
    assert_eq!(token(&portal, &made, "rooms.read").status, 200);

    // What is about users can be added, and what was given up does not come back.
    assert_eq!(ada.save(app, &[post, ("scope:email", "on"), ("scope:rooms.read", "")]).status, 303);
    assert_eq!(scopes(), "openid email");
    assert_eq!(ada.save(app, &[("scope:rooms.read", "on")]).status, 400);

    // An administrator gives it; then the developer keeps it.
    administer(&portal, app, &json!({"scope": "openid pay.charge"}));
    assert_eq!(ada.save(app, &[post, ("scope:pay.charge", "on"), ("scope:rooms.read", "")]).status, 303);
    assert_eq!(token(&portal, &made, "pay.charge").status, 200);
}
