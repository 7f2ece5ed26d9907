//! How often the registry puts into KV, which takes a thousand writes a day.

use crate::support::clients_platform::{Crash, Puts, START, World, access, client, id};
use grantry::base::UnixTime;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::{AuthenticationMethod, Client, GrantType, SecretDigest, Voucher};
use grantry::oauth::scope::Scopes;
use grantry::seal::client_record::Recorded;
use grantry::store::registry::{
    Delete, Denied, MOST_CHANGES, MOST_MADE, MOST_OWNED, MOST_PUTS, Register, RegisterItself, RegisterOwned, Update,
    UpdateItself, UpdateOwned, next_alarm, next_put,
};

/// What KV takes in a day on the free plan.
const OF_THE_PLAN: usize = 1_000;
/// How often the health check writes.
const OF_HEALTH: usize = 48;
const DAY: i64 = 86_400;

/// A client that KV has, as it is then.
fn known_to_kv(world: &World) -> Client {
    let partner = world.register(client("partner", "One"));
    world.settle();
    partner
}

fn put_at_once(world: &World, client: Client) -> bool {
    let before = world.puts.get();
    world.ask(world.update(client)).expect("updated");
    world.ring(Crash::Never);
    world.puts.get() > before
}

#[test]
fn what_takes_something_away_is_put_at_once_and_the_rest_once_a_minute() {
    type Change = fn(&mut Client);
    let lesser: [(&str, Change); 7] = [
        ("a new secret", |client| client.secrets = vec![SecretDigest::of(&secret(), None)]),
        ("fewer scopes", |client| client.registration.scopes = Scopes::parse("openid").expect("a scope")),
        ("fewer redirect URIs", |client| client.registration.redirect_uris.clear()),
        ("fewer grant types", |client| client.registration.grant_types = vec![GrantType::AuthorizationCode]),
        ("another authentication", |client| client.registration.authentication = AuthenticationMethod::None),
        ("no approval", |client| client.voucher = Voucher::Developer),
        ("all of it", |client| client.secrets.clear()),
    ];
    for (what, change) in lesser {
        let world = World::new();
        let mut partner = known_to_kv(&world);
        change(&mut partner);
        assert!(put_at_once(&world, partner), "{what}");
    }
    let world = World::new();
    let mut partner = known_to_kv(&world);
    partner.registration.name = "Renamed".to_owned();
    for second in 0..60 {
        world.now.set(START + second);
        assert!(!put_at_once(&world, partner.clone()), "{second}");
    }
    assert_eq!(next_alarm(&world.registry, world.at()).expect("read").map(grantry::base::Seconds::get), Some(1));
    world.pass(1);
    world.ring(Crash::Never);
    assert_eq!(world.puts.get(), 2, "the last of sixty changes");
    assert_eq!(next_put(&world.registry), Ok(None));
    world.ask(Delete { attempt: world.attempt(), id: id("partner") }).expect("deleted");
    world.ring(Crash::Never);
    assert_eq!(world.puts.get(), 3, "deletion");
}

fn secret() -> grantry::base::Secret<String> {
    grantry::base::Secret::new("another secret of 32 characters!".to_owned())
}

/// A change that takes something away each time.
fn rotate(world: &World, partner: &Client, number: u32) {
    let secret = grantry::base::Secret::new(format!("the secret of number {number:012}"));
    let client = Client { secrets: vec![SecretDigest::of(&secret, None)], ..partner.clone() };
    world.ask(world.update(client)).expect("updated");
    world.ring(Crash::Never);
}

// spec: Invariant 6 - deletion and rotation are in force although the puts of the day are spent
#[test]
fn attack_a_client_spends_its_puts_and_then_loses_a_right() {
    let world = World::new();
    let partner = known_to_kv(&world);
    for number in 1..100 {
        world.pass(60);
        rotate(&world, &partner, number);
        assert!(world.puts.get() <= 20);
    }
    assert_eq!(world.puts.get(), usize::try_from(MOST_PUTS).expect("small"));
    assert_eq!(world.recorded_in_kv(&id("partner")), Some(Recorded::AskRegistry));
    for isolate in [0, 1] {
        world.isolate.set(isolate);
        let found = world.found(&id("partner"), Freshness::Cached).expect("there");
        assert!(
            found.secrets[0].is_of(&grantry::base::Secret::new(format!("the secret of number {:012}", 99)), world.at())
        );
    }
    world.ask(Delete { attempt: world.attempt(), id: id("partner") }).expect("deleted");
    world.ring(Crash::Never);
    world.pass(30);
    for isolate in [0, 1] {
        world.isolate.set(isolate);
        assert_eq!(world.found(&id("partner"), Freshness::Cached), None, "without a put");
    }
    assert_eq!(world.puts.get(), 20);
    let midnight = world.at().next_day();
    assert_eq!(next_put(&world.registry), Ok(Some(midnight)));
    world.now.set(midnight.as_secs());
    world.ring(Crash::Never);
    assert_eq!((world.puts.get(), world.recorded_in_kv(&id("partner"))), (21, Some(Recorded::Deleted)));
    assert_eq!(next_put(&world.registry), Ok(None));
}

