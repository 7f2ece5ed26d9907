//! The laws of refresh tokens that rotate, each over generated inputs: retries get one answer, lost answers do no harm, and
//! two holders of one token are found out.

use crate::support::home::{DAY, Home, history, later, number, soon};
use grantry::oauth::token::family::{Member, Refusal};
use grantry::store::sql::Sql as _;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    // spec: Invariant 2 - parallel uses of one refresh token have one successor
    #[test]
    fn parallel_presentations_converge(
        history in history(),
        pauses in vec(select(vec![0, 0, 0, 1, 5]), 1..12),
        recovering: bool,
    ) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        if recovering {
            home.refresh(code.family, current).expect("the answer that is lost");
            home.person.now += 60;
        }
        let successor = number(home.refresh(code.family, current));
        let rows = home.person.sql.rows_written();
        for pause in pauses {
            home.person.now += pause;
            prop_assert_eq!(number(home.refresh(code.family, current)), successor);
        }
        prop_assert_eq!(home.person.sql.rows_written(), rows);
        prop_assert!(home.refresh(code.family, successor).is_ok());
        prop_assert_eq!(home.events(), 0);
    }

    #[test]
    fn sixteen_quick_rotations_are_remembered(history in history(), quick in 1..24_u32, back in 1..24_u32) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        home.person.now += 60;
        for number in current..current + quick {
            home.refresh(code.family, number).expect("the current token");
        }
        let back = back.min(quick);
        let again = home.refresh(code.family, current + quick - back);
        if back <= 16 {
            prop_assert_eq!(number(again), current + quick);
        } else {
            prop_assert_eq!(again, Err(Refusal::Replayed));
        }
    }

    #[test]
    fn lost_responses_are_survived_for_a_day(
        history in history(),
        lost in vec(select(vec![0, 1, 59, 60, 61, 600, 28_000]), 1..4),
        pause in later(),
    ) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        home.refresh(code.family, current).expect("the first answer that is lost");
        for pause in lost {
            home.person.now += pause;
            home.refresh(code.family, current).expect("another answer that is lost");
        }
        let successor = number(home.refresh(code.family, current));
        home.person.now += pause;
        prop_assert!(number(home.refresh(code.family, successor)) > successor);
        prop_assert_eq!(home.events(), 0);
    }

    #[test]
    fn the_day_counts_from_the_first_presentation(
        history in history(),
        tried in select(vec![60, 40_000, DAY - 61, DAY - 60]),
        off in select(vec![-1, 0, 1]),
    ) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        let first = home.person.now;
        home.refresh(code.family, current).expect("a lost answer");
        home.person.now = first + tried;
        home.refresh(code.family, current).expect("another lost answer");
        home.person.now = first + DAY + off;
        let expected = if off < 0 { None } else { Some(Refusal::Replayed) };
        prop_assert_eq!(home.refresh(code.family, current).err(), expected);
    }

    // spec: RFC 9700 section 4.14.2 - a refresh token that was replaced is not good any more, and its use revokes the family
    #[test]
    fn a_predecessor_strikes_its_unproven_successor(history in history(), pause in select(vec![60, 61, 900, DAY - 1])) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        let struck = number(home.refresh(code.family, current));
        home.person.now += pause;
        let successor = number(home.refresh(code.family, current));
        prop_assert!(successor > struck);
        prop_assert!(home.inspect(code.family, Member::Refresh(struck)).is_err());
        prop_assert_eq!(home.refresh(code.family, struck), Err(Refusal::Replayed));
        prop_assert_eq!(home.refused(|home| home.refresh(code.family, successor))?, Refusal::Revoked);
    }

    // spec: RFC 9700 section 4.14.2 - two parties with one refresh token are found out, and all tokens are revoked
    #[test]
    fn two_holders_are_found_out(
        history in history(),
        together in vec((any::<bool>(), soon()), 0..3),
        apart in vec((any::<bool>(), later()), 0..6),
        last in any::<bool>(),
    ) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        let mut held = [current; 2];
        // Inside the window both get the same answer, and cannot be told apart.
        for (first, pause) in together {
            let order = [usize::from(first), usize::from(!first)];
            held[order[0]] = number(home.refresh(code.family, held[order[0]]));
            home.person.now += pause;
            held[order[1]] = number(home.refresh(code.family, held[order[1]]));
            prop_assert_eq!(held[0], held[1]);
            home.person.now += 60;
        }
        // Outside of it: once each to part, in any order, and once more each to be found out.
        let both = [(last, 60), (!last, 60), (last, 60), (!last, 60)];
        let mut caught = false;
        for (holder, pause) in apart.into_iter().chain(both) {
            match home.refresh(code.family, held[usize::from(holder)]) {
                Ok(issued) => held[usize::from(holder)] = issued.refresh.expect("a refresh token"),
                Err(refusal) => {
                    prop_assert_eq!(refusal, Refusal::Replayed);
                    caught = true;
                    break;
                }
            }
            home.person.now += pause;
        }
        prop_assert!(caught);
        prop_assert_eq!(home.events(), 1);
        for stolen in held {
            prop_assert_eq!(home.refused(|home| home.refresh(code.family, stolen))?, Refusal::Revoked);
        }
    }
}
