//! One password for many accounts.

use crate::support::browser::{Browser, cost, world};
use grantry::lifetimes::SPRAY_WINDOW;
use grantry::sign_in::spraying::SPRAY_FAILURES;

const THERE: &str = "198.51.100.7";

// spec: NIST SP 800-63B section 5.2.2 - guesses are limited also where each is for another account
#[test]
fn attack_one_password_for_many_accounts_is_slowed_without_a_row() {
    let world = world();
    let attacker = Browser::default();
    for number in 0..SPRAY_FAILURES {
        let refused = attacker.signs_in(&world, &format!("somebody{number}"), "Summer+2026", THERE);
        assert_eq!((refused.status, cost(&world).1), (401, 0));
    }
    let slowed = attacker.signs_in(&world, "ada", "correct+horse", "198.51.100.200");
    assert_eq!((slowed.status, slowed.header("retry-after")), (429, Some("600")));
    assert_eq!(cost(&world), (0, 0), "nothing is asked, hashed or written");
    assert!(slowed.body.contains("too many attempts") && slowed.body.contains("id=\"login-form\""));
    assert_eq!(world.waits.borrow().len(), SPRAY_FAILURES as usize, "at once, because there is nothing to hide");

    assert_eq!(Browser::default().signs_in(&world, "ada", "correct+horse", "192.0.2.1").status, 303, "another network");
    world.pass(i64::from(SPRAY_WINDOW.get()));
    assert_eq!(Browser::default().signs_in(&world, "ada", "correct+horse", THERE).status, 303, "and later again");
}

#[test]
fn users_who_signed_in_before_are_not_slowed_by_their_network() {
    let world = world();
    let ada = Browser::default();
    assert_eq!(ada.signs_in(&world, "ada", "correct+horse", THERE).status, 303);
    let attacker = Browser::default();
    for number in 0..=SPRAY_FAILURES {
        attacker.signs_in(&world, &format!("somebody{number}"), "Summer+2026", THERE);
    }
    assert_eq!(attacker.signs_in(&world, "ada", "correct+horse", THERE).status, 429);
    assert_eq!(ada.signs_in(&world, "ada", "correct+horse", THERE).status, 303);
    for _ in 0..SPRAY_FAILURES {
        assert_eq!(ada.signs_in(&world, "ada", "correct+horse", THERE).status, 303, "what is right is no failure");
    }
}
