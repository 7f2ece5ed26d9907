//! The registry, its publication to KV and the look-up of clients, case by case; `laws.rs` has the laws.

use crate::support::clients_platform::{Crash, START, World, access, client, id, now_or_never};
use grantry::base::{Seconds, UnixTime};
use grantry::lookup::client::{Freshness, find};
use grantry::oauth::client::id::ClientIdKey;
use grantry::oauth::client::{Client, ClientId, ClientVersion};
use grantry::platform::Fault;
use grantry::seal::client_record::ClientRecord;
use grantry::seal::{Life, Sealer};
use grantry::store::registry::{
    self, Delete, Denied, FoundClient, List, MOST_OWNED, MarkUsed, Publish, Read, Register, RegisterItself, Update,
    next_put,
};
use grantry::store::sql::Sql as _;

#[test]
fn a_registry_that_was_never_used_knows_nobody_and_writes_nothing() {
    let world = World::new();
    let nobody = id("nobody");
    assert_eq!(world.ask(Read { id: nobody.clone() }), FoundClient::Never);
    assert_eq!(world.ask(Publish { id: nobody.clone() }), FoundClient::Never);
    assert_eq!(world.ask(Delete { attempt: world.attempt(), id: nobody }), Err(Denied::Unknown));
    assert_eq!(world.ask(world.update(client("nobody", "N"))), Err(Denied::Unknown));
    assert!(world.ask(List { after: None, limit: 10 }).clients.is_empty());
    assert!(world.registry.is_unused());
    assert_eq!(world.registry.rows_written(), 0);
}

// spec: Invariant 2 - a command that is repeated gets the answer of the first and writes nothing
#[test]
fn versions_only_go_up_and_the_same_attempt_gets_the_same_answer() {
    let world = World::new();
    let register = Register { attempt: world.attempt(), client: client("partner", "One"), access: access(1) };
    let first = world.ask(register.clone()).expect("registered");
    assert_eq!(first.client.version, ClientVersion(1));
    let rows = world.registry.rows_written();
    assert_eq!(world.ask(register), Ok(first.clone()));
    assert_eq!(world.registry.rows_written(), rows, "the second try writes nothing");
    let again = Register { attempt: world.attempt(), client: client("partner", "Two"), access: access(2) };
    assert_eq!(world.ask(again), Err(Denied::Exists));

    let change = world.update(client("partner", "Two"));
    let second = world.ask(change.clone()).expect("updated");
    assert_eq!((second.client.version, second.access), (ClientVersion(2), access(1)));
    assert_eq!(world.registry.rows_written() - rows, 2, "the client, and that KV has to be told");
    assert_eq!(world.ask(change.clone()), Ok(second));
    let stale = Update { attempt: world.attempt(), expected_version: Some(ClientVersion(1)), ..change };
    assert_eq!(world.ask(stale), Err(Denied::Changed));

    let delete = Delete { attempt: world.attempt(), id: id("partner") };
    assert_eq!(world.ask(delete.clone()), Ok(ClientVersion(3)));
    assert_eq!(world.ask(delete), Ok(ClientVersion(3)));
    assert_eq!(world.ask(Delete { attempt: world.attempt(), id: id("partner") }), Err(Denied::Unknown));
    assert_eq!(world.ask(world.update(client("partner", "Three"))), Err(Denied::Unknown));
    assert_eq!(world.ask(Read { id: id("partner") }), FoundClient::Deleted(ClientVersion(3)));
}

// spec: Invariant 6 - what a deleted client was granted is not revived when its identifier is registered again
#[test]
fn what_was_founded_before_a_deletion_does_not_come_back_with_the_identifier() {
    let world = World::new();
    world.register(client("partner", "One"));
    world.pass(100);
    world.ask(Delete { attempt: world.attempt(), id: id("partner") }).expect("deleted");
    world.pass(100);
    let again = world.register(client("partner", "Two"));
    assert_eq!(again.version, ClientVersion(3));
    assert_eq!(again.revoked_before, Some(UnixTime::from_secs(START + 101)));
}

#[test]
fn an_administrator_gives_a_developer_no_more_apps_than_one_may_have() {
    let world = World::new();
    let owned = |name: &str| Client { owner: Some("u-ada".to_owned()), ..client(name, "App") };
    for number in 1..MOST_OWNED {
        world.register(owned(&format!("app-{number}")));
    }
    world.register(client("given", "App"));
    world.ask(world.update(owned("given"))).expect("there is room for one more");
    world.register(client("other", "App"));
    assert_eq!(world.ask(world.update(owned("other"))), Err(Denied::TooMany));
    let register = Register { attempt: world.attempt(), client: owned("another"), access: access(1) };
    assert_eq!(world.ask(register), Err(Denied::TooMany));
    world.ask(world.update(owned("given"))).expect("the developer has it already");
}

