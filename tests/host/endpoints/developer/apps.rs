//! The developer portal, with a clock: who may use it, the rules of registration, what is shown once, and that no
//! developer reaches another's app.

use crate::support::clients_platform::{ADMIN_TOKEN, client};
use crate::support::developer::{FORM, Portal, administer, element, profile, value, with};
use crate::support::platform::request;
use grantry::base::{RegistrationAccessId, Secret};
use grantry::http::Method;
use grantry::oauth::client::{GrantType, Voucher};
use grantry::oauth::person::role::Role;
use grantry::oauth::scope::Scopes;
use grantry::store::registry::{Denied, Register, RegisterOwned};
use grantry::store::sql::Sql as _;
use serde_json::json;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

fn is_secret(portal: &Portal, app: &str, secret: &str) -> bool {
    let secret = Secret::new(secret.to_owned());
    let client = portal.client(app).expect("registered");
    client.secrets.iter().any(|digest| digest.is_of(&secret, portal.world.at()))
}

// spec: RFC 7591 section 2 - the portal registers the same record by the same rules
#[test]
fn an_app_is_registered_and_its_secret_shown_once() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let answer = ada.create(&[]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let (app, secret) = (element(&answer.body, "client-id"), element(&answer.body, "client-secret"));
    assert!(secret.starts_with("gr_secret_"), "{secret}");
    assert!(is_secret(&portal, &app, &secret));

    let client = portal.client(&app).expect("registered");
    assert_eq!((client.registration.name.as_str(), client.owner.as_deref()), ("Tide", Some("u-ada")));
    assert_eq!((client.voucher, client.registration.require_pkce), (Voucher::Developer, true));
    assert_eq!(client.registration.grant_types, [GrantType::AuthorizationCode, GrantType::RefreshToken]);
    assert_eq!(client.registration.scopes, Scopes::parse("openid rooms.read").expect("scopes"));
    for page in ["/developer".to_owned(), format!("/developer/apps/{app}")] {
        let shown = ada.get(&page);
        assert_eq!(shown.status, 200);
        assert!(shown.body.contains("Tide") && !shown.body.contains(&secret), "{page}");
    }
    assert!(!portal.world.clients.log.borrow().iter().any(|line| line.contains(&secret)), "nor does the log have it");
}

#[test]
fn a_form_that_is_sent_twice_makes_one_app() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let ticket = ada.ticket();
    let fields = with(&FORM, &[("app", &ticket)]);
    let first = ada.post("/developer/new", &fields);
    assert_eq!(first.status, 200);
    let again = ada.post("/developer/new", &fields);
    assert_eq!(again.status, 303);
    let app = element(&first.body, "client-id");
    assert!(ada.told(&again, &format!("/developer/apps/{app}")).contains("already been created"));
    assert_eq!(ada.apps().len(), 1);

    let eve = portal.developer("eve");
    let stolen = eve.post("/developer/new", &fields);
    assert!(stolen.body.contains("id=\"app-form\""), "another's form makes nothing, and is there to be sent again");
    assert!(eve.apps().is_empty());
}

#[test]
fn a_user_without_the_role_is_told_whom_to_ask_and_a_visitor_signs_in_first() {
    let portal = Portal::new();
    let bob = portal.person("bob", Some(Role::Auditor));
    for path in ["/developer", "/developer/new", "/developer/apps/c_x"] {
        let answer = bob.get(path);
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.body.contains("id=\"developer-denied\""));
        let stranger = portal.world.send(request(Method::Get, path, &[], ""));
        assert_eq!(stranger.status, 303);
        assert!(stranger.header("location").expect("a place").starts_with("/login?interaction=gr_int_"));
    }
    assert_eq!(bob.post("/developer/new", &FORM).status, 403);
    assert_eq!(portal.world.clients.registry.rows_written(), 0);

    bob.trusted_as(profile("bob", Some(Role::Developer)));
    assert_eq!(bob.get("/developer").status, 200, "from the next request on");
    let app = bob.made(&[]).0;
    bob.trusted_as(profile("bob", None));
    assert_eq!(bob.get("/developer").status, 403);
    assert_eq!(bob.post(&format!("/developer/apps/{app}"), &FORM).status, 403);
}

