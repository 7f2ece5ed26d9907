//! Signing in with a password: the step inside the Account, and the whole of it over HTTP.

use crate::support::browser::{Browser, cost, world};
use crate::support::person::{self, Person};
use crate::support::platform::{Answer, World, administration};
use grantry::base::{AttemptId, DeviceId, Seconds, SessionId, UnixTime};
use grantry::http::Method;
use grantry::lifetimes::{FIRST_LOCK, LEASE_MARGIN};
use grantry::sign_in::device::DeviceKey;
use grantry::sign_in::lockout::{PLACE_FAILURES, STRANGERS_FAILURES};
use grantry::sign_in::origin::Origin;
use grantry::sign_in::password::{PasswordParameters, Verifier};
use grantry::store::account::{
    Create, Created, Credential, Delete, Denied, NotReplaced, RaiseEpoch, ReadFacts, ReadProfile, ReadSession,
    ReplaceProfile, SignIn, SignInRefusal, SignedIn,
};
use grantry::store::directory::Lease;
use grantry::store::sql::Sql as _;
use serde_json::json;

const NEAR: &str = "192.0.2.0/24";
const FAR: &str = "198.51.100.0/24";

/// A user with a password, and attempts to sign in as that user.
struct Home {
    person: Person,
    salt: [u8; 16],
}

fn verifier(password: u8) -> Verifier {
    Verifier::from_bytes([password; 32])
}

impl Home {
    fn new() -> Self {
        let mut person = Person::new(1_800_000_000);
        let credential = Credential { parameters: PasswordParameters::current([1; 16]), verifier: verifier(1) };
        let create = Create { credential: Some(credential), ..person::create(person.attempt(), "u-ada") };
        assert_eq!(person.ask(create), Created::Created);
        Self { person, salt: [1; 16] }
    }

    fn ask(&mut self, password: u8, prefix: &str, device: Option<DeviceId>) -> SignIn {
        let expires_at = UnixTime::from_secs(self.person.now + 43_200);
        SignIn {
            attempt: self.person.attempt(),
            session: self.person.session(expires_at.as_secs()),
            expires_at,
            salt_used: self.salt.into(),
            verifier: verifier(password),
            address_prefix: prefix.to_owned(),
            origin: Origin::default(),
            device,
            new_device: *self.person.attempt().as_bytes(),
        }
    }

    fn try_in(
        &mut self,
        password: u8,
        prefix: &str,
        device: Option<DeviceId>,
    ) -> (Result<SignedIn, SignInRefusal>, u64) {
        let ask = self.ask(password, prefix, device);
        self.person.count(ask)
    }

    fn locked(&self, seconds: u32) -> Result<SignedIn, SignInRefusal> {
        Err(SignInRefusal::Locked { until: UnixTime::from_secs(self.person.now + i64::from(seconds)) })
    }
}

// spec: OpenID Connect Core section 2 - auth_time is the moment of the sign-in
#[test]
fn one_row_opens_a_session_that_can_be_read() {
    let mut home = Home::new();
    let ask = home.ask(1, NEAR, None);
    let (signed_in, rows) = home.person.count(ask.clone());
    let signed_in = signed_in.expect("signed in");
    assert_eq!((signed_in.sub.as_str(), signed_in.epoch, rows), ("u-ada", 0, 1));
    assert_eq!(home.person.count(ask.clone()), (Ok(signed_in), 0), "the same attempt gets the same answer");
    let facts = ReadFacts { session: ask.session, client: person::client(0) };
    let (facts, rows) = home.person.count(facts);
    let facts = facts.expect("alive");
    assert_eq!(
        (facts.session.sub.as_str(), facts.session.authentication.amr.as_str(), facts.grant, rows),
        ("u-ada", "pwd", None, 0)
    );
    assert_eq!(facts.session.authentication.auth_time, home.person.at());
    home.person.now += 43_200;
    assert_eq!(home.person.ask(ReadSession { session: ask.session }), Err(Denied::SessionEnded));
}

