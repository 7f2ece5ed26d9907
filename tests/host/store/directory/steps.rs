//! The directory's own steps, in interleavings that random tests seldom reach.

use std::cell::Cell;

use crate::support::sqlite::Sqlite;
use grantry::base::{AccountId, AttemptId, UnixTime};
use grantry::lifetimes::LEASE;
use grantry::sign_in::login_name::LoginName;
use grantry::sign_in::password::PasswordParameters;
use grantry::store::Ask;
use grantry::store::directory::{
    Claim, Command, Confirm, Conflict, ENDING, Find, FindBySub, Lease, List, NotConfirmed, Projection, Release, Remove,
    Reserve, open,
};
use grantry::store::sql::Sql as _;

const START: i64 = 1_800_000_000;

struct Directory {
    sql: Sqlite,
    now: Cell<i64>,
}

fn names(names: &[&str]) -> Vec<LoginName> {
    names.iter().map(|name| LoginName::parse(name).expect("a name")).collect()
}

impl Directory {
    fn new() -> Self {
        Self { sql: Sqlite::opened(open), now: Cell::new(START) }
    }

    fn ask<A: Ask + Into<Command>>(&self, ask: A) -> A::Reply {
        let command: Command = ask.into();
        let reply = command.carry_out(&self.sql, UnixTime::from_secs(self.now.get())).expect("the database works");
        reply.decode().expect("a reply")
    }

    fn count<A: Ask + Into<Command>>(&self, ask: A) -> (A::Reply, u64) {
        let before = self.sql.rows_written();
        let reply = self.ask(ask);
        (reply, self.sql.rows_written() - before)
    }

    fn reserve(&self, sub: &str, attempt: u8, identifiers: &[&str]) -> Result<Lease, Conflict> {
        let account = AccountId::from_bytes([attempt; 32]);
        let attempt = AttemptId::from_bytes([attempt; 16]);
        self.ask(Reserve { attempt, sub: sub.to_owned(), account, identifiers: names(identifiers) })
    }

    fn claim(&self, sub: &str, version: u32, identifiers: &[&str]) -> Result<Lease, Conflict> {
        self.ask(Claim { sub: sub.to_owned(), identifiers: names(identifiers), version })
    }

    fn confirm(&self, sub: &str, version: u32, identifiers: &[&str]) -> Result<(), NotConfirmed> {
        self.ask(confirm(sub, version, identifiers))
    }

    fn owner(&self, login: &str) -> Option<String> {
        let login = LoginName::parse(login).expect("a name");
        self.ask(Find { login }).map(|found| found.sub)
    }

    fn release(&self, sub: &str, at: i64) {
        self.ask(Release { sub: sub.to_owned(), at: UnixTime::from_secs(at) });
    }
}

fn confirm(sub: &str, version: u32, identifiers: &[&str]) -> Confirm {
    let at = UnixTime::from_secs(START);
    Confirm {
        sub: sub.to_owned(),
        identifiers: names(identifiers),
        parameters: Some(PasswordParameters::current([1; 16])),
        projection: Projection {
            user_name: identifiers.first().map(|name| (*name).to_owned()).unwrap_or_default(),
            email: None,
            display_name: None,
            active: true,
            created_at: at,
            modified_at: at,
            version,
        },
    }
}

