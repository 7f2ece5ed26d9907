//! The clients that are told of a logout: the queue in an account, and the tables of an earlier release without a queue.

use crate::support::home::{DAY, Home};
use crate::support::person::{Person, client, sign_in};
use grantry::base::{AttemptId, SessionId, UnixTime};
use grantry::sign_in::origin::Origin;
use grantry::store::account::{
    Delete, EndSession, Logout, OverviewPart, RaiseEpoch, ReadOverview, Redeem, Told, migrate, told, waiting,
};

/// A user whose one session holds tokens of the client 0.
fn connected() -> Home {
    let mut home = Home::new();
    let code = home.code(false);
    home.person.ask(code).expect("redeemed");
    home
}

fn queued(person: &Person) -> Vec<Logout> {
    waiting(&person.sql).expect("a queue").logouts
}

// spec: OpenID Connect Back-Channel Logout section 2.4 - the logout token names the session that ended
#[test]
fn the_clients_of_a_session_wait_when_it_ends() {
    let home = connected();
    assert_eq!(queued(&home.person), []);
    let end = EndSession { session: home.session };
    let (ended, rows) = home.person.count(end.clone());
    assert_eq!((ended, rows), (Ok(()), 2), "the session's row, and the queue");
    let expected = Logout { client: client(0), session: home.session, tries: 0, due_at: home.person.at() };
    assert_eq!(queued(&home.person), [expected]);
    assert_eq!(waiting(&home.person.sql).expect("a queue").sub, "u-somebody");
    assert_eq!(home.person.count(end), (Ok(()), 0), "it ends once");
}

// spec: OpenID Connect Back-Channel Logout section 2.3 - clients that did not sign in in the session are not told
#[test]
fn a_client_without_tokens_of_the_session_is_not_told() {
    let mut home = connected();
    let ends_at = home.person.now + DAY;
    let (attempt, session) = (home.person.attempt(), home.person.session(ends_at));
    home.person.ask(sign_in(attempt, session, UnixTime::from_secs(ends_at))).expect("opened");
    home.person.ask(EndSession { session }).expect("ended");
    assert_eq!(queued(&home.person), []);
}

/// Everything that ends all sessions tells of it, the end of the account included.
// spec: OpenID Connect Back-Channel Logout section 2.3 - clients are told whatever ended the session
#[test]
fn every_end_of_all_sessions_is_told() {
    type End = fn(&Person, AttemptId);
    let ends: [(&str, End); 3] = [
        ("signing out everywhere", |person, attempt| person.ask(RaiseEpoch { attempt }).expect("raised")),
        ("disabling", |person, attempt| person.set_active(attempt, false).map(|_| ()).expect("disabled")),
        ("deleting", |person, attempt| person.ask(Delete { attempt }).expect("deleted")),
    ];
    for (name, end) in ends {
        let mut home = connected();
        let attempt = home.person.attempt();
        end(&home.person, attempt);
        assert_eq!(queued(&home.person).len(), 1, "{name}");
        end(&home.person, attempt);
        assert_eq!(queued(&home.person).len(), 1, "{name}: the same attempt again");
    }
}

#[test]
fn a_client_that_cannot_be_told_is_tried_again_and_then_given_up() {
    let mut home = connected();
    home.person.ask(EndSession { session: home.session }).expect("ended");
    for (tries, pause) in [60, 300, 1_800, 7_200].into_iter().enumerate() {
        let [logout] = &queued(&home.person)[..] else { panic!("one waits") };
        assert_eq!(usize::from(logout.tries), tries);
        home.person.now = logout.due_at.as_secs();
        let attempt = home.person.attempt();
        told(&home.person.sql, &home.person.sql.memory, home.person.at(), &[(logout.clone(), Told::Failed)], attempt)
            .expect("noted");
        assert_eq!(queued(&home.person)[0].due_at.since(home.person.at()), pause);
    }
    let last = queued(&home.person).remove(0);
    let attempt = home.person.attempt();
    told(&home.person.sql, &home.person.sql.memory, home.person.at(), &[(last, Told::Failed)], attempt).expect("noted");
    assert_eq!(queued(&home.person), []);
    assert_eq!(Person::rows_of(&home.person.sql.dump(), "event"), 1, "the person can see it");
}

/// One client's failure is not another's: outcomes are noted one by one, and what came in meanwhile stays.
#[test]
fn what_was_told_goes_and_nothing_else() {
    let mut home = connected();
    let second = Redeem { client: client(0), ..home.code(true) };
    let ends_at = home.person.now + DAY;
    let (attempt, session) = (home.person.attempt(), home.person.session(ends_at));
    home.person.ask(sign_in(attempt, session, UnixTime::from_secs(ends_at))).expect("opened");
    home.person.ask(Redeem { session, ..second }).expect("redeemed");
    home.person.ask(EndSession { session: home.session }).expect("ended");
    let first = queued(&home.person);
    home.person.ask(EndSession { session }).expect("ended");
    let attempt = home.person.attempt();
    told(&home.person.sql, &home.person.sql.memory, home.person.at(), &[(first[0].clone(), Told::Done)], attempt)
        .expect("noted");
    let sessions: Vec<SessionId> = queued(&home.person).iter().map(|logout| logout.session).collect();
    assert_eq!(sessions, [session]);
}

#[test]
fn tables_of_the_first_release_are_brought_up_to_date() {
    let home = connected();
    for statement in [
        "ALTER TABLE head DROP COLUMN logouts",
        "ALTER TABLE head DROP COLUMN readable_from",
        "ALTER TABLE session DROP COLUMN origin",
        "ALTER TABLE event DROP COLUMN client_id",
        "ALTER TABLE consent DROP COLUMN declined",
        "ALTER TABLE consent DROP COLUMN shown",
        "ALTER TABLE event DROP COLUMN shown",
        "UPDATE head SET schema = 1",
    ] {
        home.person.sql.arrange(statement, &[]);
    }
    for _ in 0..2 {
        migrate(&home.person.sql).expect("migrated");
    }
    let [browser] = &home
        .person
        .ask(ReadOverview { session: home.session, part: OverviewPart::First })
        .expect("alive")
        .browsers[..]
    else {
        panic!("one browser")
    };
    assert_eq!(browser.origin, Origin::default(), "nothing is known of earlier sessions");
    home.person.ask(EndSession { session: home.session }).expect("ended");
    assert_eq!(queued(&home.person).len(), 1);
    assert_eq!(migrate(&Person::new(0).sql), Ok(()), "an object without tables stays without");
}
