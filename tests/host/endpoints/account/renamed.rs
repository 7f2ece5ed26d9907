//! An app that users connected and that calls itself otherwise now: they see what they allowed.

use crate::support::browser::{Browser, world};
use crate::support::clients_platform::{Crash, id};
use crate::support::platform::{Answer, World, user_field};
use grantry::http::Method;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::{Client, Voucher};
use grantry::store::registry::Delete;

const HOME: &str = "192.0.2.1";

fn get(world: &World, browser: &Browser, path: &str) -> Answer {
    browser.send(world, Method::Get, path, HOME, "")
}

/// Signs in and allows the app.
fn connected(world: &World) -> Browser {
    let browser = Browser::default();
    let signed_in = browser.signs_in(world, "ada", "correct+horse", HOME);
    let page = get(world, &browser, signed_in.header("location").expect("onwards"));
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for name in ["interaction", "ticket"] {
        let value = page.body.split_once(&format!("name=\"{name}\" value=\"")).expect("a field").1;
        form.append_pair(name, value.split('"').next().expect("a value"));
    }
    let answer = browser.send(world, Method::Post, "/consent", HOME, &form.append_pair("decision", "allow").finish());
    assert!(answer.header("location").expect("back").contains("code="), "{}", answer.body);
    browser
}

/// Changes the app.
fn changed(world: &World, change: impl FnOnce(&mut Client)) {
    let mut client = world.clients.found(&id("portal"), Freshness::Now).expect("registered");
    change(&mut client);
    world.clients.ask(world.clients.update(client)).expect("changed");
    known(world);
}

/// Everybody knows of the change: what is no deletion is put into KV within a minute.
fn known(world: &World) {
    world.pass(60);
    world.clients.ring(Crash::Never);
    world.clients.client_memory_is_lost();
}

/// The words of a section of the page.
fn section(world: &World, browser: &Browser, name: &str) -> String {
    let page = get(world, browser, "/account").body;
    let section = page.split_once(&format!("id=\"{name}\"")).expect("a section").1;
    let section = section.split_once("</section>").expect("its end").0;
    let words = section.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    words.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

// spec: RFC 7591 section 5 - a client that changes its name does not pass for another one that the user knows
#[test]
fn attack_a_connected_app_that_takes_another_name_is_shown_as_what_was_allowed() {
    let world = world();
    let browser = connected(&world);
    let before = section(&world, &browser, "account-apps");
    assert!(before.contains("Portal app.example.com Verified"), "{before}");
    assert!(!before.contains("now calls itself"), "{before}");

    changed(&world, |client| {
        client.registration.name = "Your Bank".to_owned();
        client.voucher = Voucher::Developer;
    });
    let after = section(&world, &browser, "account-apps");
    assert!(after.contains("Portal app.example.com This app now calls itself Your Bank"), "{after}");
    assert!(!after.contains("Verified"), "nobody vouches for it any more: {after}");
    assert!(section(&world, &browser, "account-activity").contains("You allowed Portal"));

    let form = ["action=disconnect&target=portal", &user_field(&get(&world, &browser, "/account"))].concat();
    assert_eq!(browser.send(&world, Method::Post, "/account", HOME, &form).status, 303);
    let activity = section(&world, &browser, "account-activity");
    assert!(activity.contains("You disconnected Portal") && !activity.contains("Your Bank"), "{activity}");
}

#[test]
fn what_changed_besides_the_name_is_said_too_and_a_deleted_app_keeps_its_name() {
    let world = world();
    let browser = connected(&world);
    changed(&world, |client| client.registration.site = Some("https://elsewhere.example".to_owned()));
    let changed = section(&world, &browser, "account-apps");
    assert!(changed.contains("Portal app.example.com Verified This app has changed its website"), "{changed}");
    world.clients.ask(Delete { attempt: world.clients.attempt(), id: id("portal") }).expect("deleted");
    known(&world);
    let deleted = section(&world, &browser, "account-apps");
    assert!(deleted.contains("Portal app.example.com This app has been deleted."), "{deleted}");
}
