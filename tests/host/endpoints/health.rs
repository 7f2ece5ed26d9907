//! The detailed health check writes and reads back, in an object and in KV.

use crate::support::clients_platform::{Crash, Puts, World, client};
use crate::support::registration::admin;
use grantry::http::Method;
use grantry::store::registry::{self, Probe};

/// The status and the parts that fail.
fn check(world: &World) -> (u16, Vec<String>) {
    let answer = world.send(Method::Get, "/health", Some(&admin()), None);
    let parts = answer.json["parts"].as_array().expect("parts").iter();
    // Nothing is signed in this world.
    let parts = parts.filter(|part| !part["part"].as_str().expect("a name").starts_with("signature"));
    let failing = parts.filter(|part| part["status"] != "ok").map(|part| part["part"].as_str().expect("a name"));
    (answer.status, failing.map(str::to_owned).collect())
}

#[test]
fn a_kv_that_takes_no_writes_is_not_well() {
    for puts in [Puts::Refused, Puts::Unanswered] {
        let world = World::new();
        world.kv_puts.set(puts);
        assert_eq!(check(&world).1, ["kv"], "{puts:?}");
        world.kv_puts.set(Puts::Taken);
        assert!(check(&world).1.is_empty());
    }
}

#[test]
fn records_that_kv_does_not_take_show_between_two_writes_of_the_check() {
    let world = World::new();
    assert!(check(&world).1.is_empty());
    world.kv_puts.set(Puts::Refused);
    world.register(client("partner", "Partner"));
    for _ in 0..4 {
        world.ring(Crash::Never);
        world.pass(60);
    }
    assert_eq!(check(&world).1, ["kv"]);
    world.kv_puts.set(Puts::Taken);
    world.ring(Crash::Never);
    assert!(check(&world).1.is_empty());
}

#[test]
fn the_check_writes_to_kv_every_thirty_minutes() {
    let world = World::new();
    for _ in 0..24 * 60 {
        assert!(check(&world).1.is_empty());
        world.pass(60);
    }
    assert_eq!(world.puts.get(), 48);
}

#[test]
fn strangers_write_nothing_by_the_check() {
    let world = World::new();
    for authorization in [None, Some("Bearer wrong"), Some("Bearer gr_admin_x")] {
        world.send(Method::Get, "/health", authorization, None);
    }
    assert!(world.registry.is_unused());
    assert_eq!(world.puts.get(), 0);
}

#[test]
fn a_database_that_takes_no_writes_is_not_well() {
    let world = World::new();
    let before = world.registry.dump();
    let probe = || registry::Command::from(Probe { number: 7, kv_was_checked: false });
    probe().carry_out(&world.registry, world.at()).expect("well");
    assert_ne!(world.registry.dump(), before, "it has written");
    world.registry.fail_after(0);
    assert!(probe().carry_out(&world.registry, world.at()).is_err());
}
