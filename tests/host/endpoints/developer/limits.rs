//! How much one developer may have and change, and what looking costs.

use crate::support::clients_platform::{access, client, id};
use crate::support::developer::Portal;
use grantry::platform::Platform as _;
use grantry::store::registry::{Delete, MOST_CHANGES, MOST_MADE, MOST_OWNED, Register, RegisterOwned};

#[test]
fn a_developer_has_a_limited_number_of_apps() {
    let portal = Portal::new();
    // Some were made on earlier days.
    portal.world.pass(-2 * 86_400);
    for number in 0..2 * MOST_MADE {
        let world = &portal.world.clients;
        let register =
            Register { attempt: world.attempt(), client: client(&format!("app-{number}"), "App"), access: access(1) };
        world.ask(RegisterOwned { register, owner: "u-ada".to_owned() }).expect("registered");
        world.pass(if number + 1 == MOST_MADE { 86_400 } else { 0 });
    }
    portal.world.pass(86_400);
    let ada = portal.developer("ada");
    for number in 2 * MOST_MADE..MOST_OWNED {
        ada.made(&[("client_name", &format!("App {number}"))]);
    }
    let one_more = ada.create(&[]);
    assert_eq!(one_more.header("location"), Some("/developer"));
    let list = ada.get("/developer").body;
    assert_eq!(ada.apps().len(), 50);
    assert!(!list.contains("id=\"new-app\""));
    assert_eq!(portal.developer("eve").create(&[]).status, 200, "which is no other's limit");
    portal
        .world
        .clients
        .ask(Delete { attempt: portal.world.clients.attempt(), id: id(&ada.apps()[0].id.to_string()) })
        .expect("deleted");
    assert_eq!(ada.create(&[]).status, 200);
}

#[test]
fn a_developer_saves_a_limited_number_of_changes_in_a_day() {
    let portal = Portal::new();
    // So that the session lasts until the next day.
    portal.world.pass(10 * 3_600);
    let (ada, eve) = (portal.developer("ada"), portal.developer("eve"));
    let app = ada.made(&[]).0;
    for number in 0..MOST_CHANGES {
        let saved = ada.save(&app, &[("client_name", &format!("Tide {number}"))]);
        assert_eq!(saved.status, 303, "{number}: {}", saved.body);
    }
    let before = portal.world.clients.registry.dump();
    for refused in [ada.save(&app, &[("client_name", "One too many")]), ada.act(&app, &[("action", "rotate")])] {
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("21600")));
        let limit = format!("{MOST_MADE} new apps and {MOST_CHANGES} changes");
        assert!(refused.body.contains("Too many requests") && refused.body.contains(&limit), "{}", refused.body);
    }
    assert_eq!(portal.world.clients.registry.dump(), before, "what is refused changes nothing");
    for _ in 1..MOST_MADE {
        ada.made(&[]);
    }
    let before = portal.world.clients.registry.dump();
    let refused = ada.create(&[]);
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("21600")));
    assert_eq!(portal.world.clients.registry.dump(), before, "what is refused changes nothing");
    let other = eve.made(&[]).0;
    assert_eq!(eve.save(&other, &[("client_name", "Ebb")]).status, 303, "which is no other's limit");
    portal.world.pass(6 * 3_600 - 1);
    assert_eq!(ada.save(&app, &[("client_name", "Too early")]).status, 429);
    portal.world.pass(1);
    assert_eq!(ada.save(&app, &[("client_name", "Neap")]).status, 303, "a new day");
    assert_eq!(portal.client(&app).expect("there").registration.name, "Neap");
}

#[test]
fn what_is_not_wanted_any_more_can_be_deleted_at_any_time() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let app = ada.made(&[]).0;
    for _ in 0..MOST_CHANGES {
        assert_eq!(ada.save(&app, &[]).status, 303);
    }
    assert_eq!(ada.save(&app, &[]).status, 429);
    assert_eq!(ada.act(&app, &[("action", "delete"), ("confirm", "yes")]).status, 303);
    assert!(portal.client(&app).is_none());
}

#[test]
fn looking_costs_two_calls_and_no_row() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let (app, _) = ada.made(&[]);
    for path in ["/developer".to_owned(), format!("/developer/apps/{app}")] {
        ada.get(&path);
        let usage = portal.world.usage();
        assert_eq!((usage.object_calls, usage.rows_written), (2, 0), "{path}");
    }
}
