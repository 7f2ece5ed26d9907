//! Clients that register themselves (RFC 7591): which may, with which permissions, and how many.

use crate::support::api::api;
use crate::support::clients_platform::{Answer, Crash, World, client, id};
use crate::support::registration::{admin, metadata, own, path, put, registered, stored, with};
use grantry::base::RegistrationAccessId;
use grantry::config::{Config, SelfRegistration};
use grantry::http::Method;
use grantry::lifetimes::UNUSED_CLIENT;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::{Client, Voucher};
use grantry::store::registry::{
    FoundClient, MarkUsed, Read, Register, RegisterItself, next_alarm, next_put, open, sweep,
};
use serde_json::{Value, json};

const OPEN_API: &str = r#"{"audience":"https://open.example","scopes":{"open.read":"See what is open","open.write":"Change what is open"},"self_registered_clients":true}"#;
const CLOSED_API: &str = r#"{"audience":"https://closed.example","scopes":{"closed.read":"See what is closed"}}"#;

fn world(by_themselves: SelfRegistration) -> World {
    let mut world = World::new();
    let apis = [OPEN_API, CLOSED_API].map(api).to_vec();
    world.config = Config { apis, ..crate::support::clients_platform::config() };
    world.config.registration.by_themselves = by_themselves;
    world
}

/// A registration without any credential.
fn anonymous(world: &World, more: Value) -> Answer {
    world.send(Method::Post, "/register", None, Some(&metadata(more).to_string()))
}

/// Enough time for an isolate to pass on registrations again.
const NEXT_WINDOW: i64 = 10;

// spec: RFC 7591 section 3 - registration by strangers is off unless the deployment opens it
// spec: RFC 7591 section 3 - a bad initial access token is 401, never an anonymous registration
#[test]
fn strangers_register_only_where_the_deployment_allows_it() {
    for mode in [SelfRegistration::Off, SelfRegistration::Token] {
        let world = world(mode);
        assert_eq!(anonymous(&world, json!({})).status, 401, "{mode:?}");
        assert!(world.registry.is_unused(), "{mode:?}");
    }
    let world = world(SelfRegistration::Open);
    for bad in ["Bearer wrong", "Bearer ", "Bearer", "Basic YTpi", "", "Negotiate x"] {
        let answer = world.send(Method::Post, "/register", Some(bad), Some(&metadata(json!({})).to_string()));
        assert_eq!((answer.status, answer.text("error")), (401, "invalid_token"), "{bad:?}");
    }
    assert!(world.registry.is_unused(), "a bad credential registers nothing");
    let answer = anonymous(&world, json!({}));
    assert_eq!(answer.status, 201, "{}", answer.json);
    let client = stored(&world, answer.text("client_id"));
    assert_eq!((client.voucher, client.is_unused), (Voucher::Nobody, true));
    assert_eq!(
        world.send(Method::Get, "/register", None, None).status,
        401,
        "clients are not listed without authentication"
    );
    let by_the_administrator = registered(&world, json!({"require_pkce": false}));
    let client = stored(&world, by_the_administrator.text("client_id"));
    assert_eq!((client.voucher, client.is_unused), (Voucher::Administrator, false));
}