#[test]
fn failures_cost_one_row_until_the_lock_and_nothing_then() {
    let mut home = Home::new();
    for failure in 1..=PLACE_FAILURES {
        // The last one is an event too.
        let rows = if failure == PLACE_FAILURES { 2 } else { 1 };
        assert_eq!(home.try_in(2, NEAR, None), (Err(SignInRefusal::WrongPassword), rows));
    }
    for password in [2, 1, 1, 2] {
        assert_eq!(home.try_in(password, NEAR, None), (home.locked(FIRST_LOCK.get()), 0), "not even the right one");
    }
    let (elsewhere, rows) = home.try_in(1, FAR, None);
    assert!(elsewhere.is_ok());
    assert_eq!(rows, 1, "nothing to reset there");
    home.person.now += i64::from(FIRST_LOCK.get());
    assert_eq!(home.try_in(1, NEAR, None).1, 2, "the session, and the counter that is reset");
    assert_eq!(home.try_in(1, NEAR, None).1, 1);
}

#[test]
fn strangers_cannot_lock_a_user_out_of_a_known_browser() {
    let mut home = Home::new();
    let device = home.try_in(1, NEAR, None).0.expect("signed in").device;
    let mut rows = 0;
    for number in 0..200 {
        rows += home.try_in(2, &format!("198.51.{number}.0/24"), None).1;
    }
    assert_eq!(
        rows,
        u64::from(STRANGERS_FAILURES) + 1,
        "what strangers can write is bounded: their tries, and one event"
    );
    assert!(matches!(home.try_in(1, "203.0.113.0/24", None).0, Err(SignInRefusal::Locked { .. })));
    let again = home.try_in(1, NEAR, Some(device)).0.expect("the user's own browser is not locked");
    assert_eq!(again.device, device, "a known device stays what it is");
    let forged = DeviceKey::from_bytes([9; 32]).admit([1; 16]);
    assert!(matches!(home.try_in(1, NEAR, Some(forged)).0, Err(SignInRefusal::Locked { .. })));
    for _ in 0..PLACE_FAILURES {
        assert_eq!(home.try_in(2, NEAR, Some(device)).0, Err(SignInRefusal::WrongPassword));
    }
    assert_eq!(home.try_in(1, NEAR, Some(device)), (home.locked(FIRST_LOCK.get()), 0));
}

// spec: Invariant 2 - of parallel guesses no more are compared than the limit allows
#[test]
fn parallel_guesses_are_counted_one_by_one() {
    let mut home = Home::new();
    let guesses: Vec<SignIn> = (2..42).map(|password| home.ask(password, NEAR, None)).collect();
    let compared =
        guesses.iter().filter(|guess| home.person.ask((*guess).clone()) == Err(SignInRefusal::WrongPassword));
    assert_eq!(compared.count(), 5);
}

#[test]
fn a_repeated_attempt_is_not_counted_twice() {
    let mut home = Home::new();
    let ask = home.ask(2, NEAR, None);
    for expected in [1, 0, 0, 0, 0, 0, 0] {
        assert_eq!(home.person.count(ask.clone()), (Err(SignInRefusal::WrongPassword), expected));
    }
    assert!(home.try_in(1, NEAR, None).0.is_ok());
}

#[test]
fn a_password_that_was_changed_is_asked_for_again_and_ends_what_was_issued() {
    let mut home = Home::new();
    let session = home.ask(1, NEAR, None);
    home.person.ask(session.clone()).expect("signed in");
    for _ in 0..PLACE_FAILURES {
        home.try_in(2, FAR, None).0.expect_err("wrong");
    }
    let parameters = PasswordParameters::current([2; 16]);
    let credential = Some(Credential { parameters: parameters.clone(), verifier: verifier(3) });
    let set = ReplaceProfile { credential, ..person::set_active(home.person.attempt(), 1, true) };
    let (replaced, rows) = home.person.count(set.clone());
    assert_eq!((replaced.expect("replaced").version, rows), (2, 2), "the head row and an event");
    assert_eq!(home.person.count(set), (replaced, 0));
    assert_eq!(home.person.ask(ReadSession { session: session.session }), Err(Denied::SessionEnded));
    let stale = Err(SignInRefusal::StaleSalt { parameters });
    for _ in 0..10 {
        assert_eq!(home.try_in(2, FAR, None), (stale.clone(), 0), "a stale salt is not counted");
    }
    home.salt = [2; 16];
    assert_eq!(home.try_in(3, FAR, None).0.expect("the lock is forgotten").epoch, 1);
}

