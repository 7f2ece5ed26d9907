//! The store of used assertions, on SQLite.

use std::collections::BTreeMap;

use crate::support::sqlite::Sqlite;
use grantry::base::{AssertionKey, AttemptId, UnixTime};
use grantry::store::Ask;
use grantry::store::replay::{Command, Spend, Sweep, Swept, Use, open};
use grantry::store::sql::Sql as _;
use proptest::prelude::*;

fn ask<A: Ask + Into<Command>>(sql: &Sqlite, now: i64, ask: A) -> A::Reply {
    let command: Command = ask.into();
    let reply = command.carry_out(sql, UnixTime::from_secs(now)).expect("the database works");
    reply.decode().expect("a reply")
}

fn spend(sql: &Sqlite, now: i64, key: u8, attempt: u8, expires_at: i64) -> Use {
    let key = AssertionKey::from_bytes([key; 16]);
    let attempt = AttemptId::from_bytes([attempt; 16]);
    ask(sql, now, Spend { attempt, key, expires_at: UnixTime::from_secs(expires_at) })
}

fn rows(sql: &Sqlite) -> usize {
    sql.dump().iter().filter(|row| row.starts_with("spent")).count()
}

// spec: Invariant 2 - an assertion is used up in one step
#[test]
fn an_assertion_is_used_once_by_one_attempt() {
    let sql = Sqlite::opened(open);
    assert_eq!(spend(&sql, 100, 1, 1, 160), Use::First);
    assert_eq!(spend(&sql, 100, 1, 1, 160), Use::First, "the same attempt, whose answer was lost");
    assert_eq!(spend(&sql, 100, 1, 2, 160), Use::Repeated);
    assert_eq!(spend(&sql, 100, 1, 1, 160), Use::First, "being refused, the other one changed nothing");
    assert_eq!(spend(&sql, 100, 2, 1, 160), Use::First);
    assert_eq!(spend(&sql, 160, 1, 3, 300), Use::Repeated, "signed again, it has the same jti");
}

#[test]
fn a_use_costs_one_row_and_a_repetition_none() {
    let sql = Sqlite::opened(open);
    spend(&sql, 100, 1, 1, 160);
    let before = sql.rows_written();
    spend(&sql, 100, 2, 2, 160);
    assert_eq!(sql.rows_written() - before, 1);
    spend(&sql, 100, 2, 3, 160);
    spend(&sql, 100, 2, 2, 160);
    assert_eq!(sql.rows_written() - before, 1);
}

#[test]
fn what_fails_in_the_middle_has_not_happened() {
    let sql = Sqlite::opened(open);
    spend(&sql, 100, 1, 1, 160);
    let before = sql.dump();
    for statements in 0..3 {
        sql.fail_after(statements);
        let key = AssertionKey::from_bytes([2; 16]);
        let ask = Spend { attempt: AttemptId::from_bytes([1; 16]), key, expires_at: UnixTime::from_secs(160) };
        assert!(Command::from(ask).carry_out(&sql, UnixTime::from_secs(500)).is_err(), "statement {statements}");
        assert_eq!(sql.dump(), before);
    }
    assert_eq!(spend(&sql, 500, 2, 1, 560), Use::First);
}

#[test]
fn rows_stay_a_minute_longer_than_their_assertions_and_go_on_the_way_of_others() {
    let sql = Sqlite::opened(open);
    for key in 10..20 {
        spend(&sql, 100, key, 1, 160);
    }
    spend(&sql, 220, 9, 1, 900);
    assert_eq!(rows(&sql), 11, "a minute for clocks that differ");
    spend(&sql, 221, 8, 1, 900);
    assert_eq!(rows(&sql), 12 - 3, "of the four behind, three can go");
}

#[test]
fn the_alarm_deletes_what_is_left_in_batches() {
    let sql = Sqlite::opened(open);
    let sweep = |now, after, limit| ask(&sql, now, Sweep { after, limit });
    assert_eq!(sweep(0, None, 10), Swept { next: None, rows_left: false });
    for key in 0..=99 {
        spend(&sql, 100, key, 1, if key % 10 == 0 { 10_000 } else { 160 });
    }
    let mut after = None;
    for _ in 0..4 {
        let swept = sweep(1_000, after, 30);
        assert!(swept.rows_left && swept.next.is_some());
        after = swept.next;
    }
    assert_eq!(sweep(1_000, after, 30), Swept { next: None, rows_left: true });
    assert_eq!(rows(&sql), 10);
    assert!(!sweep(20_000, None, 30).rows_left);
    assert_eq!(rows(&sql), 0);
}

proptest! {
    /// Whatever comes in whatever order: while an assertion could be used, it is used by one attempt only.
    // spec: Invariant 2 - while an assertion could be used, it is used by one attempt only
    #[test]
    fn nothing_is_used_twice(steps in prop::collection::vec((0_u8..6, 0_u8..4, 0_i64..90, 1_i64..600), 1..80)) {
        let sql = Sqlite::opened(open);
        let mut now = 1_000;
        let mut used: BTreeMap<u8, (u8, i64)> = BTreeMap::new();
        for (key, attempt, pause, life) in steps {
            now += pause;
            let outcome = spend(&sql, now, key, attempt, now + life);
            match used.get(&key) {
                Some((by, expires_at)) if now < *expires_at => {
                    prop_assert_eq!(outcome == Use::First, *by == attempt);
                }
                // An attempt that comes again brings no new assertion, so the row keeps its end.
                Some((by, _)) if *by == attempt => {}
                _ if outcome == Use::First => {
                    used.insert(key, (attempt, now + life));
                }
                // The row of one that has expired may still be there.
                _ => {}
            }
        }
    }
}