#[test]
fn a_record_that_says_to_ask_is_put_until_it_is_there_and_replaced_the_next_day() {
    let world = World::new();
    let partner = known_to_kv(&world);
    for number in 1..19 {
        rotate(&world, &partner, number);
    }
    assert_eq!(world.puts.get(), 19);
    world.kv_puts.set(Puts::Refused);
    rotate(&world, &partner, 19);
    for _ in 0..50 {
        world.pass(60);
        world.ring(Crash::Never);
    }
    assert!(matches!(world.recorded_in_kv(&id("partner")), Some(Recorded::Client(_))));
    world.kv_puts.set(Puts::Taken);
    world.pass(60);
    world.ring(Crash::Never);
    assert_eq!(world.recorded_in_kv(&id("partner")), Some(Recorded::AskRegistry));
    world.now.set(world.at().next_day().as_secs());
    world.ring(Crash::Never);
    let Some(Recorded::Client(now)) = world.recorded_in_kv(&id("partner")) else { panic!("it is replaced") };
    assert_eq!(now.version.0, 20);
}

#[test]
fn puts_without_an_answer_count() {
    let world = World::new();
    let partner = known_to_kv(&world);
    world.kv_puts.set(Puts::Unanswered);
    rotate(&world, &partner, 1);
    for _ in 0..30 {
        world.pass(60);
        world.ring(Crash::Never);
    }
    assert_eq!(world.recorded_in_kv(&id("partner")), Some(Recorded::AskRegistry), "what it has may be all of its puts");
}

/// Everything that is due is put, second by second, until the day ends.
fn live_through(world: &World, day_end: UnixTime) {
    while let Some(due) = next_put(&world.registry).expect("read").filter(|due| *due < day_end) {
        world.now.set(world.now.get().max(due.as_secs()));
        world.alarm.set(true);
        world.ring(Crash::Never);
    }
}

// The arithmetic: 20 apps made, 200 changes, and the deletion of all 50 apps and of the 20 new ones.
#[test]
fn attack_a_developer_tries_to_spend_the_writes_of_the_day() {
    let world = World::new();
    let owner = || "u-eve".to_owned();
    let make = |name: &str| {
        let register = Register { attempt: world.attempt(), client: client(name, "App"), access: access(1) };
        world.ask(RegisterOwned { register, owner: owner() })
    };
    let mut days = 0;
    let mut apps: Vec<String> = Vec::new();
    while apps.len() < usize::try_from(MOST_OWNED).expect("small") {
        days += 1;
        world.now.set(world.at().next_day().as_secs());
        for number in 0..MOST_MADE.min(MOST_OWNED - u32::try_from(apps.len()).expect("small")) {
            let name = format!("app-{days}-{number}");
            make(&name).expect("registered");
            apps.push(name);
        }
        live_through(&world, world.at().next_day());
    }
    world.now.set(world.at().next_day().as_secs());
    let (day_end, before) = (world.at().next_day(), world.puts.get());
    let mut changes = 0;
    for round in 0_u32..20 {
        for name in &apps {
            let secret = grantry::base::Secret::new(format!("the secret of round {round:014}"));
            let client = Client { secrets: vec![SecretDigest::of(&secret, None)], ..client(name, "App") };
            let client = Client { owner: Some(owner()), ..client };
            let update = Update { attempt: world.attempt(), client, access: None, expected_version: None };
            changes += u32::from(world.ask(UpdateOwned { update: update.clone(), owner: owner() }).is_ok());
            // With the registration access token as well.
            let update = Update { attempt: world.attempt(), ..update };
            changes += u32::from(world.ask(UpdateItself { update }).is_ok());
            world.ring(Crash::Never);
        }
        world.pass(60);
    }
    assert_eq!(changes, MOST_CHANGES);
    let mut new_apps = 0;
    for number in 0..500 {
        let gone = apps.pop().expect("an app");
        world.ask(Delete { attempt: world.attempt(), id: id(&gone) }).expect("deletion is always taken");
        let name = format!("new-{number}");
        new_apps += u32::from(make(&name).is_ok());
        if new_apps == u32::try_from(number + 1).expect("small") {
            apps.insert(0, name);
        }
        world.ring(Crash::Never);
        if apps.is_empty() {
            break;
        }
    }
    assert_eq!(new_apps, MOST_MADE);
    live_through(&world, day_end);
    let spent = world.puts.get() - before;
    let most = usize::try_from(MOST_MADE + MOST_CHANGES + MOST_OWNED + MOST_MADE).expect("small");
    assert!(spent <= most && most + OF_HEALTH < OF_THE_PLAN, "{spent} of {most}");
}

// The arithmetic: none, because clients that registered themselves are never put.
#[test]
fn attack_strangers_try_to_spend_the_writes_of_the_day() {
    let world = World::new();
    let stranger =
        |name: &str| Client { voucher: Voucher::Nobody, is_unused: true, self_registered: true, ..client(name, name) };
    for number in 0..20 {
        let name = format!("stranger-{number}");
        let register = Register { attempt: world.attempt(), client: stranger(&name), access: access(1) };
        world.ask(RegisterItself { register, place: "192.0.2.0/24".to_owned() }).expect("registered");
        world.ask(grantry::store::registry::MarkUsed { attempt: world.attempt(), id: id(&name) }).expect("used");
    }
    let change = |number: u32| {
        let client = Client { is_unused: false, ..stranger(&format!("stranger-{}", number % 20)) };
        world.ask(UpdateItself { update: world.update(client) })
    };
    let changed = (0..1_000).filter(|number| change(*number).is_ok()).count();
    assert_eq!(changed, 200, "all of them together");
    let rows = world.registry.dump();
    assert_eq!(change(7), Err(Denied::TooOften));
    assert_eq!(world.registry.dump(), rows, "what is refused writes nothing");
    world.ask(world.update(stranger("stranger-7"))).expect("the administrator may");
    world.ask(Delete { attempt: world.attempt(), id: id("stranger-1") }).expect("deletion is always taken");
    world.now.set(world.now.get() + DAY);
    assert!(change(2).is_ok(), "a new day");
    world.settle();
    assert_eq!(world.puts.get(), 0);
}