// spec: RFC 7591 section 5 - a client that registers itself gets no right that only an administrator gives
#[test]
fn a_self_registered_client_gets_no_privileges() {
    let world = world(SelfRegistration::Open);
    for more in [
        json!({"client_id": "chosen"}),
        json!({"owner": "u1"}),
        json!({"client_secret": "0123456789012345678901234567890123456789"}),
        json!({"require_pkce": false}),
        json!({"access_token_lifetime": 86_400}),
        json!({"access_token_format": "opaque"}),
        json!({"assertion_audience": "token_endpoint"}),
        json!({"rotate_refresh_tokens": false}),
        json!({"published": true, "client_uri": "https://app.example.com"}),
        json!({"sector_identifier_uri": "https://app.example.com/sector"}),
        json!({"grant_types": ["client_credentials"]}),
        json!({"grant_types": ["authorization_code", "client_credentials"]}),
        json!({"scope": "openid clients"}),
        json!({"scope": "clients:register"}),
        json!({"scope": "people:read"}),
        json!({"scope": "openid closed.read"}),
        json!({"scope": "openid unknown"}),
    ] {
        let answer = anonymous(&world, more.clone());
        assert_eq!((answer.status, answer.text("error")), (400, "invalid_client_metadata"), "{more}");
        world.pass(NEXT_WINDOW);
    }
    let ours = anonymous(&world, json!({"redirect_uris": ["https://auth.example.com/consent?decision=allow"]}));
    assert_eq!((ours.status, ours.text("error")), (400, "invalid_redirect_uri"), "a form to it would pass for ours");
    assert!(world.asked.borrow().is_empty(), "nothing is fetched for a stranger");
    assert!(world.registry.is_unused());
    let answer = anonymous(&world, json!({"trusted": true, "skip_consent": true, "voucher": "administrator"}));
    assert_eq!(answer.status, 201, "members that mean nothing here are ignored");
    assert_eq!(stored(&world, answer.text("client_id")).voucher, Voucher::Nobody);
    assert_eq!(answer.text("scope"), "openid profile email address phone offline_access open.read open.write");
    assert_eq!(answer.json["self_registered"], true);

    let body = with(answer.json.clone(), metadata(json!({"scope": "openid closed.read"})));
    let kept = ["client_secret", "client_secret_expires_at", "client_id_issued_at"];
    let mut body = body.as_object().expect("an object").clone();
    body.retain(|name, _| !kept.contains(&name.as_str()) && !name.starts_with("registration_"));
    let changed = put(&world, &path(&answer), &own(&answer), &Value::Object(body));
    assert_eq!(changed.status, 400, "what it could not register it cannot give itself later");
}

// spec: RFC 7591 section 3.2.1 - the server answers with the scope that it registered, which may be another than asked for
#[test]
fn a_client_that_asks_for_a_part_of_an_api_is_registered_for_all_of_it() {
    let world = world(SelfRegistration::Open);
    for (asked, registered) in [
        ("open.read", "open.read open.write"),
        ("openid open.write offline_access", "openid open.write offline_access open.read"),
        ("openid email", "openid email"),
    ] {
        let answer = anonymous(&world, json!({"scope": asked}));
        assert_eq!((answer.status, answer.text("scope")), (201, registered), "{asked}");
    }
}

#[test]
fn a_stranger_describes_itself_but_is_not_published() {
    let world = world(SelfRegistration::Open);
    let shown = json!({
        "client_uri": "https://app.example.com", "description": "Knows the sea",
        "logo": "data:image/png;base64,iVBORw0KGgo=", "logo_uri": "https://app.example.com/logo.svg",
    });
    let answer = anonymous(&world, shown.clone());
    assert_eq!(answer.status, 201, "{}", answer.json);
    let client = stored(&world, answer.text("client_id"));
    assert_eq!(client.registration.presentation.description.as_deref(), Some("Knows the sea"));
    assert!(
        client.registration.presentation.logo.is_some()
            && !client.registration.presentation.published
            && client.registration.require_pkce
    );
    let named = metadata(with(shown, json!({"client_id": answer.text("client_id")})));
    for more in [json!({"published": true}), json!({"require_pkce": false}), json!({"rotate_refresh_tokens": true})] {
        let refused = put(&world, &path(&answer), &own(&answer), &with(named.clone(), more.clone()));
        assert_eq!((refused.status, refused.text("error")), (400, "invalid_client_metadata"), "{more}");
    }
    let rows = world.registry.dump();
    assert!(!rows.iter().any(|row| row.starts_with("published")), "{rows:?}");
    assert!(world.asked.borrow().is_empty(), "the address of a logo is not asked");
}