/// A row of an earlier release has the role among the values of SCIM's `roles`.
#[test]
fn a_user_who_was_made_a_developer_by_an_earlier_release_still_is_one() {
    let portal = Portal::new();
    let bob = portal.person("bob", None);
    let earlier = json!({"userName": "bob", "roles": [{"value": "developer"}]});
    bob.trusted_as(serde_json::from_value(earlier).expect("a profile"));
    assert_eq!(bob.get("/developer").status, 200);
}

// spec: RFC 9700 section 2.5 - the secret of a client is worth what the client may do
#[test]
fn an_app_that_administers_is_not_its_developers_to_change() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, secret) = ada.made(&[]);
    let mut client = portal.client(&app).expect("registered");
    client.registration.grant_types.push(GrantType::ClientCredentials);
    client.registration.scopes = Scopes::parse("openid rooms.read people:write").expect("scopes");
    portal.world.clients.ask(portal.world.clients.update(client)).expect("changed");
    let before = portal.client(&app);
    for action in ["save", "rotate", "end-earlier", "publish", "withdraw", "delete"] {
        let fields = with(&FORM, &[("action", action), ("confirm", "yes")]);
        assert_eq!(ada.act(&app, &fields).status, 403, "{action}");
    }
    let version = before.as_ref().expect("registered").version.0.to_string();
    let logo = ada.send(&format!("/developer/logos/{app}"), &[("version", version.as_bytes()), ("logo", PNG)]);
    assert_eq!(logo.status, 403);
    assert_eq!(portal.client(&app), before);
    assert!(is_secret(&portal, &app, &secret));
}

#[test]
fn what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let long = "x".repeat(281);
    let cases = [
        ("client_name", "\u{202e}x", "client_name"),
        ("client_name", "", "client_name"),
        ("redirect_uris", "https://*.example.com/", "redirect_uris"),
        ("redirect_uris", "https://tide.example.com/a\r\nhttp://tide.example.com/b", "redirect_uris"),
        ("redirect_uris", "https://tide.example.com/a\nhttps://tide.example.com/a", "redirect_uris"),
        ("redirect_uris", "", "redirect_uris"),
        ("client_uri", "http://tide.example.com", "client_uri"),
        ("description", long.as_str(), "description"),
        ("policy_uri", "javascript:alert(1)", "policy_uri"),
        ("tos_uri", "tide.example.com", "tos_uri"),
        ("post_logout_redirect_uris", "https://tide.example.com/#x", "post_logout_redirect_uris"),
    ];
    for (name, typed, beside) in cases {
        let others = [("description", "Knows the sea")].into_iter().filter(|(other, _)| *other != name);
        let answer = ada.create(&others.chain([(name, typed)]).collect::<Vec<_>>());
        assert_eq!(answer.status, 400, "{name} {typed}");
        assert_eq!(answer.body.matches("class=\"problem\"").count(), 1, "{name} {typed}: one field is wrong");
        assert!(answer.body.contains(&format!("id=\"{beside}-problem\"")), "{name} {typed}");
        assert!(answer.body.contains("id=\"error-message\" role=\"alert\""));
        assert!(name == "client_name" || answer.body.contains("value=\"Tide\""), "the other fields are as they were");
        assert!(answer.body.contains("name=\"scope:rooms.read\" value=\"on\" checked"), "{name}");
    }
    let answer = ada.create(&[("redirect_uris", "https://a.example/\nhttp://b.example/")]);
    assert!(answer.body.contains("<bdi>http://b.example/</bdi>"), "the line is named: {}", answer.body);
    let answer = ada.create(&[("scope:openid", ""), ("scope:rooms.read", "")]);
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("id=\"scopes-problem\""));
    let both = ada.create(&[("client_name", ""), ("client_uri", "x")]);
    assert_eq!(both.body.matches("class=\"problem\"").count(), 2, "all problems at once");
    assert_eq!(portal.world.clients.registry.rows_written(), 0, "what is refused writes nothing");
}