/// The answer was lost, and the user signed out everywhere before the same attempt was made again.
#[test]
fn an_attempt_whose_session_has_ended_is_refused() {
    let mut home = Home::new();
    let ask = home.ask(1, NEAR, None);
    home.person.ask(ask.clone()).expect("signed in");
    let attempt = home.person.attempt();
    home.person.ask(RaiseEpoch { attempt }).expect("raised");
    assert_eq!(home.person.count(ask.clone()), (Err(SignInRefusal::SessionEnded), 0));
    assert_eq!(home.person.ask(ReadSession { session: ask.session }), Err(Denied::SessionEnded));
    assert_eq!(home.try_in(1, NEAR, None).0.expect("another session").epoch, 1);
}

// spec: Invariant 3 - an attempt with an unknown name writes nothing
#[test]
fn a_disabled_a_deleted_and_an_unknown_account_let_nobody_in() {
    let mut home = Home::new();
    let session = home.ask(1, NEAR, None);
    home.person.ask(session.clone()).expect("signed in");
    let attempt = home.person.attempt();
    home.person.set_active(attempt, false).expect("set");
    assert_eq!(home.person.count(session.clone()), (Err(SignInRefusal::Disabled), 0));
    assert_eq!(home.try_in(1, NEAR, None), (Err(SignInRefusal::Disabled), 0));
    assert_eq!(home.try_in(2, NEAR, None), (Err(SignInRefusal::WrongPassword), 1));
    let facts = ReadFacts { session: session.session, client: person::client(0) };
    assert_eq!(home.person.ask(facts.clone()).expect_err("dead"), Denied::Disabled);
    let delete = Delete { attempt: home.person.attempt() };
    assert_eq!(home.person.count(delete.clone()), (Ok(()), 3), "the session, the event of disabling and the head row");
    assert_eq!(home.person.count(delete), (Ok(()), 0));
    assert_eq!(home.try_in(1, NEAR, None), (Err(SignInRefusal::Unknown), 0));
    assert_eq!(home.person.ask(facts).expect_err("gone"), Denied::Unknown);
    let attempts: [AttemptId; 3] = std::array::from_fn(|_| home.person.attempt());
    assert_eq!(home.person.ask(RaiseEpoch { attempt: attempts[0] }), Err(Denied::Unknown));
    assert_eq!(home.person.set_active(attempts[1], true), Err(NotReplaced::Unknown));
    assert_eq!(home.person.ask(person::create(attempts[2], "u-ada")), Created::Exists, "nothing brings it back");

    let mut nobody = Home { person: Person::new(1_800_000_000), salt: [1; 16] };
    assert_eq!(nobody.try_in(1, NEAR, None), (Err(SignInRefusal::Unknown), 0));
    assert_eq!(nobody.person.sql.dump(), Vec::<String>::new(), "no tables were made");
}

#[test]
fn a_profile_is_replaced_in_one_row_if_nobody_came_between() {
    let mut home = Home::new();
    let before = home.person.ask(ReadProfile {}).expect("known");
    let mut profile = before.profile.clone();
    profile.user_name = "ada".to_owned();
    let replace = |home: &mut Home, version, credential| ReplaceProfile {
        attempt: home.person.attempt(),
        version,
        profile: profile.clone(),
        active: true,
        credential,
        lease: Some(Lease { until: home.person.at().plus(LEASE_MARGIN).plus(Seconds::new(1)) }),
    };
    let first = replace(&mut home, 1, None);
    let (replaced, rows) = home.person.count(first.clone());
    assert_eq!((replaced.expect("replaced").version, rows), (2, 2), "the head, and the event");
    assert_eq!(home.person.count(first), (replaced, 0));
    assert!(home.try_in(1, NEAR, None).0.expect("signed in").epoch == 0, "nothing ended");
    let late = replace(&mut home, 1, None);
    assert_eq!(home.person.count(late), (Err(NotReplaced::Changed), 0));
    let credential = Credential { parameters: PasswordParameters::current([2; 16]), verifier: verifier(3) };
    let second = replace(&mut home, 2, Some(credential));
    home.person.now += 1;
    assert_eq!(home.person.count(second.clone()), (Err(NotReplaced::TooLate), 0));
    let in_time = ReplaceProfile { lease: None, ..second };
    assert_eq!(home.person.count(in_time).1, 2);
    home.salt = [2; 16];
    assert_eq!(home.try_in(3, NEAR, None).0.expect("the new password").epoch, 1);
}

