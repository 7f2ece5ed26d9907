//! What a KV that is slow, refuses, does not answer or has old records can do: in the isolate that made a change, and in another one.

use crate::support::clients_platform::{Crash, Puts, World, access, client, id, now_or_never};
use crate::support::registration::{admin, metadata, path, put, registered};
use grantry::http::Method;
use grantry::lookup::client::{Freshness, changed, find};
use grantry::oauth::client::ClientVersion;
use grantry::platform::Fault;
use grantry::seal::client_record::Recorded;
use grantry::store::names;
use grantry::store::registry::{Delete, Register, next_put};
use serde_json::json;

/// The isolate that makes changes, and another one.
const HERE: usize = 0;
const THERE: usize = 1;

/// A client that both isolates and KV know.
fn known_everywhere(world: &World) -> crate::support::clients_platform::Answer {
    let answer = registered(world, json!({"client_id": "partner", "client_name": "Before"}));
    world.settle();
    world.pass(60);
    for isolate in [THERE, HERE] {
        world.isolate.set(isolate);
        assert_eq!(name(world), Some("Before".to_owned()));
    }
    answer
}

fn name(world: &World) -> Option<String> {
    world.found(&id("partner"), Freshness::Cached).map(|client| client.registration.name)
}

/// What KV does with puts, and how many puts its readers lag behind.
const TROUBLES: [(Puts, usize); 4] = [(Puts::Taken, 0), (Puts::Taken, 9), (Puts::Refused, 0), (Puts::Unanswered, 9)];

// spec: Invariant 6 - a deletion is in force at once where it was made, whatever KV says, and for good
#[test]
fn attack_a_deleted_client_goes_on_while_kv_is_slow_or_refuses() {
    for (puts, lag) in TROUBLES {
        let world = World::new();
        let answer = known_everywhere(&world);
        world.kv_puts.set(puts);
        // With a lag, readers see the earliest record.
        assert_eq!(world.send(Method::Delete, &path(&answer), Some(&admin()), None).status, 204);
        let lag_behind = |world: &World| world.lag.set(if lag == 0 { 0 } else { versions(world) - 1 });
        for seconds in [0, 1, 29, 30, 31, 3_600] {
            world.ring(Crash::Never);
            lag_behind(&world);
            world.isolate.set(HERE);
            assert_eq!(name(&world), None, "{puts:?} {lag}");
            world.pass(seconds);
        }
        // Other clients cannot push the knowledge out.
        for number in 0..600 {
            world.register(client(&format!("other-{number}"), "Other"));
            world.found(&id(&format!("other-{number}")), Freshness::Now);
        }
        assert_eq!(name(&world), None, "{puts:?} {lag}");
    }
}

// spec: Invariant 6 - a rotation is in force at once where it was made, whatever KV says
#[test]
fn attack_an_earlier_record_comes_back_after_a_change() {
    for (puts, lag) in TROUBLES {
        let world = World::new();
        let answer = known_everywhere(&world);
        world.kv_puts.set(puts);
        let body = metadata(json!({"client_id": "partner", "client_name": "After", "scope": "openid"}));
        assert_eq!(put(&world, &path(&answer), &admin(), &body).status, 200);
        for seconds in [0, 1, 29, 30, 31, 3_600] {
            world.ring(Crash::Never);
            world.lag.set(if lag == 0 { 0 } else { versions(&world) - 1 });
            assert_eq!(name(&world), Some("After".to_owned()), "{puts:?} {lag}");
            world.pass(seconds);
        }
    }
}

/// Access to KV without the master key: a genuine record from before is put back, and an isolate that knows nothing reads it.
// spec: Invariant 6 - a record that is older than seven days is not believed
#[test]
fn attack_an_old_record_of_a_deleted_client_is_put_back_into_kv() {
    let world = World::new();
    let answer = known_everywhere(&world);
    assert_eq!(world.send(Method::Delete, &path(&answer), Some(&admin()), None).status, 204);
    world.ring(Crash::Never);
    world.lag.set(versions(&world) - 1);
    world.pass(7 * 86_400 - 61);
    world.client_memory_is_lost();
    assert!(name(&world).is_some(), "the documented bound");
    world.pass(1);
    world.client_memory_is_lost();
    assert_eq!(name(&world), None);
}

#[test]
fn a_record_of_a_client_that_nobody_changes_is_renewed_before_it_is_too_old_to_be_believed_again() {
    let world = World::new();
    known_everywhere(&world);
    world.pass(7 * 86_400);
    world.client_memory_is_lost();
    let before = versions(&world);
    assert_eq!(name(&world), Some("Before".to_owned()), "the registry answers");
    world.ring(Crash::Never);
    assert_eq!(versions(&world), before + 1, "and puts it again");
    world.client_memory_is_lost();
    assert_eq!(name(&world), Some("Before".to_owned()));
    world.ring(Crash::Never);
    assert_eq!(versions(&world), before + 1, "once");
}