// spec: Invariant 7 - developers can give their apps no more than the administrator allows every developer
#[test]
fn what_only_the_administrator_decides_cannot_be_typed() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let more = [
        ("scope:clients", "on"),
        ("scope:people:write", "on"),
        ("scope:unknown", "on"),
        ("published", "true"),
        ("verified", "true"),
        ("owner", "u-eve"),
        ("grant_types", "client_credentials"),
        ("require_pkce", "false"),
        ("client_secret", "a secret that is chosen by a stranger"),
    ];
    let (app, secret) = ada.made(&more);
    assert!(secret.starts_with("gr_secret_"));
    let check = || {
        let client = portal.client(&app).expect("registered");
        assert_eq!(client.registration.scopes, Scopes::parse("openid rooms.read").expect("scopes"));
        assert_eq!((client.voucher, client.owner.as_deref()), (Voucher::Developer, Some("u-ada")));
        assert!(
            client.registration.require_pkce
                && !client.registration.presentation.published
                && !client.may_use(GrantType::ClientCredentials)
        );
    };
    check();
    assert_eq!(ada.save(&app, &more).status, 303);
    check();
    assert_eq!(ada.create(&[("token_endpoint_auth_method", "private_key_jwt")]).status, 400);
}

// spec: RFC 7592 section 2.2 - what is not in the form stays as the administrator registered it
#[test]
fn everything_can_be_changed_and_the_rest_stays() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, secret) = ada.made(&[]);
    let by_administrator = json!({"access_token_lifetime": 600, "access_token_format": "opaque", "require_auth_time": true,
        "grant_types": ["authorization_code", "client_credentials", "refresh_token"], "default_max_age": 900,
        "backchannel_logout_uri": "https://tide.example.com/logout", "id_token_signed_response_alg": "ES256"});
    administer(&portal, &app, &by_administrator);
    let saved = ada.save(
        &app,
        &[
            ("client_name", "  High Tide "),
            ("redirect_uris", "https://tide.example.com/a\r\n\r\n com.example.tide:/cb \r\nhttp://127.0.0.1/cb"),
            ("scope:email", "on"),
            ("scope:rooms.read", ""),
            ("token_endpoint_auth_method", "client_secret_post"),
            ("description", "Knows the sea"),
            ("policy_uri", "https://tide.example.com/privacy"),
            ("tos_uri", "https://tide.example.com/terms"),
            ("post_logout_redirect_uris", "https://tide.example.com/bye"),
        ],
    );
    let path = format!("/developer/apps/{app}");
    assert!(ada.told(&saved, &path).contains("changes have been saved"));
    let read = administer(&portal, &app, &json!({}));
    for (name, expected) in [
        ("client_name", json!("High Tide")),
        ("redirect_uris", json!(["https://tide.example.com/a", "com.example.tide:/cb", "http://127.0.0.1/cb"])),
        ("scope", json!("openid email")),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("description", json!("Knows the sea")),
        ("policy_uri", json!("https://tide.example.com/privacy")),
        ("tos_uri", json!("https://tide.example.com/terms")),
        ("post_logout_redirect_uris", json!(["https://tide.example.com/bye"])),
        ("owner", json!("u-ada")),
    ] {
        assert_eq!(read[name], expected, "{name}");
    }
    for (name, expected) in by_administrator.as_object().expect("members") {
        assert_eq!(&read[name], expected, "{name}");
    }
    assert!(is_secret(&portal, &app, &secret), "and the secret is the same");
    let page = ada.get(&format!("{path}?notice=saved")).body;
    assert!(page.contains("value=\"High Tide\"") && !page.contains("id=\"account-notice\""), "a link says nothing");
    assert!(page.contains("com.example.tide:/cb\nhttp://127.0.0.1/cb</textarea>"));
}

