//! Which apps are shown to all users: the administrator looks at what users see before it is shown.

use crate::support::clients_platform::ADMIN_TOKEN;
use crate::support::developer::{CALLBACK, Portal, administer, with};
use crate::support::platform::request;
use grantry::config::{Config, DeveloperSettings, Publication};
use grantry::http::Method;
use grantry::oauth::client::Voucher;
use grantry::store::registry::Browse;
use serde_json::json;

fn listed(portal: &Portal) -> usize {
    portal.world.clients.ask(Browse { query: String::new(), page: 1 }).entries.len()
}

#[test]
fn publication_waits_for_the_administrator() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[]);
    let asked = ada.act(&app, &[("action", "publish")]);
    assert!(ada.told(&asked, &format!("/developer/apps/{app}")).contains("request has been sent"));
    assert_eq!(listed(&portal), 0);
    assert_eq!(administer(&portal, &app, &json!({}))["publication_requested"], true, "the administrator sees it");
    let approved = administer(&portal, &app, &json!({"published": true, "verified": true}));
    assert_eq!((&approved["published"], &approved["verified"]), (&json!(true), &json!(true)));
    assert_eq!(approved.get("publication_requested"), None);
    assert_eq!(listed(&portal), 1);

    assert!(ada.save(&app, &[("redirect_uris", "https://tide.example.com/other")]).status == 303);
    let client = portal.client(&app).expect("there");
    assert!(
        client.registration.presentation.published && client.voucher == Voucher::Administrator,
        "nothing that people see changed"
    );
    let renamed = ada.save(&app, &[("client_name", "Your Bank")]);
    assert!(ada.told(&renamed, &format!("/developer/apps/{app}")).contains("waiting for approval"));
    let client = portal.client(&app).expect("there");
    assert!(!client.registration.presentation.published && client.registration.presentation.publication_requested);
    assert_eq!((client.voucher, listed(&portal)), (Voucher::Developer, 0));

    let declined = administer(&portal, &app, &json!({"published": false}));
    assert_eq!(declined.get("publication_requested"), None);
    ada.act(&app, &[("action", "publish")]);
    ada.act(&app, &[("action", "withdraw")]);
    let client = portal.client(&app).expect("there");
    assert!(!client.registration.presentation.published && !client.registration.presentation.publication_requested);
}

// spec: RFC 7592 section 2.2 - what an administrator vouched for does not grow by itself
#[test]
fn attack_a_badge_does_not_survive_wider_scopes_and_other_addresses() {
    let bye = "https://tide.example.com/bye";
    let before = [("post_logout_redirect_uris", bye), ("scope:email", "on")];
    for (what, change, stays) in [
        ("fewer scopes", &[("scope:email", "")][..], true),
        ("more scopes", &[("scope:profile", "on")], false),
        ("no address after a sign-out", &[("post_logout_redirect_uris", "")], true),
        ("another one", &[("post_logout_redirect_uris", "https://tide.example.com/elsewhere")], false),
        ("one more", &[("post_logout_redirect_uris", "https://tide.example.com/bye\r\nhttps://evil.example/")], false),
    ] {
        let portal = Portal::new();
        let ada = portal.developer("ada");
        let (app, _) = ada.made(&before);
        administer(&portal, &app, &json!({"verified": true}));
        let is_verified = || portal.client(&app).expect("there").voucher == Voucher::Administrator;
        assert!(is_verified());
        assert_eq!(ada.save(&app, &with(&before, change)).status, 303, "{what}");
        assert_eq!(is_verified(), stays, "{what}");
    }
}