// spec: OpenID Connect Core section 8 - a subject identifier is never assigned again
#[test]
fn what_each_step_costs() {
    let directory = Directory::new();
    assert_eq!(directory.count(Find { login: LoginName::parse("ada").expect("a name") }), (None, 0));
    assert!(directory.sql.is_unused(), "questions write nothing");
    directory.reserve("u1", 1, &["ada"]).expect("free");
    assert_eq!(directory.sql.rows_written(), 2, "the person, the name");
    assert_eq!(directory.owner("ada"), None, "a user who is only reserved cannot sign in");
    assert_eq!(directory.count(confirm("u1", 1, &["ada"])), (Ok(()), 2), "the person, and how many there are");
    assert_eq!(directory.count(confirm("u1", 1, &["ada"])), (Ok(()), 0));
    assert_eq!(directory.owner("ada").as_deref(), Some("u1"));
    let claim = Claim { sub: "u1".to_owned(), identifiers: names(&["ada", "ada@example.com"]), version: 2 };
    assert_eq!(directory.count(claim).1, 3, "the user and their two names");
    assert_eq!(directory.owner("ada@example.com"), None, "a claim is no name yet");
    assert_eq!(directory.count(confirm("u1", 2, &["ada", "ada@example.com"])), (Ok(()), 3));
    assert_eq!(directory.owner("ada@example.com").as_deref(), Some("u1"));
    assert_eq!(directory.count(confirm("u1", 1, &["ada"])), (Ok(()), 0), "an older version changes nothing");
    assert_eq!(directory.count(Remove { sub: "u1".to_owned() }).1, 4, "the user, their names, and the count of users");
    assert_eq!(directory.count(Remove { sub: "u1".to_owned() }).1, 0);
    assert_eq!(directory.ask(FindBySub { sub: "u1".to_owned() }), None);
    assert_eq!(directory.ask(List { user_name: None, skip: 0, count: 10 }).total, 0);
    assert_eq!(directory.confirm("u1", 3, &["ada"]), Err(NotConfirmed::Unknown), "a removed user does not come back");
    assert!(directory.reserve("u1", 2, &["grace"]).is_err(), "a subject identifier is never given again");
    assert!(directory.reserve("u2", 3, &["ada"]).is_ok(), "the user's names are free");
}

/// How many users a list says there are, which is how many it lists.
fn people(directory: &Directory) -> u32 {
    let page = directory.ask(List { user_name: None, skip: 0, count: 100 });
    assert_eq!(usize::try_from(page.total), Ok(page.entries.len()));
    page.total
}

// spec: RFC 7644 section 3.4.2 - totalResults is exact at every step of a user's change
#[test]
fn how_many_people_there_are_is_told_exactly() {
    let directory = Directory::new();
    assert_eq!(people(&directory), 0);
    for (number, sub) in ["u1", "u2", "u3"].into_iter().enumerate() {
        let attempt = u8::try_from(number).expect("few");
        directory.reserve(sub, attempt, &[sub]).expect("free");
        directory.reserve(sub, attempt, &[sub]).expect("the same attempt");
        assert_eq!(people(&directory), u32::from(attempt), "a user who is only reserved is not counted");
        for version in [1, 1, 2] {
            directory.confirm(sub, version, &[sub]).expect("confirmed");
            assert_eq!(people(&directory), u32::from(attempt) + 1);
        }
    }
    directory.reserve("u4", 4, &["u4"]).expect("free");
    directory.claim("u1", 3, &["u1", "grace"]).expect("free");
    for sub in ["u1", "u4"] {
        directory.release(sub, START + i64::from(LEASE.get()));
        assert_eq!(people(&directory), 3, "what was released never counted");
    }
    for sub in ["u2", "u2", "u4"] {
        directory.ask(Remove { sub: sub.to_owned() });
        assert_eq!(people(&directory), 2, "removed once");
    }
    directory.reserve("u5", 5, &["u5"]).expect("free");
    directory.ask(Remove { sub: "u5".to_owned() });
    assert_eq!(people(&directory), 2, "a user who was removed before the confirmation never counted");
}

#[test]
fn a_directory_of_the_release_before_counts_its_people_once() {
    let directory = Directory::new();
    for (attempt, sub) in [(1, "u1"), (2, "u2"), (3, "u3"), (4, "u4")] {
        directory.reserve(sub, attempt, &[sub]).expect("free");
        if attempt > 1 {
            directory.confirm(sub, 1, &[sub]).expect("confirmed");
        }
    }
    directory.ask(Remove { sub: "u2".to_owned() });
    for statement in [
        "ALTER TABLE head DROP COLUMN people",
        "ALTER TABLE head DROP COLUMN readable_from",
        "DROP TABLE link",
        "UPDATE head SET schema = 1",
    ] {
        directory.sql.arrange(statement, &[]);
    }
    for _ in 0..2 {
        open(&directory.sql).expect("migrated");
        assert_eq!(people(&directory), 2);
    }
    directory.confirm("u1", 1, &["u1"]).expect("confirmed");
    assert_eq!(people(&directory), 3);
}

