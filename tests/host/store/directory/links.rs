//! The links of the JSON facade: where a client's user leads, on SQLite, and what a client gets by one without a refresh
//! token of its own.

use std::collections::BTreeMap;

use crate::support::home::{DAY, End, Home, number};
use crate::support::person::client;
use crate::support::sqlite::Sqlite;
use grantry::base::{AccountId, FamilyId, LinkKey, UnixTime};
use grantry::oauth::token::family::Refusal;
use grantry::store::Ask;
use grantry::store::account::{Issued, Renew};
use grantry::store::directory::{Command, FindLink, Link, PutLink, RemoveLink, open};
use grantry::store::sql::Sql as _;
use proptest::prelude::*;

const START: i64 = 1_800_000_000;

struct Directory {
    sql: Sqlite,
    now: i64,
}

impl Directory {
    fn new() -> Self {
        Self { sql: Sqlite::opened(open), now: START }
    }

    fn ask<A: Ask + Into<Command>>(&self, ask: A) -> A::Reply {
        let command: Command = ask.into();
        let reply = command.carry_out(&self.sql, UnixTime::from_secs(self.now)).expect("the database works");
        reply.decode().expect("a reply")
    }

    /// Rows written by a command.
    fn cost(&self, ask: impl Into<Command>) -> u64 {
        let before = self.sql.rows_written();
        let command: Command = ask.into();
        command.carry_out(&self.sql, UnixTime::from_secs(self.now)).expect("the database works");
        self.sql.rows_written() - before
    }

    fn find(&self, key: u8) -> Option<Link> {
        self.ask(FindLink { key: self::key(key) })
    }

    fn rows(&self) -> usize {
        self.sql.dump().iter().filter(|row| row.starts_with("link")).count()
    }
}

fn key(byte: u8) -> LinkKey {
    LinkKey::from_bytes([byte; 16])
}

fn family(byte: u8, days: i64) -> FamilyId {
    FamilyId::allocate(UnixTime::from_secs(START + days * DAY), [byte; 16])
}

fn put(key: u8, account: u8, family: FamilyId) -> PutLink {
    PutLink { key: self::key(key), account: AccountId::from_bytes([account; 32]), family, instead_of: None }
}

fn link((account, family, made_at): (u8, FamilyId, i64)) -> Link {
    Link { account: AccountId::from_bytes([account; 32]), family, made_at: UnixTime::from_secs(made_at) }
}

#[derive(Clone, Debug)]
enum Op {
    Put {
        key: u8,
        account: u8,
        family: u8,
        instead_of: Option<u8>,
    },
    /// What was just put, once more: the answer was lost.
    Again,
    Find {
        key: u8,
    },
    Remove {
        key: u8,
        family: u8,
    },
    Wait(i64),
}

fn ops() -> impl Strategy<Value = Op> {
    let keys = || 0..5_u8;
    let families = || 0..4_u8;
    prop_oneof![
        4 => (keys(), 0..3_u8, families(), prop::option::of(families()))
            .prop_map(|(key, account, family, instead_of)| Op::Put { key, account, family, instead_of }),
        1 => Just(Op::Again),
        3 => keys().prop_map(|key| Op::Find { key }),
        2 => (keys(), families()).prop_map(|(key, family)| Op::Remove { key, family }),
        1 => (0..100_i64).prop_map(Op::Wait),
    ]
}

proptest! {
    // spec: Invariant 3 - a question about a link, and what is asked of one that leads elsewhere, change no row
    #[test]
    fn links_are_a_map_from_keys_to_the_newest_family(ops in prop::collection::vec(ops(), 1..60)) {
        let mut directory = Directory::new();
        let mut model: BTreeMap<u8, (u8, FamilyId, i64)> = BTreeMap::new();
        let mut last = None;
        for op in ops {
            let op = if let Op::Again = op { last.clone().unwrap_or(Op::Wait(0)) } else { op };
            match op {
                Op::Put { key, account, family: byte, instead_of } => {
                    last = Some(Op::Put { key, account, family: byte, instead_of });
                    let family = family(byte, 366);
                    let instead_of = instead_of.map(|byte| self::family(byte, 366));
                    let known = model.get(&key).copied();
                    let other = known.filter(|(_, to, _)| *to != family && Some(*to) != instead_of);
                    let is_there = known.is_some_and(|(known, to, _)| (known, to) == (account, family));
                    let before = directory.sql.rows_written();
                    let put = directory.ask(PutLink { instead_of, ..put(key, account, family) });
                    prop_assert_eq!(put, other.map_or(Ok(()), |other| Err(link(other))));
                    let cost = directory.sql.rows_written() - before;
                    prop_assert_eq!(cost, u64::from(other.is_none() && !is_there));
                    if cost == 1 {
                        model.insert(key, (account, family, directory.now));
                    }
                }
                Op::Again => {}
                Op::Find { key } => prop_assert_eq!(directory.cost(FindLink { key: self::key(key) }), 0),
                Op::Remove { key, family: byte } => {
                    let family = family(byte, 366);
                    let leads_there = model.get(&key).is_some_and(|(_, known, _)| *known == family);
                    prop_assert_eq!(directory.cost(RemoveLink { key: self::key(key), family }), u64::from(leads_there));
                    if leads_there {
                        model.remove(&key);
                    }
                }
                Op::Wait(seconds) => directory.now += seconds,
            }
            for key in 0..5 {
                prop_assert_eq!(directory.find(key), model.get(&key).copied().map(link));
            }
            prop_assert_eq!(directory.rows(), model.len());
        }
    }
}