// spec: OpenID Connect Registration section 2 - policy_uri and tos_uri are part of what an administrator vouched for
#[test]
fn attack_a_badge_does_not_survive_links_to_elsewhere() {
    let before = [("policy_uri", "https://law.example/tide"), ("tos_uri", "https://law.example/terms")];
    for (what, change, stays) in [
        ("the same links", ("client_name", "Tide"), true),
        ("no policy", ("policy_uri", ""), true),
        ("a policy on its own site", ("policy_uri", "https://tide.example.com/privacy"), true),
        ("terms on its own site", ("tos_uri", "https://tide.example.com/terms"), true),
        ("another policy", ("policy_uri", "https://evil.example/"), false),
        ("another path", ("policy_uri", "https://law.example/other"), false),
        ("other terms", ("tos_uri", "https://evil.example/"), false),
        ("a port of another", ("tos_uri", "https://tide.example.com:8443/"), false),
        ("a name that ends like its own", ("policy_uri", "https://eviltide.example.com/"), false),
    ] {
        let portal = Portal::new();
        let ada = portal.developer("ada");
        let (app, _) = ada.made(&before);
        administer(&portal, &app, &json!({"verified": true}));
        assert_eq!(ada.save(&app, &with(&before, &[change])).status, 303, "{what}");
        let is_verified = portal.client(&app).expect("there").voucher == Voucher::Administrator;
        assert_eq!(is_verified, stays, "{what}");
    }
}

#[test]
fn publication_is_at_once_where_the_deployment_says_so() {
    let portal = Portal::with(|config| Config {
        developers: DeveloperSettings { publication: Publication::Open, ..config.developers },
        ..config
    });
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[("client_uri", "")]);
    let without = ada.act(&app, &[("action", "publish")]);
    assert!(ada.told(&without, &format!("/developer/apps/{app}")).contains("Enter a website first"));
    assert_eq!(ada.save(&app, &[]).status, 303);
    ada.act(&app, &[("action", "publish")]);
    assert_eq!(listed(&portal), 1);
    assert_eq!(ada.save(&app, &[("client_name", "Ebb")]).status, 303);
    assert_eq!(listed(&portal), 1);
    let bare = ada.save(&app, &[("client_uri", "")]);
    assert_eq!(bare.status, 400);
    assert!(bare.body.contains("id=\"client_uri-problem\""), "what is in the catalogue needs a site");
    ada.act(&app, &[("action", "withdraw")]);
    assert_eq!(listed(&portal), 0);
}

/// A client that manages itself may change its name, but the approval of the old name does not hold for the new one.
#[test]
fn an_app_whose_face_changes_without_the_administrator_is_not_verified_any_more() {
    let portal = Portal::new();
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let json_type = ("content-type", "application/json");
    let metadata = json!({"client_name": "Tide", "redirect_uris": [CALLBACK]}).to_string();
    let made =
        portal.world.send(request(Method::Post, "/register", &[("authorization", &bearer), json_type], &metadata));
    let own = format!("Bearer {}", made.json["registration_access_token"].as_str().expect("a token"));
    let app = made.json["client_id"].as_str().expect("an id").to_owned();
    let put = |name: &str, callback: &str| {
        let metadata = json!({"client_id": app, "client_name": name, "redirect_uris": [callback]}).to_string();
        let path = format!("/register/{app}");
        portal.world.send(request(Method::Put, &path, &[("authorization", &own), json_type], &metadata)).json
    };
    assert_eq!(put("Tide", "https://tide.example.com/other")["verified"], true, "the same face");
    assert_eq!(put("Your Bank", CALLBACK)["verified"], false);
    assert_eq!(put("Tide", CALLBACK)["verified"], false, "only the administrator looks again");
    let claimed =
        json!({"client_id": app, "client_name": "Tide", "redirect_uris": [CALLBACK], "verified": true}).to_string();
    let path = format!("/register/{app}");
    let refused = portal.world.send(request(Method::Put, &path, &[("authorization", &own), json_type], &claimed));
    assert_eq!(refused.status, 400);
    assert_eq!(administer(&portal, &app, &json!({"verified": true}))["verified"], true);

    let site = json!({"client_uri": "https://tide.example.com", "published": true});
    assert_eq!((&administer(&portal, &app, &site)["published"], listed(&portal)), (&json!(true), 1));
    let renamed = json!({"client_id": app, "client_name": "Your Bank", "redirect_uris": [CALLBACK], "client_uri": "https://tide.example.com"});
    let headers = [("authorization", own.as_str()), json_type];
    let renamed = portal.world.send(request(Method::Put, &path, &headers, &renamed.to_string())).json;
    assert_eq!((&renamed["published"], listed(&portal)), (&json!(false), 0), "the administrator looks at it again");
}
