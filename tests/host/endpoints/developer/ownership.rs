//! The administrator gives a client to a developer, to another one, or to none: the app of a deleted developer has an owner again.

use crate::support::developer::Portal;
use crate::support::registration::{admin, metadata, post, put, stored};
use grantry::store::registry::MOST_OWNED;
use serde_json::{Value, json};

/// The administrator's change of the client `tide`.
fn changed(portal: &Portal, more: Value) -> (u16, Value) {
    let mut body = metadata(json!({"client_id": "tide"}));
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let answer = put(&portal.world.clients, "/register/tide", &admin(), &body);
    (answer.status, answer.json)
}

#[test]
fn the_administrator_changes_the_owner() {
    let portal = Portal::new();
    let world = &portal.world.clients;
    let (ada, eve) = (portal.developer("ada"), portal.developer("eve"));
    let made = post(world, &metadata(json!({"client_id": "tide", "owner": ada.sub})));
    assert_eq!((made.status, &made.json["owner"]), (201, &json!(ada.sub)), "{}", made.json);
    assert_eq!((ada.apps().len(), eve.apps().len()), (1, 0));
    assert_eq!(ada.get("/developer/apps/tide").status, 200);

    let (status, answer) = changed(&portal, json!({"owner": eve.sub}));
    assert_eq!((status, &answer["owner"]), (200, &json!(eve.sub)), "{answer}");
    assert_eq!((ada.apps().len(), eve.apps().len()), (0, 1));
    assert_eq!(ada.get("/developer/apps/tide").status, 404);
    assert_eq!(eve.get("/developer/apps/tide").status, 200);

    let (_, answer) = changed(&portal, json!({"client_name": "Tide"}));
    assert_eq!(answer["owner"], json!(eve.sub), "a change that leaves it out keeps it");
    let (_, answer) = changed(&portal, json!({"owner": null}));
    assert_eq!(answer["owner"], json!(eve.sub), "null is the same");
    let (_, answer) = changed(&portal, json!({"owner": ""}));
    assert_eq!(answer["owner"], Value::Null, "it is the administrator's again");
    assert_eq!(eve.apps().len(), 0);
    assert_eq!(stored(world, "tide").owner, None);
}

#[test]
fn a_developer_gets_no_more_apps_than_they_may_have() {
    let portal = Portal::new();
    let world = &portal.world.clients;
    let ada = portal.developer("ada");
    let give = |id: &str| post(world, &metadata(json!({"client_id": id, "owner": ada.sub})));
    for number in 0..MOST_OWNED {
        assert_eq!(give(&format!("app-{number}")).status, 201);
    }
    assert_eq!(post(world, &metadata(json!({"client_id": "tide"}))).status, 201);
    let before = world.registry.dump();
    let refused = give("one-more");
    assert_eq!((refused.status, refused.text("error_description")), (400, "owner: the developer has too many clients"));
    let (status, answer) = changed(&portal, json!({"owner": ada.sub}));
    assert_eq!((status, &answer["error_description"]), (400, &json!("owner: the developer has too many clients")));
    assert_eq!(world.registry.dump(), before);
}