#[test]
fn a_client_that_registers_itself_is_unused_until_it_is_marked_and_that_is_a_new_version() {
    let world = World::new();
    let register = Register { attempt: world.attempt(), client: client("stranger", "App"), access: access(1) };
    let place = "192.0.2.0/24".to_owned();
    let registered = world.ask(RegisterItself { register, place }).expect("registered").client;
    assert_eq!((registered.version, registered.is_unused), (ClientVersion(1), true));
    let mark = MarkUsed { attempt: world.attempt(), id: id("stranger") };
    assert_eq!(world.ask(mark), Ok(ClientVersion(2)));
    let FoundClient::Registered(used) = world.ask(Read { id: id("stranger") }) else { panic!("it is there") };
    assert_eq!((used.client.version, used.client.is_unused), (ClientVersion(2), false));
}

// spec: Invariant 2 - a step that fails leaves nothing
#[test]
fn a_step_that_fails_keeps_nothing() {
    let mut failures = 0;
    for statements in 0.. {
        let world = World::new();
        world.register(client("first", "First"));
        let before = world.registry.dump();
        let ask = Register { attempt: world.attempt(), client: client("second", "Second"), access: access(1) };
        world.registry.fail_after(statements);
        if registry::Command::from(ask).carry_out(&world.registry, world.at()).is_ok() {
            break;
        }
        failures += 1;
        assert_eq!(world.registry.dump(), before, "after {statements} statements");
    }
    assert!(failures >= 3, "only {failures} statements could fail");
}

#[test]
fn lists_are_complete_in_pages_of_any_size() {
    let world = World::new();
    let names: Vec<String> = (0..7).map(|number| format!("client-{number}")).collect();
    for name in names.iter().rev() {
        world.register(client(name, name));
    }
    world.ask(Delete { attempt: world.attempt(), id: id("client-3") }).expect("deleted");
    let expected: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != "client-3").collect();
    for limit in [0, 1, 2, 5, 6, 7, 1_000] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = world.ask(List { after, limit });
            seen.extend(page.clients.into_iter().map(|client| client.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.iter().map(ClientId::as_str).collect::<Vec<_>>(), expected, "pages of {limit}");
    }
}

#[test]
fn each_change_is_put_once_and_requests_put_nothing() {
    let world = World::new();
    let partner = id("partner");
    world.register(client("partner", "One"));
    world.ring(Crash::Never);
    assert_eq!(world.puts.get(), 1);
    world.ask(world.update(client("partner", "Two"))).expect("updated");
    world.pass(60);
    world.ring(Crash::Never);
    assert_eq!(world.puts.get(), 2);
    world.ask(Delete { attempt: world.attempt(), id: partner.clone() }).expect("deleted");
    world.ring(Crash::Never);
    assert_eq!(world.puts.get(), 3);
    for second in 0..600 {
        world.now.set(START + 60 + second);
        world.isolate.set(usize::from(second % 2 == 0));
        assert_eq!(world.found(&partner, Freshness::Cached), None);
        world.ring(Crash::Never);
    }
    assert_eq!(world.puts.get(), 3);
    assert_eq!(
        world.usage.get().object_calls,
        2 * 600 / 30,
        "each isolate asks every 30 s whether it was registered again"
    );
}

#[test]
fn a_client_is_read_from_memory_then_from_kv_and_from_the_registry_only_on_a_miss() {
    let world = World::new();
    let partner = id("partner");
    world.register(client("partner", "One"));
    let cost = |world: &World| (world.usage.get().object_calls, world.usage.get().kv_reads);
    assert!(world.found(&partner, Freshness::Cached).is_some(), "before it is in KV");
    assert_eq!(cost(&world), (1, 1));
    world.ring(Crash::Never);
    world.pass(29);
    assert!(world.found(&partner, Freshness::Cached).is_some());
    assert_eq!(cost(&world), (1, 1), "from memory");
    world.pass(1);
    assert!(world.found(&partner, Freshness::Cached).is_some());
    assert_eq!(cost(&world), (1, 2), "from KV");
    assert!(world.found(&partner, Freshness::Now).is_some());
    assert_eq!(cost(&world), (2, 2), "from the registry");
}

// spec: Invariant 6 - a code of a newer client is not judged by an older record
#[test]
fn a_version_that_is_demanded_is_never_answered_with_an_older_one() {
    let world = World::new();
    let partner = id("partner");
    world.register(client("partner", "One"));
    world.ring(Crash::Never);
    assert_eq!(world.found(&partner, Freshness::Cached).expect("found").registration.name, "One");
    world.ask(world.update(client("partner", "Two"))).expect("updated");
    assert_eq!(world.found(&partner, Freshness::Cached).expect("found").registration.name, "One", "KV may be older");
    let demanded = Freshness::AtLeast(ClientVersion(2));
    assert_eq!(world.found(&partner, demanded).expect("found").registration.name, "Two");
    world.pass(60);
    world.lag.set(1);
    assert_eq!(
        world.found(&partner, Freshness::Cached).expect("found").registration.name,
        "Two",
        "an isolate never goes back"
    );
}

