//! A user of the JSON facade's client has one family of tokens: whatever was answered, one revocation ends it.

use super::facade::{ALL, REVOKE, TOKEN, ask, code, dies_after, identity, is, linked, of};
use crate::support::connected::{App, Connected, VERIFIER, basic, scopes, text};
use crate::support::person::{credential, shown_face};
use crate::support::platform::{Answer, Running, step};
use grantry::base::{AccountId, GrantId, Seconds};
use grantry::http::Method;
use grantry::oauth::client::FaceDigest;
use grantry::oauth::scope::Scopes;
use grantry::seal::code::Code;
use grantry::seal::{FamilyHolder, Life};
use grantry::sign_in::device::DeviceKey;
use grantry::store::account::{AddGrant, Create};
use proptest::prelude::*;
use serde_json::{Value, json};

fn redemption(code: &str, identity: &str) -> Value {
    json!({"code": code, "code_verifier": VERIFIER, "client_user_identity": identity})
}

fn revoke(app: &App<'_>, user: &str) {
    let answer = ask(app, REVOKE, &identity(app, user));
    assert_eq!((answer.status, answer.json), (200, json!({"revoked": true})));
}

fn is_active(app: &App<'_>, tokens: &Value) -> bool {
    app.home.introspect("server-a", text(tokens, "access_token"))["active"] == json!(true)
}

fn is_over(app: &App<'_>, tokens: &Value) {
    assert!(!is_active(app, tokens));
    is(&app.refresh(text(tokens, "refresh_token"), &[]), 400, "invalid_grant");
}

/// Makes the code another that Bob, the second user here, allowed.
fn by_bob(app: &App<'_>, code: &str) -> String {
    let world = &app.home.world;
    let account = AccountId::from_bytes([8; 32]);
    let create = Create {
        attempt: app.home.attempt(),
        sub: "u-bob".to_owned(),
        device_key: DeviceKey::from_bytes([2; 32]),
        profile: serde_json::from_value(json!({"userName": "bob"})).expect("a profile"),
        active: true,
        credential: Some(credential()),
        lease: None,
    };
    world.account(account, create);
    let session = world.sign_in(account, world.at().plus(Seconds::new(3_600)));
    let grant = GrantId::from_bytes(world.clients.random());
    let ask = AddGrant {
        session,
        grant,
        client: app.client.id.clone(),
        face: FaceDigest::from_slice(&[2; 16]).expect("sixteen bytes"),
        shown: shown_face(),
        scopes: scopes(ALL),
        declined: Scopes::default(),
        authenticated_since: None,
    };
    world.account(account, ask).expect("granted");
    let sealer = &world.clients.config.sealer;
    let adas = sealer.open::<Code>(code, world.at()).expect("opens").value;
    let life = Life { sealed_at: world.at(), expires_at: world.at().plus(Seconds::new(60)) };
    let bobs = Code { holder: FamilyHolder::Account(account), session, grant, ..adas };
    sealer.seal(&bobs, life, world.clients.random()).expect("sealed")
}

/// The user allows the client a second time, and then the client revokes what it has of that user.
#[test]
fn attack_tokens_of_an_earlier_code_outlive_the_revocation_of_their_user() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let (first, other) = (linked(&app, "ada"), linked(&app, "grace"));
    let second = linked(&app, "ada");
    assert_eq!(home.cost(), (4, 3), "directory and account once more, for the family that is revoked");
    is_over(&app, &first);
    assert!(is_active(&app, &second));
    revoke(&app, "ada");
    is_over(&app, &second);
    assert!(is_active(&app, &other), "another user of the client");
}

/// Ada links a user of the client, then Bob links the same user.
#[test]
fn attack_tokens_outlive_the_revocation_of_a_user_that_was_linked_to_another_account() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let adas = linked(&app, "front desk");
    let code = by_bob(&app, &code(&app, "front desk", ALL));
    let bobs = ask(&app, TOKEN, &redemption(&code, "front desk"));
    assert_eq!(bobs.status, 200, "{}", bobs.body);
    is_over(&app, &adas);
    assert!(is_active(&app, &bobs.json));
    revoke(&app, "front desk");
    is_over(&app, &bobs.json);
}

/// Three codes for one user of the client are redeemed side by side, in any order of the steps, by two accounts.
#[test]
fn attack_tokens_of_codes_redeemed_side_by_side_outlive_one_revocation() {
    let schedules = prop::collection::vec(0..3_usize, 0..24);
    proptest!(ProptestConfig::with_cases(24), |(schedule in schedules)| {
        let home = Connected::new();
        let app = home.app("app", |client| client);
        let mut codes = [(); 3].map(|()| code(&app, "ada", ALL));
        codes[2] = by_bob(&app, &codes[2]);
        home.world.takes_turns.set(true);
        let mut all: Vec<(Running<'_>, Option<Answer>)> = codes
            .iter()
            .map(|code| of(Method::Post, TOKEN, Some(&basic("app")), &redemption(code, "ada")))
            .map(|request| (home.world.start(request), None))
            .collect();
        let in_turn = (0..).map(|turn| turn % 3);
        for which in schedule.into_iter().chain(in_turn) {
            let (running, answer) = &mut all[which];
            if answer.is_none() {
                *answer = step(running);
            }
            if all.iter().all(|(_, answer)| answer.is_some()) {
                break;
            }
        }
        home.world.takes_turns.set(false);
        let tokens: Vec<_> = all.into_iter().filter_map(|(_, answer)| answer).collect();
        prop_assert!(tokens.iter().all(|answer| answer.status == 200));
        let active = || tokens.iter().filter(|answer| is_active(&app, &answer.json)).count();
        prop_assert_eq!(active(), 1, "the family that was linked last");
        prop_assert_eq!(ask(&app, TOKEN, &identity(&app, "ada")).status, 200);
        revoke(&app, "ada");
        prop_assert_eq!(active(), 0);
    });
}

/// A Worker that dies before it answered the second code of a user.
#[test]
fn attack_tokens_outlive_the_revocation_of_their_user_after_an_interrupted_redemption() {
    let mut interrupted = 0;
    for steps in 1..8 {
        for presented_again in [false, true] {
            let home = Connected::new();
            let app = home.app("app", |client| client);
            let first = linked(&app, "ada");
            let second = redemption(&code(&app, "ada", ALL), "ada");
            let died = dies_after(&app, TOKEN, &second, steps);
            interrupted += u32::from(died);
            if presented_again {
                ask(&app, TOKEN, &second);
            }
            revoke(&app, "ada");
            is_over(&app, &first);
            is(&ask(&app, TOKEN, &identity(&app, "ada")), 400, "invalid_grant");
        }
    }
    assert_eq!(interrupted, 8, "one before each call of an object, twice");
}