#[test]
fn a_directory_without_links_answers_and_writes_nothing() {
    let directory = Directory::new();
    assert_eq!(directory.find(1), None);
    assert_eq!(directory.cost(RemoveLink { key: key(1), family: family(1, 1) }), 0);
    assert!(directory.sql.is_unused());
}

/// Later links delete rows whose family has ended, so that clients that do not return leave no rows for ever.
#[test]
fn links_to_families_that_have_ended_go() {
    let mut directory = Directory::new();
    for byte in 10..14 {
        directory.ask(put(byte, 1, family(byte, 1))).expect("linked");
    }
    directory.ask(put(14, 1, family(14, 300))).expect("linked");
    directory.now += DAY - 60;
    directory.ask(put(1, 1, family(1, 300))).expect("linked");
    assert_eq!(directory.rows(), 6, "none has ended");
    directory.now += 120;
    directory.ask(put(2, 1, family(2, 300))).expect("linked");
    assert_eq!(directory.rows(), 3, "the four behind the new key were looked at");
    assert!(directory.find(14).is_some());
}

fn renew(home: &mut Home, family: FamilyId, client: usize) -> Result<Issued, Refusal> {
    let attempt = home.person.attempt();
    home.person.ask(Renew { attempt, family, client: self::client(client) })
}

#[test]
fn a_renewal_hands_out_no_refresh_token_and_moves_none() {
    let mut home = Home::new();
    let (code, current) = home.family(true, &[10, 20]);
    let before = home.person.sql.dump();
    let issued = renew(&mut home, code.family, 0).expect("issued");
    assert_eq!((issued.refresh, issued.scopes), (None, code.scopes));
    assert_eq!(home.person.sql.dump(), before, "nothing is written on the day of the last use");
    assert!(number(home.refresh(code.family, current)) > current, "the refresh token that was handed out still counts");
    home.person.now += DAY;
    let rows = home.person.sql.rows_written();
    renew(&mut home, code.family, 0).expect("issued");
    assert_eq!(home.person.sql.rows_written() - rows, 1, "the daily mark");
    home.person.now += 29 * DAY;
    assert!(renew(&mut home, code.family, 0).is_ok(), "a renewed family is not idle");
    home.person.now += 32 * DAY;
    assert_eq!(renew(&mut home, code.family, 0), Err(Refusal::Expired));
}

// spec: Invariant 3 - what is refused changes no row
#[test]
fn a_renewal_needs_the_familys_client_and_offline_access() {
    let mut home = Home::new();
    let (offline, _) = home.family(true, &[]);
    let (bound, _) = home.family(false, &[]);
    let before = home.person.sql.dump();
    assert_eq!(renew(&mut home, offline.family, 1), Err(Refusal::OtherClient));
    assert_eq!(renew(&mut home, bound.family, 0), Err(Refusal::NotOffline));
    assert_eq!(renew(&mut home, family(9, 1), 0), Err(Refusal::Unknown));
    assert_eq!(home.person.sql.dump(), before);
}

#[test]
fn what_ends_a_family_ends_its_renewal_at_the_next_call() {
    for end in [End::Disable, End::DisableAndEnable, End::Disconnect, End::RaiseEpoch, End::Replay, End::Revoke] {
        let mut home = Home::new();
        let (code, _) = home.family(true, &[]);
        assert!(renew(&mut home, code.family, 0).is_ok());
        end.happens(&mut home, &code);
        assert!(renew(&mut home, code.family, 0).is_err(), "{end:?}");
    }
    let mut home = Home::new();
    let (code, _) = home.family(true, &[]);
    End::SignOut.happens(&mut home, &code);
    assert!(renew(&mut home, code.family, 0).is_ok(), "offline access outlives the session");
}
