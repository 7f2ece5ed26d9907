//! Requests that create a user and die between any two of their steps.

use crate::support::platform::{Answer, World, administration, step};
use grantry::http::Method;
use grantry::lifetimes::LEASE;
use grantry::sign_in::login_name::LoginName;
use grantry::store::account::{PersonRecord, ReadProfile};
use grantry::store::directory::{Find, List};
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const PERSON: &str = "urn:grantry:params:scim:schemas:1.0:Person";

fn ada(more: &Value) -> Value {
    let mut ada = json!({"schemas": [USER], "userName": "ada", "displayName": "Ada"});
    ada.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    ada
}

fn create(world: &World, body: &Value) -> Answer {
    world.send(administration(Method::Post, "/scim/v2/Users", &body.to_string()))
}

/// Begins to create a user, and dies before the step with this number, from 0. Whether there is such a step.
fn dies_before(world: &World, number: usize, body: &Value) -> bool {
    world.takes_turns.set(true);
    let mut running = world.start(administration(Method::Post, "/scim/v2/Users", &body.to_string()));
    let died = (0..=number).all(|_| step(&mut running).is_none());
    drop(running);
    world.takes_turns.set(false);
    died
}

/// Worlds in which the creation of `body` died, one for each step.
fn interrupted(body: &Value) -> Vec<World> {
    let mut worlds = Vec::new();
    loop {
        let world = World::new();
        if !dies_before(&world, worlds.len(), body) {
            assert!(worlds.len() >= 4, "reserve, make, read and confirm");
            return worlds;
        }
        worlds.push(world);
    }
}

fn is_somebodys(world: &World, name: &str) -> bool {
    world.directory(Find { login: LoginName::parse(name).expect("a name") }).is_some()
}

/// All accounts that are there.
fn people(world: &World) -> Vec<PersonRecord> {
    let ids: Vec<_> = world.accounts.borrow().keys().copied().collect();
    ids.into_iter().filter_map(|id| world.account(id, ReadProfile {}).ok()).collect()
}

fn requests() -> [Value; 5] {
    let password = json!({"password": "correct horse battery"});
    let address = json!({"emails": ["ada@example.com"], PERSON: {"emailVerified": true}});
    [
        ada(&json!({})),
        ada(&password),
        ada(&address),
        ada(&json!({PERSON: {"sub": "elsewhere|7"}, "password": "correct horse battery"})),
        ada(&json!({"active": false, PERSON: {"role": "developer"}})),
    ]
}

// spec: RFC 7644 section 3.3 - a creation that died between any two steps is finished by the same request, and answered as made
#[test]
fn a_creation_that_died_is_finished_by_its_repetition() {
    for body in requests() {
        for (died_before, world) in interrupted(&body).iter().enumerate() {
            let answer = create(world, &body);
            assert_eq!(answer.status, 201, "{body} died before step {died_before}: {}", answer.body);
            assert!(is_somebodys(world, "ada"));
            let [person] = &people(world)[..] else { panic!("one account: {body}, {died_before}") };
            assert_eq!(answer.json["id"], json!(person.sub));
            assert_eq!(person.parameters.is_some(), body.get("password").is_some());
            assert_eq!(world.directory(List { user_name: None, skip: 0, count: 10 }).total, 1);
            assert_eq!(create(world, &body).status, 409, "a second user of this name is none");
        }
    }
}

// spec: RFC 7644 section 3.12 - uniqueness is said of a name that somebody has, and of no other
#[test]
fn another_creation_after_one_that_died_is_refused_only_for_a_name_that_somebody_has() {
    let others = [
        ada(&json!({"displayName": "Another Ada"})),
        ada(&json!({"password": "another horse battery"})),
        ada(&json!({PERSON: {"sub": "elsewhere|8"}})),
        ada(&json!({"emails": ["ada@example.com"], PERSON: {"emailVerified": true}})),
        ada(&json!({"userName": "countess", PERSON: {"sub": "elsewhere|7"}})),
    ];
    let mut seen = Vec::new();
    for (body, other) in requests().iter().flat_map(|body| others.iter().map(move |other| (body, other))) {
        for world in interrupted(body) {
            let mut answer = create(&world, other);
            seen.push(answer.status);
            if answer.status == 503 {
                let wait: i64 = answer.header("retry-after").and_then(|wait| wait.parse().ok()).expect("Retry-After");
                assert!((1..=i64::from(LEASE.get())).contains(&wait), "{wait}");
                world.pass(wait);
                answer = create(&world, other);
            }
            assert!([201, 409].contains(&answer.status), "{body}, {other}: {}", answer.body);
            let name = other["userName"].as_str().expect("a name");
            let is_known = |sub: &Value| people(&world).iter().any(|person| sub == &json!(person.sub));
            assert!(is_somebodys(&world, name) || is_known(&other[PERSON]["sub"]), "{body}, {other}: {}", answer.body);
            let mut namesakes = people(&world).into_iter().filter(|person| person.profile.user_name == name);
            assert!(namesakes.all(|person| is_somebodys(&world, &person.profile.user_name)), "and signs in with it");
        }
    }
    for status in [201, 409, 503] {
        assert!(seen.contains(&status), "{status} was not seen");
    }
}

// spec: RFC 7643 section 4.1.1 - of two requests at once that make a user of one name, one is told that it did
#[test]
fn attack_two_creations_of_one_name_at_once_are_not_both_told_that_it_is_theirs() {
    let one = ada(&json!({"password": "correct horse battery"}));
    let two = ada(&json!({"password": "another horse battery"}));
    for (begins, pauses) in (0..8).flat_map(|begins| (1..8).map(move |pauses| (begins, pauses))) {
        let world = World::new();
        world.takes_turns.set(true);
        let start = |body: &Value| world.start(administration(Method::Post, "/scim/v2/Users", &body.to_string()));
        let (mut first, mut second) = (start(&one), start(&two));
        // The first one goes some steps, then the second one, then each of them to its end.
        let mut answers = [(0..begins).find_map(|_| step(&mut first)), (0..pauses).find_map(|_| step(&mut second))];
        for (answer, running) in answers.iter_mut().zip([&mut first, &mut second]) {
            if answer.is_none() {
                *answer = (0..100).find_map(|_| step(running));
            }
        }
        let made = answers.iter().flatten().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 1, "{begins}, {pauses}");
        world.takes_turns.set(false);
        assert_eq!(people(&world).len(), 1, "{begins}, {pauses}");
    }
}
