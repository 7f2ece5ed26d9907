//! The catalogue as the registry keeps it: what is published, how it is found, and that nothing else is ever shown.

use crate::support::clients_platform::{World, client, id};
use crate::support::registration::{admin, own, path, put, refused, registered, stored, with};
use grantry::http::Method;
use grantry::oauth::client::Client;
use grantry::oauth::client::presentation::Presentation;
use grantry::oauth::client::registration::Registration;
use grantry::store::registry::{Browse, Browsed, Delete};
use grantry::store::sql::Sql as _;
use grantry::store::wire::PROTOCOL;
use serde_json::{Value, json};

const PNG: &str = "data:image/png;base64,iVBORw0KGgo=";

fn published(id: &str, name: &str, description: &str) -> Client {
    let description = (!description.is_empty()).then(|| description.to_owned());
    let presentation = Presentation { published: true, description, ..Presentation::default() };
    let mut client = client(id, name);
    client.registration.site = Some(format!("https://{id}.example.com/start"));
    client.registration.presentation = presentation;
    client
}

fn browse(world: &World, query: &str, page: u32) -> Browsed {
    world.ask(Browse { query: query.to_owned(), page })
}

fn found(world: &World, query: &str) -> Vec<String> {
    browse(world, query, 1).entries.into_iter().map(|entry| entry.id.to_string()).collect()
}

#[test]
fn only_what_is_published_is_shown_and_what_ends_being_so_is_gone() {
    let world = World::new();
    assert_eq!(browse(&world, "", 1), Browsed { entries: Vec::new(), more: false });
    assert_eq!(world.registry.rows_written(), 0, "looking writes nothing");
    world.register(client("hidden", "Hidden"));
    assert!(found(&world, "").is_empty());

    world.register(published("tide", "Tide", "Knows the sea"));
    let [entry] = &browse(&world, "", 1).entries[..] else { panic!("one app") };
    assert_eq!((entry.name.as_str(), entry.site.as_str()), ("Tide", "https://tide.example.com/start"));
    assert_eq!(entry.description.as_deref(), Some("Knows the sea"));

    world.ask(world.update(published("tide", "High Tide", ""))).expect("renamed");
    assert_eq!(browse(&world, "", 1).entries[0].name, "High Tide");
    assert_eq!(found(&world, "sea"), [""; 0], "the old description is not found any more");
    world.ask(world.update(client("tide", "Tide"))).expect("withdrawn");
    assert!(found(&world, "").is_empty());
    world.ask(world.update(published("tide", "Tide", ""))).expect("published again");
    assert_eq!(found(&world, ""), ["tide"]);
    world.ask(Delete { attempt: world.attempt(), id: id("tide") }).expect("deleted");
    assert!(found(&world, "").is_empty());
}

/// While a deployment is under way, Worker and object may speak two protocols.
#[test]
fn an_object_of_another_release_is_not_understood_and_the_client_may_try_again() {
    let world = World::new();
    world.registry_is_newer.set(true);
    let refused = world.send(Method::Get, "/apps.json", None, None);
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("10")));
    assert_eq!(refused.json["error"], "temporarily_unavailable");
    let cause = format!("the other side speaks protocol {}, this release {PROTOCOL}", PROTOCOL + 1);
    assert!(world.log.borrow().iter().any(|line| line.contains(&cause)), "{:?}", world.log.borrow());
    world.registry_is_newer.set(false);
    assert_eq!(world.send(Method::Get, "/apps.json", None, None).status, 200);
}

/// What everybody may ask for costs the registry a bounded number of calls, and what is answered is never an older page.
#[test]
fn an_isolate_that_is_asked_too_often_says_so_and_leaves_the_registry_alone() {
    let world = World::new();
    world.register(published("tide", "Tide", ""));
    for (path, limit) in [("/apps.json", 1_000), ("/apps.json?q=tide", 100)] {
        let look = || world.send(Method::Get, path, None, None);
        for number in 0..limit {
            assert_eq!(look().status, 200, "{path} {number}");
        }
        let calls = world.usage.get().object_calls;
        let refused = look();
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("10")), "{path}");
        assert_eq!(refused.json["error"], "temporarily_unavailable");
        assert_eq!(world.usage.get().object_calls, calls, "the registry is not asked");
    }
    world.ask(world.update(published("tide", "High Tide", ""))).expect("renamed");
    world.pass(10);
    let page = world.send(Method::Get, "/apps.json", None, None);
    assert_eq!(page.json["apps"][0]["client_name"], "High Tide", "as it is now");
}

#[test]
fn a_search_finds_all_words_in_name_description_and_site() {
    let world = World::new();
    world.register(published("tide", "Tide", "Knows the SEA"));
    world.register(published("buoy", "Büoy", "Swims in the sea"));
    assert_eq!(found(&world, "sea"), ["buoy", "tide"]);
    assert_eq!(found(&world, "  the   KNOWS "), ["tide"]);
    assert_eq!(found(&world, "BÜOY"), ["buoy"]);
    assert_eq!(found(&world, "tide.example.com"), ["tide"]);
    for nothing in ["knows swims", "%", "_", "sea' OR 1=1 --", "Tide\u{0}"] {
        assert!(found(&world, nothing).is_empty(), "{nothing}");
    }
}