// spec: RFC 7643 section 4.1.1 - a user name belongs to one user
#[test]
fn the_same_attempt_gets_the_same_answer() {
    let directory = Directory::new();
    let lease = directory.reserve("u1", 1, &["ada"]).expect("free");
    directory.now.set(START + 5);
    assert_eq!(directory.reserve("u1", 1, &["ada"]), Ok(lease));
    let conflict = directory.reserve("u1", 2, &["ada"]).expect_err("taken");
    assert_eq!(conflict.login, None);
    assert!(conflict.holder.is_some_and(|holder| !holder.confirmed));
}

#[test]
fn a_reservation_is_released_after_its_lease_and_only_as_of_then() {
    let directory = Directory::new();
    directory.reserve("u1", 1, &["ada", "ada@example.com"]).expect("free");
    let end = START + i64::from(LEASE.get());
    directory.release("u1", end - 1);
    directory.now.set(end);
    directory.release("u1", end - 1);
    assert!(directory.reserve("u2", 2, &["ada"]).is_err(), "what was asked before the end says nothing about after");
    directory.release("u1", end);
    assert!(directory.reserve("u2", 2, &["ada@example.com", "ada"]).is_ok());
    assert_eq!(directory.confirm("u1", 1, &["ada"]), Err(NotConfirmed::Unknown));
}

/// A version that drops a name and one that takes it up again: confirming the first must not free what the second is
/// about to have.
#[test]
fn a_name_that_is_dropped_and_claimed_again_is_not_free_in_between() {
    let directory = Directory::new();
    directory.reserve("u1", 1, &["ada", "ada@example.com"]).expect("free");
    directory.confirm("u1", 1, &["ada", "ada@example.com"]).expect("confirmed");
    directory.claim("u1", 2, &["ada"]).expect("the user's own name");
    // The account is at version 2 now, which was not confirmed when the next change begins.
    directory.claim("u1", 3, &["ada", "ada@example.com"]).expect("the user's own name");
    directory.confirm("u1", 2, &["ada"]).expect("confirmed");
    assert_eq!(directory.owner("ada@example.com"), None, "version 2 does not have it");
    let conflict = directory.reserve("u2", 2, &["ada@example.com"]).expect_err("claimed");
    assert!(conflict.holder.is_some_and(|holder| holder.confirmed && holder.sub == "u1"));
    directory.confirm("u1", 3, &["ada", "ada@example.com"]).expect("confirmed");
    assert_eq!(directory.owner("ada@example.com").as_deref(), Some("u1"));
}

#[test]
fn a_claim_that_came_to_nothing_is_released_and_the_rest_stays() {
    let directory = Directory::new();
    directory.reserve("u1", 1, &["ada"]).expect("free");
    directory.confirm("u1", 1, &["ada"]).expect("confirmed");
    directory.claim("u1", 2, &["grace", "ada"]).expect("free");
    let end = START + i64::from(LEASE.get());
    directory.release("u1", end);
    assert_eq!((directory.owner("ada").as_deref(), directory.owner("grace")), (Some("u1"), None));
    assert!(directory.reserve("u2", 2, &["grace"]).is_ok());
    let conflict = directory.reserve("u3", 3, &["ada"]).expect_err("the name of u1");
    assert_eq!(conflict.holder, None, "nothing is unfinished any more");
    assert!(directory.claim("u1", 2, &["grace"]).is_err());
}

#[test]
fn a_user_whose_account_may_have_ended_stays_unfinished_until_removed() {
    let directory = Directory::new();
    directory.reserve("u1", 1, &["ada"]).expect("free");
    directory.confirm("u1", 1, &["ada"]).expect("confirmed");
    directory.claim("u1", ENDING, &[]).expect("claimed");
    directory.confirm("u1", 2, &["ada"]).expect("confirmed");
    directory.release("u1", START + 10 * i64::from(LEASE.get()));
    let conflict = directory.reserve("u2", 2, &["ada"]).expect_err("the name of u1");
    assert!(conflict.holder.is_some_and(|holder| holder.confirmed));
    directory.ask(Remove { sub: "u1".to_owned() });
    assert!(directory.reserve("u2", 2, &["ada"]).is_ok());
}