#[test]
fn an_entry_that_is_missing_is_put_again_but_not_before_two_minutes() {
    let world = World::new();
    let partner = id("partner");
    world.register(client("partner", "One"));
    world.ring(Crash::Never);
    world.kv.borrow_mut().clear();
    for (pass, puts) in [(0, 1), (60, 1), (59, 1), (1, 2), (60, 2), (59, 2), (1, 3)] {
        world.pass(pass);
        world.isolates[0].clear();
        assert!(world.found(&partner, Freshness::Cached).is_some());
        world.ring(Crash::Never);
        assert_eq!(world.puts.get(), puts);
        world.kv.borrow_mut().clear();
    }
}

// spec: Invariant 5 - a record in KV that was not sealed for its client is no record
#[test]
fn write_access_to_kv_is_not_enough_to_make_a_client() {
    let world = World::new();
    let partner = id("partner");
    world.register(client("partner", "Partner"));
    world.register(client("other", "Other"));
    world.ring(Crash::Never);
    let other = world.newest_in_kv(&id("other")).expect("in KV");
    let genuine = world.newest_in_kv(&partner).expect("in KV");
    let foreign = {
        let ring = grantry::seal::Ring::parse(
            r#"[{"kid":"0000000a","key":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM","seals_from":0}]"#,
        );
        let sealer = Sealer::new(ring.expect("a ring"), "t0".to_owned(), "https://auth.example.com".to_owned());
        let life = Life { sealed_at: world.at(), expires_at: world.at().plus(Seconds::DAY) };
        let forged = client("partner", "Forged");
        let record = ClientRecord::of(
            partner.clone(),
            ClientVersion(9),
            serde_json::to_string(&Client { version: ClientVersion(9), ..forged }).expect("encodes"),
        );
        sealer.seal(&record, life, [1; 24]).expect("sealed")
    };
    let altered = format!("{}A{}", &genuine[..40], &genuine[41..]);
    for entry in [other, foreign, altered, "{}".to_owned(), String::new(), genuine.replace("gr_client_", "gr_code_")] {
        let key = grantry::store::names::client("t0", "partner");
        world.kv.borrow_mut().insert(key, vec![entry.clone()]);
        world.isolates[0].clear();
        let calls = world.usage.get().object_calls;
        assert_eq!(world.found(&partner, Freshness::Cached).expect("found").registration.name, "Partner", "{entry}");
        assert_eq!(world.usage.get().object_calls, calls + 1, "the registry had to be asked");
    }
}

#[test]
fn identifiers_that_strangers_make_up_cost_the_registry_little() {
    let world = World::new();
    let key = &world.config.client_id_key;
    let forged = ClientId::generate([9; 16], &ClientIdKey::derive(&grantry::base::Secret::new([9; 32])));
    let long = id(&"x".repeat(201));
    for nobody in [&forged, &long] {
        assert_eq!(world.found(nobody, Freshness::Cached), None);
        assert_eq!(world.found(nobody, Freshness::Now), None);
    }
    assert_eq!((world.usage.get().object_calls, world.usage.get().kv_reads), (0, 0));

    for _ in 0..100 {
        assert_eq!(world.found(&id("nobody"), Freshness::Cached), None);
    }
    assert_eq!(world.usage.get().object_calls, 1, "a miss is remembered");
    let made_up = |number: u32| id(&format!("made-up-{number}"));
    let ask = |id: &ClientId| now_or_never(find(&world, &world.config, id, Freshness::Cached, world.at()));
    let busy = (0..1_000).filter(|number| matches!(ask(&made_up(*number)), Err(Fault::Busy(_)))).count();
    assert_eq!(busy, 981);
    assert_eq!(world.usage.get().object_calls, 20);
    let ours = ClientId::generate([7; 16], key);
    world.register(client(ours.as_str(), "Ours"));
    assert!(world.found(&ours, Freshness::Cached).is_some(), "generated ones are never held up");
    world.pass(10);
    assert!(matches!(ask(&made_up(2_000)), Ok(None)));
}

#[test]
fn without_kv_the_registry_answers_and_without_both_there_is_no_answer() {
    let world = World::new();
    let partner = id("partner");
    world.register(client("partner", "One"));
    world.ring(Crash::Never);
    world.pass(1_000);
    world.kv_is_down.set(true);
    assert!(world.found(&partner, Freshness::Cached).is_some());
    assert_eq!(next_put(&world.registry), Ok(None), "nothing is put again into a KV that does not answer");
    world.registry_is_down.set(true);
    world.isolates[0].clear();
    assert!(now_or_never(find(&world, &world.config, &partner, Freshness::Cached, world.at())).is_err());
}