// spec: Invariant 7 - neither a session without the role nor another developer reaches an app
#[test]
fn a_developer_cannot_see_or_change_another_developers_app() {
    let portal = Portal::new();
    let (ada, eve) = (portal.developer("ada"), portal.developer("eve"));
    let (app, secret) = ada.made(&[]);
    let before = portal.client(&app);
    let path = format!("/developer/apps/{app}");
    assert_eq!(eve.get(&path).status, 404);
    assert!(!eve.get("/developer").body.contains("Tide"));
    for action in ["save", "rotate", "end-earlier", "publish", "withdraw", "delete"] {
        let fields = with(&FORM, &[("action", action), ("version", "1"), ("confirm", "yes")]);
        assert_eq!(eve.post(&path, &fields).status, 404, "{action}");
        assert_eq!(ada.post_from("https://evil.example", &path, &fields).status, 403, "{action}: a foreign form");
        assert_eq!(ada.post_from("null", &path, &fields).status, 403, "{action}");
    }
    let logo = format!("/developer/logos/{app}");
    assert_eq!(eve.send(&logo, &[("version", b"1"), ("logo", PNG)]).status, 404);
    let administrators = portal.world.clients.register(client("harbour", "Harbour"));
    assert_eq!(ada.get("/developer/apps/harbour").status, 404, "nor one that has no owner");
    assert_eq!(portal.client(&app), before);
    assert_eq!(portal.client("harbour").expect("there").version, administrators.version);
    assert!(is_secret(&portal, &app, &secret));
}

#[test]
fn secrets_and_deletion_take_a_recent_sign_in() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[]);
    portal.world.pass(15 * MINUTE + 1);
    let before = portal.client(&app);
    for (action, confirm) in [("rotate", ""), ("end-earlier", ""), ("delete", "yes")] {
        let answer = ada.act(&app, &[("action", action), ("confirm", confirm)]);
        let location = answer.header("location").expect("to the sign-in page").to_owned();
        assert!(location.starts_with("/login?") && location.contains("&notice=gr_nt_"), "{location}");
        let login = ada.get(&location);
        assert!(login.body.contains("id=\"login-form\"") && login.body.contains("id=\"account-notice\""), "{action}");
    }
    assert_eq!(portal.client(&app), before);
    assert_eq!(ada.save(&app, &[("client_name", "Ebb")]).status, 303, "to change it, the session is good enough");
}

#[test]
fn an_earlier_secret_works_for_a_day_or_until_it_is_ended() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, first) = ada.made(&[]);
    let rotated = ada.act(&app, &[("action", "rotate")]);
    assert_eq!(rotated.status, 200, "{}", rotated.body);
    assert_eq!(rotated.header("cache-control"), Some("no-store"));
    let second = element(&rotated.body, "client-secret");
    assert!(second != first && is_secret(&portal, &app, &second) && is_secret(&portal, &app, &first));
    let page = ada.get(&format!("/developer/apps/{app}")).body;
    assert!(page.contains("id=\"earlier-secret\"") && page.contains("id=\"end-earlier\"") && !page.contains(&second));
    portal.world.pass(DAY - 1);
    assert!(is_secret(&portal, &app, &first));
    portal.world.pass(1);
    assert!(!is_secret(&portal, &app, &first) && is_secret(&portal, &app, &second));

    let ada = portal.developer("ada");
    let third = element(&ada.act(&app, &[("action", "rotate")]).body, "client-secret");
    assert!(is_secret(&portal, &app, &second));
    let ended = ada.act(&app, &[("action", "end-earlier")]);
    assert!(ada.told(&ended, &format!("/developer/apps/{app}")).contains("no longer works"));
    assert!(!is_secret(&portal, &app, &second) && is_secret(&portal, &app, &third));
    assert!(!ada.get(&format!("/developer/apps/{app}")).body.contains("id=\"earlier-secret\""));
}

#[test]
fn a_form_of_an_earlier_version_does_nothing() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[]);
    let path = format!("/developer/apps/{app}");
    let stale = value(&ada.get(&path).body, "version");
    let fields = [("version", stale.as_str()), ("action", "rotate")];
    assert_eq!(ada.post(&path, &fields).status, 200);
    let before = portal.client(&app);
    let again = ada.post(&path, &fields);
    assert!(ada.told(&again, &path).contains("was changed while"), "a reload rotates nothing");
    let save = with(&FORM, &[("version", &stale), ("action", "save"), ("client_name", "Ebb")]);
    let saved = ada.post(&path, &save);
    assert_eq!(saved.status, 409);
    assert!(saved.body.contains("value=\"Ebb\""), "what was typed stays");
    for action in ["publish", "withdraw", "end-earlier", "delete"] {
        let fields = [("version", stale.as_str()), ("action", action), ("confirm", "yes")];
        assert_eq!(ada.post(&path, &fields).status, 303, "{action}");
    }
    assert_eq!(portal.client(&app), before);
}