#[test]
fn a_person_signs_in_with_either_name() {
    let world = world();
    for login in ["ada", "ADA", "ada%40example.com", "Ada%40Example.com"] {
        let browser = Browser::default();
        let answer = browser.signs_in(&world, login, "correct+horse", "192.0.2.1");
        assert_eq!(answer.status, 303, "{login}: {}", answer.body);
        assert_eq!(cost(&world), (3, 1), "the directory, a hasher and the account, and the row of the session");
    }
    assert!(world.waits.borrow().is_empty(), "a right password does not wait");
}

#[test]
fn passwords_are_hashed_by_the_hashers() {
    let world = world();
    let signs_in = |world: &World, login: &str, password: &str| {
        let answer = Browser::default().signs_in(world, login, password, "192.0.2.1");
        (answer.status, cost(world))
    };
    assert_eq!(signs_in(&world, "ada", "correct+horse"), (303, (3, 1)));
    assert_eq!(signs_in(&world, "ada", "wrong+password"), (401, (3, 1)));
    assert_eq!(signs_in(&world, "nobody", "wrong+password"), (401, (2, 0)), "an unknown name is hashed there as well");
    let grace = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Grace",
        "password": "correct horse"});
    assert_eq!(world.send(administration(Method::Post, "/scim/v2/Users", &grace.to_string())).status, 201);
    assert_eq!(signs_in(&world, "grace", "correct+horse"), (303, (3, 1)), "with the password that SCIM set");
}

// spec: RFC 6749 section 10.10 - the number of guessed passwords is limited
// spec: Invariant 11 - the page says the same of every refusal, and the log says why
// spec: Invariant 9 - what was typed is not logged
#[test]
fn all_refusals_look_alike() {
    let world = world();
    let off = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Grace", "active": false,
        "password": "correct horse"});
    assert_eq!(world.send(administration(Method::Post, "/scim/v2/Users", &off.to_string())).status, 201);
    let passwordless = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Mary"});
    assert_eq!(world.send(administration(Method::Post, "/scim/v2/Users", &passwordless.to_string())).status, 201);
    let refused = |login: &str, password: &str| {
        let answer = Browser::default().signs_in(&world, login, password, "192.0.2.1");
        let names: Vec<_> = answer.headers.iter().map(|(name, _)| *name).collect();
        // What was typed and what is random is in the page too.
        let page = answer.body.split("id=\"error-message\"").nth(1).and_then(|rest| rest.split("</p>").next());
        (answer.status, names.join(" "), page.map(ToOwned::to_owned))
    };
    let wrong = refused("ada", "wrong+password");
    assert!(wrong.0 == 401 && wrong.2.is_some(), "{wrong:?}");
    for (login, password) in [
        ("nobody", "wrong+password"),
        ("nobody%40example.com", "correct+horse"),
        ("grace", "correct+horse"),
        ("mary", "correct+horse"),
        ("%E2%80%AEada", "correct+horse"),
        ("ada", &"x".repeat(1_000)),
    ] {
        assert_eq!(refused(login, password), wrong, "{login}");
    }
    for _ in 0..10 {
        assert_eq!(refused("ada", "wrong+password"), wrong);
    }
    assert_eq!(refused("ada", "correct+horse"), wrong, "locked, and nobody is told");
    assert_eq!(*world.waits.borrow(), vec![800; 18], "each is answered at the same moment");
    let log = world.clients.log.borrow().join("\n");
    assert!(log.contains("locked after too many failures") && log.contains("the account is disabled"));
    assert!(!log.contains("horse") && !log.contains("nobody"), "what was typed is not logged");
}