#[test]
fn pages_are_in_the_order_of_names_and_have_an_end() {
    let world = World::new();
    for number in (0..45).rev() {
        world.register(published(&format!("app-{number}"), &format!("app {number:02}"), ""));
    }
    world.register(published("upper", "APP 00", ""));
    let pages = [1, 2, 3, 4].map(|page| browse(&world, "app", page));
    assert_eq!(
        pages.each_ref().map(|page| (page.entries.len(), page.more)),
        [(20, true), (20, true), (6, false), (0, false)]
    );
    let names: Vec<String> =
        pages.into_iter().flat_map(|page| page.entries).map(|entry| entry.name.to_lowercase()).collect();
    assert!(names.is_sorted());
    assert_eq!(names.len(), 46);
}

// spec: OpenID Connect Registration section 2 - policy_uri and tos_uri are registered and told
#[test]
fn what_is_shown_of_a_client_is_registered_and_told() {
    let world = World::new();
    let shown = json!({
        "published": true,
        "client_uri": "https://app.example.com/",
        "description": "Knows the sea",
        "logo": PNG,
        "policy_uri": "https://app.example.com/privacy",
        "tos_uri": "https://app.example.com/terms",
    });
    let answer = registered(&world, shown.clone());
    let read = world.send(Method::Get, &path(&answer), Some(&admin()), None);
    for (name, value) in shown.as_object().expect("an object") {
        assert_eq!(&answer.json[name], value);
        assert_eq!(&read.json[name], value);
    }
    assert_eq!(found(&world, "sea"), [answer.text("client_id")]);
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let world = World::new();
    let site = json!({"client_uri": "https://app.example.com/"});
    let large = format!("data:image/png;base64,iVBORw0KGgo{}", "A".repeat(30_000));
    let cases: [(&str, Value); 13] = [
        // Users are led to the site: without one, or without users, there is nothing to publish.
        ("invalid_client_metadata", json!({"published": true})),
        (
            "invalid_client_metadata",
            with(site, json!({"published": true, "grant_types": ["client_credentials"], "scope": ""})),
        ),
        ("invalid_client_metadata", json!({"published": "yes"})),
        ("invalid_client_metadata", json!({"description": ""})),
        ("invalid_client_metadata", json!({"description": "two\nlines"})),
        ("invalid_client_metadata", json!({"description": "gnp\u{202E}.exe"})),
        ("invalid_client_metadata", json!({"description": "x".repeat(281)})),
        ("invalid_client_metadata", json!({"logo": "https://app.example.com/logo.png"})),
        ("invalid_client_metadata", json!({"logo": "data:image/svg+xml;base64,PHN2Zy8+"})),
        ("invalid_client_metadata", json!({"logo": "data:image/jpeg;base64,iVBORw0KGgo="})),
        ("invalid_client_metadata", json!({ "logo": large })),
        ("invalid_client_metadata", json!({"policy_uri": "http://app.example.com/"})),
        ("invalid_client_metadata", json!({"tos_uri": "javascript:alert(1)"})),
    ];
    refused(&world, cases);
}

#[test]
fn a_client_presents_itself_and_does_not_publish_itself() {
    let world = World::new();
    let answer = registered(&world, json!({"client_uri": "https://app.example.com/"}));
    let (path, own, client_id) = (path(&answer), own(&answer), answer.text("client_id"));
    let body = json!({
        "client_id": client_id,
        "client_name": "App",
        "client_uri": "https://app.example.com/",
        "redirect_uris": ["https://app.example.com/callback"],
    });
    let publishing = put(&world, &path, &own, &with(body.clone(), json!({"published": true})));
    assert_eq!((publishing.status, publishing.text("error")), (400, "invalid_client_metadata"));
    let presenting = put(&world, &path, &own, &with(body.clone(), json!({"description": "New", "logo": PNG})));
    assert_eq!((presenting.status, presenting.text("description")), (200, "New"));
    assert!(found(&world, "").is_empty());

    let all = with(body.clone(), json!({"published": true}));
    assert_eq!(put(&world, &path, &admin(), &all).status, 200);
    assert_eq!(found(&world, ""), [client_id]);
    // What it does not say about being published stays; a site it must keep then.
    let policy = with(body.clone(), json!({"policy_uri": "https://app.example.com/privacy"}));
    assert_eq!(put(&world, &path, &own, &policy).status, 200);
    assert!(stored(&world, client_id).registration.presentation.published);
    assert_eq!(put(&world, &path, &own, &with(body.clone(), json!({"client_uri": null}))).status, 400);
    assert_eq!(put(&world, &path, &own, &with(body, json!({"client_name": "Other"}))).status, 200);
    assert!(!stored(&world, client_id).registration.presentation.published, "the new listing was not reviewed");
}

#[test]
fn the_face_of_an_app_includes_the_logo_and_not_the_description() {
    let world = World::new();
    let answer = registered(&world, json!({"logo": PNG}));
    let with_logo = stored(&world, answer.text("client_id"));
    let without = Client {
        registration: Registration { presentation: Presentation::default(), ..with_logo.registration.clone() },
        ..with_logo.clone()
    };
    assert_ne!(with_logo.face(), without.face());
    let described = Presentation { description: Some("New".to_owned()), ..with_logo.registration.presentation.clone() };
    assert_eq!(
        Client {
            registration: Registration { presentation: described, ..with_logo.registration.clone() },
            ..with_logo.clone()
        }
        .face(),
        with_logo.face()
    );
}