/// A client that the administrator approved is not deleted when it is unused. Approval does not change that it registered itself.
#[test]
fn a_stranger_that_was_vouched_for_stays_and_remains_a_stranger() {
    let world = world(SelfRegistration::Open);
    let answer = anonymous(&world, json!({}));
    let name = answer.text("client_id");
    let change = |authorization: &str, more: Value| {
        let members = json!({"client_id": name, "client_uri": "https://app.example.com"});
        put(&world, &path(&answer), authorization, &metadata(with(members, more)))
    };
    let vouched = change(&admin(), json!({"published": true, "verified": true}));
    assert_eq!((vouched.status, &vouched.json["verified"]), (200, &json!(true)), "{}", vouched.json);
    world.pass(i64::from(UNUSED_CLIENT.get()) + 1);
    sweep(&world.registry, world.at()).expect("swept");
    assert!(stored(&world, name).registration.presentation.published, "it is listed, and it is there");

    let renamed = change(&own(&answer), json!({"client_name": "Your Bank"}));
    assert_eq!((renamed.status, &renamed.json["self_registered"]), (200, &json!(true)));
    assert_eq!(stored(&world, name).voucher, Voucher::Nobody);
    assert!(!stored(&world, name).registration.presentation.published, "the listing of the catalogue was not reviewed");
    change(&admin(), json!({"verified": true}));
    change(&admin(), json!({"verified": false}));
    assert_eq!(stored(&world, name).voucher, Voucher::Nobody);
}

#[test]
fn one_network_registers_twenty_an_hour() {
    let world = world(SelfRegistration::Open);
    let from = |address: &str| {
        world.address.replace(Some(address.to_owned()));
        world.pass(NEXT_WINDOW);
        anonymous(&world, json!({}))
    };
    for number in 0..20 {
        assert_eq!(from(&format!("2001:db8:1:22{number:02x}::{number}")).status, 201, "{number}");
    }
    let rows = world.registry.dump();
    let refused = from("2001:db8:1:22ff::1");
    assert_eq!((refused.status, refused.text("error")), (429, "temporarily_unavailable"), "the same /56");
    assert_eq!(refused.header("retry-after"), Some("3600"));
    assert_eq!(world.registry.dump(), rows, "what is refused writes nothing");
    assert_eq!(from("2001:db8:1:2300::1").status, 201, "the next /56");
    world.pass(3_600);
    assert_eq!(from("2001:db8:1:2200::1").status, 201, "an hour later");
}

#[test]
fn all_networks_together_register_two_hundred_an_hour_and_one_isolate_ten_in_ten_seconds() {
    let world = world(SelfRegistration::Open);
    for _ in 0..10 {
        assert_eq!(anonymous(&world, json!({})).status, 201);
    }
    let calls = world.usage.get().object_calls;
    let busy = anonymous(&world, json!({}));
    assert_eq!((busy.status, busy.text("error")), (503, "temporarily_unavailable"));
    assert_eq!(world.usage.get().object_calls, calls, "the registry is not even asked");
    let register = |number: u32| {
        let client = Client { voucher: Voucher::Nobody, ..client(&format!("c{number}"), "App") };
        let access = RegistrationAccessId::from_bytes(world.random());
        let register = Register { attempt: world.attempt(), client, access };
        world.ask(RegisterItself { register, place: format!("10.{}.{}.0/24", number / 256, number % 256) })
    };
    let made = (10..300).filter(|number| register(*number).is_ok()).count();
    assert_eq!(made, 190);
    for _ in 0..4 {
        world.pass(3_600);
        let first = u32::try_from(world.at().as_secs()).expect("small");
        (first..first + 300).filter(|number| register(*number).is_ok()).count();
    }
    let all = world.registry.dump().iter().filter(|row| row.starts_with("self_registration")).count();
    assert_eq!(all, 1_000, "in a day");
}

#[test]
fn what_strangers_do_never_reaches_kv() {
    let world = world(SelfRegistration::Open);
    let answer = anonymous(&world, json!({}));
    let name = id(answer.text("client_id"));
    let body = metadata(json!({"client_id": name.as_str(), "client_name": "Renamed"}));
    assert_eq!(put(&world, &path(&answer), &own(&answer), &body).status, 200);
    world.pass(600);
    world.ring(Crash::Never);
    assert_eq!(
        world.found(&name, Freshness::Cached).map(|client| client.registration.name),
        Some("Renamed".to_owned())
    );
    assert_eq!(next_put(&world.registry), Ok(None));

    let version = world.ask(MarkUsed { attempt: world.attempt(), id: name.clone() }).expect("marked");
    assert!(!stored(&world, name.as_str()).is_unused);
    let rows = world.registry.dump();
    assert_eq!(world.ask(MarkUsed { attempt: world.attempt(), id: name.clone() }), Ok(version), "once");
    assert_eq!(world.registry.dump(), rows);
    world.settle();
    assert!(world.found(&name, Freshness::Cached).is_some());
    assert_eq!(world.send(Method::Delete, &path(&answer), Some(&own(&answer)), None).status, 204);
    assert!(world.found(&name, Freshness::Cached).is_none());
    world.settle();
    assert_eq!(world.puts.get(), 0);
}