/// How many values KV has had for the client.
fn versions(world: &World) -> usize {
    world.kv.borrow().get(&names::client("t0", "partner")).map_or(1, Vec::len)
}

// The documented bound: KV shows a put after 30 s at the latest where it was read before, and an isolate remembers for 30 s.
#[test]
fn another_isolate_sees_a_deletion_thirty_seconds_after_kv_shows_it() {
    let world = World::new();
    let answer = known_everywhere(&world);
    world.isolate.set(THERE);
    assert_eq!(name(&world), Some("Before".to_owned()));
    world.isolate.set(HERE);
    assert_eq!(world.send(Method::Delete, &path(&answer), Some(&admin()), None).status, 204);
    world.ring(Crash::Never);
    world.isolate.set(THERE);
    world.pass(29);
    assert_eq!(name(&world), Some("Before".to_owned()), "from memory");
    world.pass(1);
    assert_eq!(name(&world), None);
    world.lag.set(1);
    world.pass(600);
    assert_eq!(name(&world), None, "an isolate that has seen a deletion never goes back");
}

#[test]
fn a_client_that_was_registered_again_is_not_refused_because_of_the_tombstone() {
    let world = World::new();
    known_everywhere(&world);
    world.ask(Delete { attempt: world.attempt(), id: id("partner") }).expect("deleted");
    world.ring(Crash::Never);
    assert_eq!(world.recorded_in_kv(&id("partner")), Some(Recorded::Deleted));
    let again = Register { attempt: world.attempt(), client: client("partner", "Again"), access: access(2) };
    world.ask(again).expect("registered again");
    // KV has the tombstone alone, and every isolate was killed.
    world.client_memory_is_lost();
    for isolate in [HERE, THERE] {
        world.isolate.set(isolate);
        assert_eq!(name(&world), Some("Again".to_owned()));
    }
    world.settle();
    assert!(matches!(world.recorded_in_kv(&id("partner")), Some(Recorded::Client(_))));
}

#[test]
fn a_client_made_while_kv_refused_is_put_when_kv_is_well_again() {
    for puts in [Puts::Refused, Puts::Unanswered] {
        let world = World::new();
        world.kv_puts.set(puts);
        world.register(client("partner", "One"));
        world.register(client("zz", "Another"));
        for _ in 0..20 {
            world.ring(Crash::Never);
            let due = next_put(&world.registry).expect("read").expect("an alarm for what is left");
            assert!((1..=60).contains(&(due.as_secs() - world.now.get())) || puts == Puts::Unanswered, "{due:?}");
            world.now.set(due.as_secs().max(world.now.get()));
        }
        world.kv_puts.set(Puts::Taken);
        world.pass(60);
        world.ring(Crash::Never);
        for name in ["partner", "zz"] {
            let recorded = world.recorded_in_kv(&id(name));
            // Puts without an answer count, so this client may be asked of the registry until tomorrow.
            let asks = puts == Puts::Unanswered && recorded == Some(Recorded::AskRegistry);
            assert!(asks || matches!(recorded, Some(Recorded::Client(_))), "{name}: {recorded:?}");
        }
    }
}

#[test]
fn a_kv_that_does_not_answer_is_left_alone_for_a_while_and_the_registry_answers() {
    let world = World::new();
    known_everywhere(&world);
    world.client_memory_is_lost();
    world.kv_is_down.set(true);
    let reads = world.usage.get().kv_reads;
    for number in 0..10 {
        world.register(client(&format!("other-{number}"), "Other"));
        assert!(world.found(&id(&format!("other-{number}")), Freshness::Cached).is_some());
    }
    assert_eq!(world.usage.get().kv_reads, reads + 1, "not every request waits for its deadline");
    world.registry_is_down.set(true);
    let answer = now_or_never(find(&world, &world.config, &id("partner"), Freshness::Cached, world.at()));
    assert!(matches!(answer, Err(Fault::Object(_))), "{answer:?}");
    world.registry_is_down.set(false);
    world.kv_is_down.set(false);
    world.pass(10);
    assert_eq!(name(&world), Some("Before".to_owned()));
    assert_eq!(world.usage.get().kv_reads, reads + 2, "KV is read again");
}

#[test]
fn what_an_isolate_changed_stays_known_to_it_however_many_clients_it_meets() {
    let world = World::new();
    known_everywhere(&world);
    let version = world.ask(Delete { attempt: world.attempt(), id: id("partner") }).expect("deleted");
    changed(&world, &id("partner"), Some(version));
    for number in 0..4_000_u32 {
        changed(&world, &id(&format!("other-{number}")), Some(ClientVersion(1)));
    }
    assert_eq!(name(&world), None);
}
