//! Consents: which one counts, and when those that were given again are removed.

use crate::support::home::{DAY, Home};
use crate::support::person::{Person, client, face, scopes, shown_face};
use grantry::base::{GrantId, Seconds};
use grantry::oauth::scope::Scopes;
use grantry::store::account::{AddGrant, Denied, ReadFacts, Sweep, SweepGrants};

/// A consent is written in the same step that judges the sign-in: one that is older than the request accepts writes nothing.
#[test]
fn a_consent_needs_a_sign_in_as_young_as_the_request_wants() {
    let mut home = Home::new();
    let signed_in_at = home.person.at();
    home.person.now += 100;
    let mut ask = AddGrant {
        session: home.session,
        grant: home.person.grant(),
        client: client(2),
        face: face(),
        shown: shown_face(),
        scopes: scopes("openid"),
        declined: Scopes::default(),
        authenticated_since: Some(signed_in_at.plus(Seconds::new(1))),
    };
    assert_eq!(home.person.count(ask.clone()), (Err(Denied::SessionEnded), 0));
    ask.authenticated_since = Some(signed_in_at);
    let (authentication, rows) = home.person.count(ask);
    assert_eq!((authentication.map(|authentication| authentication.auth_time), rows), (Ok(signed_in_at), 1));
}

/// The command of a user who allows a client.
fn allowing(home: &mut Home, index: usize) -> AddGrant {
    AddGrant {
        session: home.session,
        grant: home.person.grant(),
        client: client(index),
        face: face(),
        shown: shown_face(),
        scopes: scopes("openid rooms.read"),
        declined: Scopes::default(),
        authenticated_since: None,
    }
}

/// Has the user allow a client once more.
fn consent(home: &mut Home, index: usize) {
    let ask = allowing(home, index);
    home.person.ask(ask).expect("consented");
}

fn grants(home: &Home) -> usize {
    Person::rows_of(&home.person.sql.dump(), "consent")
}

/// Of two consents in one second the later one counts, whatever random identifiers the two have.
#[test]
fn the_last_consent_counts_within_one_second_too() {
    let mut home = Home::new();
    for first_byte in [5, 1, 9, 3] {
        let grant = GrantId::from_bytes([first_byte; 16]);
        let ask = AddGrant { grant, ..allowing(&mut home, 2) };
        home.person.ask(ask).expect("consented");
        let facts = home.person.ask(ReadFacts { session: home.session, client: client(2) }).expect("alive");
        assert_eq!(facts.grant.map(|newest| newest.grant), Some(grant));
    }
}

#[test]
fn what_the_user_declined_is_kept_with_the_consent() {
    let mut home = Home::new();
    for declined in [scopes("email rooms.write"), Scopes::default()] {
        let ask = AddGrant { declined: declined.clone(), ..allowing(&mut home, 2) };
        home.person.ask(ask).expect("consented");
        let facts = home.person.ask(ReadFacts { session: home.session, client: client(2) }).expect("alive");
        assert_eq!(facts.grant.map(|newest| newest.declined), Some(declined));
    }
}

/// A consent that was given again goes with its last family, and the newest one stays.
#[test]
fn superseded_consents_are_cleaned_up() {
    let mut home = Home::new();
    let code = home.code(true);
    home.person.ask(code).expect("a family of the first consent");
    for _ in 0..2 {
        home.person.now += 1;
        consent(&mut home, 0);
    }
    let sweep = |home: &Home| {
        assert_eq!(home.person.ask(Sweep { after: None, limit: 100 }).next, None);
        assert_eq!(home.person.ask(SweepGrants { after: None, limit: 100 }), None);
    };
    sweep(&home);
    assert_eq!(grants(&home), 3, "codes of all of them may be on their way");
    home.person.now += 400;
    sweep(&home);
    assert_eq!(grants(&home), 2, "the second one is of no use, the first has a family");
    home.person.now += 367 * DAY;
    sweep(&home);
    assert_eq!(grants(&home), 1, "the newest one is what requests are judged by");
}

/// A code that was made a moment before the user consented again rests on the earlier consent.
#[test]
fn a_code_of_an_earlier_consent_survives_the_clean_up() {
    let mut home = Home::new();
    home.person.now += DAY;
    let code = home.code(true);
    consent(&mut home, 0);
    home.person.now += 30;
    home.person.ask(SweepGrants { after: None, limit: 100 });
    home.person.ask(code).expect("the consent is still there");
}

/// However many consents were given again, a run deletes no more than it may, and they all go in the end.
#[test]
fn consents_are_cleaned_up_in_bounded_batches() {
    const DEAD: usize = 5_000;
    let mut home = Home::new();
    let (code, _) = home.family(true, &[]);
    for index in 0..DEAD {
        home.person.now += 1;
        consent(&mut home, index % 2);
    }
    home.person.now += 400;
    let (mut after, mut runs) = (None, 0);
    loop {
        let ask = SweepGrants { after, limit: 200 };
        let (next, rows) = home.person.count(ask);
        assert!(rows <= 200, "{rows} at a time");
        runs += 1;
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((runs, grants(&home)), (26, 3), "the newest of both clients, and the one that a family rests on");
    assert!(home.refresh(code.family, 1).is_ok());
}