#[test]
fn unused_clients_are_deleted_after_a_day() {
    let world = world(SelfRegistration::Open);
    let used = id(anonymous(&world, json!({})).text("client_id"));
    let unused = anonymous(&world, json!({}));
    let deleted = anonymous(&world, json!({}));
    assert_eq!(world.send(Method::Delete, &path(&deleted), Some(&own(&deleted)), None).status, 204);
    let unused = id(unused.text("client_id"));
    world.ask(MarkUsed { attempt: world.attempt(), id: used.clone() }).expect("marked");
    world.ring(Crash::Never);
    assert_eq!(next_alarm(&world.registry, world.at()), Ok(Some(UNUSED_CLIENT)));

    world.pass(i64::from(UNUSED_CLIENT.get()) - 1);
    sweep(&world.registry, world.at()).expect("swept");
    assert!(matches!(world.ask(Read { id: unused.clone() }), FoundClient::Registered(_)), "a day is not over");
    world.pass(1);
    sweep(&world.registry, world.at()).expect("swept");
    assert_eq!(world.ask(Read { id: unused.clone() }), FoundClient::Never);
    assert!(matches!(world.ask(Read { id: used }), FoundClient::Registered(_)), "a used one stays");
    assert_eq!(next_alarm(&world.registry, world.at()), Ok(None), "nothing is left to do");
    assert!(!world.registry.dump().iter().any(|row| row.starts_with("self_registration")), "nothing grows");
    assert!(world.ask(MarkUsed { attempt: world.attempt(), id: unused }).is_err(), "it does not come back");
}

#[test]
fn a_client_that_registered_itself_changes_twenty_times_at_most() {
    let world = world(SelfRegistration::Open);
    let answer = anonymous(&world, json!({}));
    let body = metadata(json!({"client_id": answer.text("client_id")}));
    for _ in 1..20 {
        assert_eq!(put(&world, &path(&answer), &own(&answer), &body).status, 200);
    }
    let rows = world.registry.dump();
    assert_eq!(put(&world, &path(&answer), &own(&answer), &body).status, 403);
    assert_eq!(world.registry.dump(), rows);
    assert_eq!(put(&world, &path(&answer), &admin(), &body).status, 200, "the administrator may");
}

#[test]
fn a_registry_of_the_release_before_gets_the_new_table() {
    let world = world(SelfRegistration::Open);
    world.register(client("app", "App"));
    for statement in [
        "DROP TABLE self_registration",
        "DROP TABLE published",
        "DROP TABLE changes",
        "DROP TABLE owned",
        "DROP INDEX pending_by_time",
        "ALTER TABLE head DROP COLUMN readable_from",
        "ALTER TABLE head DROP COLUMN probe",
        "ALTER TABLE head DROP COLUMN kv_checked_at",
        "ALTER TABLE client DROP COLUMN puts",
        "ALTER TABLE client DROP COLUMN puts_on",
        "ALTER TABLE pending DROP COLUMN due_at",
        "ALTER TABLE pending DROP COLUMN tries",
        "UPDATE head SET schema = 1",
    ] {
        world.registry.arrange(statement, &[]);
    }
    open(&world.registry).expect("migrated");
    sweep(&world.registry, world.at()).expect("nothing to sweep");
    world.ring(Crash::Never);
    assert_eq!(next_alarm(&world.registry, world.at()), Ok(None));
    assert_eq!(anonymous(&world, json!({})).status, 201);
    assert!(world.registry.dump().iter().any(|row| row.starts_with("self_registration")));
}

#[test]
fn a_client_that_registered_itself_gets_no_owner() {
    let world = world(SelfRegistration::Open);
    let answer = anonymous(&world, json!({}));
    let body = metadata(json!({"client_id": answer.text("client_id"), "owner": "u1"}));
    let refused = put(&world, &path(&answer), &admin(), &body);
    let description = "owner: a client that registered itself cannot have an owner";
    assert_eq!((refused.status, refused.text("error_description")), (400, description));
}