/// What users may decline is a part of what the app asks for, and goes with it.
#[test]
fn a_scope_that_people_may_decline_can_be_given_up() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[]);
    assert_eq!(administer(&portal, &app, &json!({"optional_scope": "rooms.read"}))["optional_scope"], "rooms.read");
    assert_eq!(ada.save(&app, &[("scope:rooms.read", "")]).status, 303);
    let client = portal.client(&app).expect("registered");
    assert_eq!(
        (client.registration.scopes.to_string().as_str(), client.registration.optional_scopes.to_string().as_str()),
        ("openid", "")
    );
}

#[test]
fn a_logo_is_a_file_that_is_what_it_says() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[]);
    let path = format!("/developer/logos/{app}");
    let version = || portal.client(&app).expect("there").version.0.to_string();
    let large = [PNG, &vec![0; 17_000]].concat();
    for (file, problem) in [(&b"<svg/>"[..], true), (&large, true), (b"", true), (PNG, false)] {
        let answer = ada.send(&path, &[("version", version().as_bytes()), ("logo", file)]);
        assert_eq!(answer.status, if problem { 400 } else { 303 }, "{}", answer.body);
        assert_eq!(answer.body.contains("id=\"logo-problem\""), problem);
        assert_eq!(portal.client(&app).expect("there").registration.presentation.logo.is_some(), !problem);
    }
    assert!(ada.get(&format!("/developer/apps/{app}")).body.contains("src=\"data:image/png;base64,"));
    assert_eq!(ada.save(&app, &[("client_name", "Ebb")]).status, 303);
    assert!(
        portal.client(&app).expect("there").registration.presentation.logo.is_some(),
        "saving other things keeps it"
    );
    let stale = ada.send(&path, &[("version", b"1"), ("remove", b"yes"), ("logo", b"")]);
    assert!(ada.told(&stale, &format!("/developer/apps/{app}")).contains("was changed while"));
    assert_eq!(ada.send(&path, &[("version", version().as_bytes()), ("remove", b"yes"), ("logo", b"")]).status, 303);
    assert!(portal.client(&app).expect("there").registration.presentation.logo.is_none());
    assert_eq!(ada.post(&path, &[("version", &version())]).status, 400, "another type of form");
}

#[test]
fn a_deleted_app_is_gone_and_its_identifier_is_unregistered() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[]);
    let question = ada.act(&app, &[("action", "delete")]);
    assert!(question.body.contains("id=\"delete-confirm\"") && portal.client(&app).is_some(), "asked first");
    let deleted = ada.act(&app, &[("action", "delete"), ("confirm", "yes")]);
    assert!(ada.told(&deleted, "/developer").contains("has been deleted"));
    assert!(portal.client(&app).is_none() && ada.apps().is_empty());
    assert_eq!(ada.get(&format!("/developer/apps/{app}")).status, 404);
    let register = Register {
        attempt: portal.world.clients.attempt(),
        client: client(&app, "Tide"),
        access: RegistrationAccessId::from_bytes([1; 16]),
    };
    let denied = portal.world.clients.ask(RegisterOwned { register, owner: "u-eve".to_owned() });
    assert_eq!(denied.err(), Some(Denied::Exists));
}

#[test]
fn apps_of_a_deleted_user_stay_and_the_administrator_sees_whose_they_were() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[]);
    let attempt = portal.world.clients.attempt();
    portal.world.account(ada.account, grantry::store::account::Delete { attempt }).expect("deleted");
    assert_eq!(ada.get("/developer").status, 303, "the developer's session is over");
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let all = portal.world.send(request(Method::Get, "/register", &[("authorization", &bearer)], "")).json;
    assert_eq!((&all["clients"][0]["client_id"], &all["clients"][0]["owner"]), (&json!(app), &json!("u-ada")));
}