// spec: Invariant 3 - a refused sign-in writes a counter at most
#[test]
fn strangers_cost_the_owner_nothing_but_what_is_counted() {
    let world = world();
    let guess = |login: &str| {
        let answer = Browser::default().signs_in(&world, login, "wrong+password", "192.0.2.1");
        assert_eq!(answer.status, 401);
        cost(&world)
    };
    assert_eq!(guess("nobody"), (2, 0), "an unknown name costs no row, and no object but the directory and a hasher");
    for rows in [1, 1, 1, 1, 2] {
        assert_eq!(guess("ada"), (3, rows), "what stops the guessing is an event too");
    }
    assert_eq!(guess("ada"), (3, 0));
}

#[test]
fn a_known_browser_is_not_locked_with_its_network() {
    let world = world();
    let (known, other) = (Browser::default(), Browser::default());
    assert_eq!(known.signs_in(&world, "ada", "correct+horse", "192.0.2.1").status, 303);
    for _ in 0..6 {
        assert_eq!(other.signs_in(&world, "ada", "wrong+password", "192.0.2.200").status, 401);
    }
    assert_eq!(other.signs_in(&world, "ada", "correct+horse", "192.0.2.200").status, 401);
    assert_eq!(known.signs_in(&world, "ada", "correct+horse", "192.0.2.1").status, 303);
    assert_eq!(other.signs_in(&world, "ada", "correct+horse", "198.51.100.1").status, 303);
}

#[test]
fn sessions_are_ordered_by_their_end() {
    let mut home = Home::new();
    let first = home.ask(1, NEAR, None);
    home.person.now += 60;
    let second = home.ask(1, NEAR, None);
    assert!(first.session < second.session && first.session.as_bytes().len() == SessionId::LENGTH);
    home.person.ask(first.clone()).expect("signed in");
    home.person.now += 43_200;
    let (_, rows) = home.try_in(1, NEAR, None);
    assert_eq!(rows, 2, "a sign-in takes the row of an ended session along");
    assert!(home.person.sql.rows_written() > 0);
}

/// A page that was open for too long, or in another browser, leads back to the same request, from the beginning.
// spec: Invariant 5 - a sealed value whose time is over opens no step of a sign-in
#[test]
fn what_cannot_go_on_starts_again() {
    let world = world();
    let browser = Browser::default();
    let query = "response_type=code&client_id=portal&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&scope=openid\
                 &state=kept&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    let begin = browser.send(&world, Method::Get, &format!("/authorize?{query}"), "192.0.2.1", "");
    let login = begin.header("location").expect("a step").to_owned();
    let again = |page: &Answer| {
        assert_eq!(page.status, 400, "{}", page.body);
        let link = page.body.split_once("href=\"/authorize?interaction=").expect("start again").1;
        format!("/authorize?interaction={}", link.split('"').next().expect("the end"))
    };
    let goes_on = |browser: &Browser, link: &str| {
        let answer = browser.send(&world, Method::Get, link, "192.0.2.1", "");
        let location = answer.header("location").unwrap_or_else(|| panic!("{link}: {}", answer.body)).to_owned();
        assert!(location.starts_with("/login?interaction="), "{location}");
        let page = browser.send(&world, Method::Get, &location, "192.0.2.1", "");
        assert_eq!(page.status, 200);
        assert!(page.body.contains("login-form") && page.body.contains("Portal"), "{}", page.body);
    };
    let elsewhere = Browser::default();
    goes_on(&elsewhere, &again(&elsewhere.send(&world, Method::Get, &login, "192.0.2.1", "")));
    world.pass(1_800);
    goes_on(&browser, &again(&browser.send(&world, Method::Get, &login, "192.0.2.1", "")));
    let garbage = browser.send(&world, Method::Get, "/login?interaction=gr_int_x", "192.0.2.1", "");
    assert_eq!((garbage.status, garbage.body.contains("href=\"/authorize")), (400, false));
}
