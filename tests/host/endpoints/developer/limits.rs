//! How much one developer may have and change, and what looking costs.

use crate::support::clients_platform::id;
use crate::support::developer::Portal;
use grantry::platform::Platform as _;
use grantry::store::registry::{Delete, MOST_CHANGES, MOST_OWNED};

#[test]
fn a_developer_has_a_limited_number_of_apps() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    for number in 0..MOST_OWNED {
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
fn a_developer_saves_a_limited_number_of_changes_in_an_hour() {
    let portal = Portal::new();
    let (ada, eve) = (portal.developer("ada"), portal.developer("eve"));
    let app = ada.made(&[]).0;
    for number in 1..MOST_CHANGES {
        let saved = ada.save(&app, &[("client_name", &format!("Tide {number}"))]);
        assert_eq!(saved.status, 303, "{number}: {}", saved.body);
    }
    let before = portal.world.clients.registry.dump();
    for refused in
        [ada.save(&app, &[("client_name", "One too many")]), ada.act(&app, &[("action", "rotate")]), ada.create(&[])]
    {
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("3600")));
        let limit = format!("{MOST_CHANGES} changes");
        assert!(refused.body.contains("Too many requests") && refused.body.contains(&limit), "{}", refused.body);
    }
    assert_eq!(portal.world.clients.registry.dump(), before, "what is refused changes nothing");
    let other = eve.made(&[]).0;
    assert_eq!(eve.save(&other, &[("client_name", "Ebb")]).status, 303, "which is no other's limit");
    portal.world.pass(3_599);
    assert_eq!(ada.save(&app, &[("client_name", "Too early")]).status, 429);
    portal.world.pass(1);
    assert_eq!(ada.save(&app, &[("client_name", "Neap")]).status, 303, "a new hour");
    assert_eq!(portal.client(&app).expect("there").registration.name, "Neap");
}

#[test]
fn what_is_not_wanted_any_more_can_be_deleted_at_any_time() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let app = ada.made(&[]).0;
    for _ in 1..MOST_CHANGES {
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
