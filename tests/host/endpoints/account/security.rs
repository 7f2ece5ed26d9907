//! The changes of one's own account on /account that require a recent sign-in: over HTTP, with a clock.

use crate::support::browser::{Browser, cost, world};
use crate::support::platform::{Answer, World, administration, said, user_field};
use grantry::http::Method;
use grantry::lifetimes::FIRST_LOCK;
use grantry::sign_in::lockout::PLACE_FAILURES;
use serde_json::json;

fn delete(world: &World, browser: &Browser, name: &str) -> Answer {
    post(world, browser, &format!("action=delete-account&username={name}"))
}

const HOME: &str = "192.0.2.1";
const NEW: &str = "correct+horse+battery";

/// Sends a form of the page as it is shown now.
fn post(world: &World, browser: &Browser, form: &str) -> Answer {
    let user = user_field(&look(world, browser));
    browser.send(world, Method::Post, "/account", HOME, &[form, &user].concat())
}

fn look(world: &World, browser: &Browser) -> Answer {
    browser.send(world, Method::Get, "/account", HOME, "")
}

/// Signed in, in a browser that the account knows from then on.
fn at_home(world: &World) -> Browser {
    let browser = Browser::default();
    assert_eq!(browser.signs_in(world, "ada", "correct+horse", HOME).status, 303);
    assert_eq!(look(world, &browser).status, 200);
    browser
}

fn change(world: &World, browser: &Browser, current: &str, new: &str, again: &str) -> Answer {
    let form = format!(
        "action=change-password&username=ada&current-password={current}&new-password={new}&new-password-again={again}"
    );
    post(world, browser, &form)
}

fn is_signed_in(world: &World, browser: &Browser) -> bool {
    look(world, browser).status == 200
}

/// What the page says is wrong.
fn problem(answer: &Answer) -> &str {
    let (_, rest) = answer.body.split_once("id=\"error-message\"").unwrap_or_else(|| panic!("{}", answer.body));
    rest.split_once("<span>").and_then(|(_, rest)| rest.split_once("</span>")).expect("a text").0
}

fn leads_to(answer: &Answer) -> &str {
    answer.header("location").unwrap_or_else(|| panic!("{} {}", answer.status, answer.body))
}

// spec: NIST SP 800-63B section 5.1.1.2 - a changed password is good at once, and the old one nowhere
#[test]
fn a_changed_password_ends_everything_but_this_browser() {
    let world = world();
    let (browser, other) = (at_home(&world), at_home(&world));
    let answer = change(&world, &browser, "correct+horse", NEW, NEW);
    assert_eq!(cost(&world).0, 7, "session, login names, two hashes, the change, and two steps of the directory");
    let notice = said(&answer, "/account", |location| browser.send(&world, Method::Get, location, HOME, ""));
    assert!(notice.contains("password has been changed"));
    assert!(world.waits.borrow().is_empty(), "a right password does not wait");
    assert!(is_signed_in(&world, &browser), "this browser stays");
    assert!(!is_signed_in(&world, &other), "every other browser is signed out");
    assert_eq!(other.signs_in(&world, "ada", "correct+horse", HOME).status, 401);
    assert_eq!(Browser::default().signs_in(&world, "ada", NEW, HOME).status, 303);
    assert_eq!(cost(&world), (3, 1), "the directory knows the new salt");
    let log = world.clients.log.borrow().join("\n");
    assert!(log.contains("\"password_changed\"") && !log.contains("horse"), "what was typed is not logged");
}

// spec: NIST SP 800-63B section 5.2.2 - wrong passwords count wherever they are typed, and all are answered at one moment
#[test]
fn a_wrong_password_counts_as_at_sign_in() {
    let world = world();
    let browser = at_home(&world);
    for failure in 1..=PLACE_FAILURES {
        let answer = change(&world, &browser, "wrong+horse", NEW, NEW);
        let rows = if failure == PLACE_FAILURES { 2 } else { 1 };
        assert_eq!((answer.status, cost(&world).1), (400, rows), "the counter, and at last the event");
        assert!(problem(&answer).contains("current password"));
    }
    assert_eq!(*world.waits.borrow(), vec![800; PLACE_FAILURES as usize], "each at the deadline of a sign-in");
    let locked = change(&world, &browser, "correct+horse", NEW, NEW);
    assert_eq!((locked.status, cost(&world).1), (400, 0), "not even the right one, and no row");
    assert_eq!(browser.signs_in(&world, "ada", "correct+horse", HOME).status, 401, "one counter for both");
    assert!(is_signed_in(&world, &browser), "the session goes on");
    world.pass(i64::from(FIRST_LOCK.get()));
    assert_eq!(browser.signs_in(&world, "ada", "correct+horse", HOME).status, 303);
    assert_eq!(change(&world, &browser, "correct+horse", NEW, NEW).status, 303);
}

// spec: NIST SP 800-63B section 5.1.1.2 - at least eight characters, and not the user name
#[test]
fn a_new_password_that_will_not_do_costs_nothing() {
    let world = world();
    let browser = at_home(&world);
    let long = "x".repeat(129);
    for (new, again, says) in [
        ("short", "short", "too short"),
        (long.as_str(), long.as_str(), "too long"),
        ("ada%40example.com", "ada%40example.com", "user name"),
        (NEW, "another+one+altogether", "don’t match"),
        (NEW, "", "twice"),
    ] {
        let answer = change(&world, &browser, "correct+horse", new, again);
        assert_eq!((answer.status, cost(&world).1), (400, 0));
        assert!(problem(&answer).contains(says), "{says}: {}", problem(&answer));
        assert!(answer.body.contains("<title>Error"), "the first thing that is read out");
    }
    assert!(world.waits.borrow().is_empty(), "no password was compared");
    assert_eq!(Browser::default().signs_in(&world, "ada", "correct+horse", HOME).status, 303, "it is as it was");
}

// spec: Invariant 7 - a password changes in a session of the last fifteen minutes, and from a page of ours
#[test]
fn an_old_session_changes_no_password() {
    let world = world();
    let browser = at_home(&world);
    world.pass(15 * 60 + 1);
    let answer = change(&world, &browser, "correct+horse", NEW, NEW);
    assert!(leads_to(&answer).starts_with("/login?interaction=gr_int_"), "{}", leads_to(&answer));
    let page = look(&world, &browser).body;
    assert!(
        page.contains("id=\"prove-form\"") && !page.contains("id=\"password-form\""),
        "the password form is not shown before the new sign-in"
    );
    let proves = post(&world, &browser, "action=sign-in-again");
    let login = leads_to(&proves).to_owned();
    let interaction = login.split_once("interaction=").and_then(|(_, rest)| rest.split('&').next()).expect("one");
    let form = format!("interaction={interaction}&username=ada&password=correct+horse");
    assert_eq!(leads_to(&browser.send(&world, Method::Post, "/login", HOME, &form)), "/account");
    assert!(look(&world, &browser).body.contains("id=\"password-form\""));
    let nobody = Browser::default();
    assert!(leads_to(&change(&world, &nobody, "correct+horse", NEW, NEW)).starts_with("/login?"));
    assert_eq!(change(&world, &browser, "correct+horse", NEW, NEW).status, 303);
}

// spec: Invariant 7 - an account is deleted in a session of the last fifteen minutes
#[test]
fn a_user_deletes_their_account_for_good() {
    let world = world();
    let (browser, other) = (at_home(&world), at_home(&world));
    for name in ["", "grace", "ada%40example.com", "%00"] {
        let answer = delete(&world, &browser, name);
        assert_eq!(answer.status, 400, "{name}");
        assert!(cost(&world).1 == 0 && is_signed_in(&world, &browser), "nothing has happened");
    }
    let refused = delete(&world, &browser, "grace");
    assert!(problem(&refused).contains("isn’t your user name"), "{}", problem(&refused));
    let answer = delete(&world, &browser, "ADA");
    let page = browser.send(&world, Method::Get, leads_to(&answer), HOME, "");
    assert!(page.status == 200 && page.body.contains("id=\"account-deleted\""), "{}", page.body);
    for browser in [&browser, &other] {
        assert!(!is_signed_in(&world, browser));
        assert_eq!(browser.signs_in(&world, "ada", "correct+horse", HOME).status, 401);
    }
    let again = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Ada"}).to_string();
    let created = world.send(administration(Method::Post, "/scim/v2/Users", &again));
    assert_eq!(created.status, 201, "the name is free: {}", created.body);
}

#[test]
fn an_old_session_deletes_no_account() {
    let world = world();
    let browser = at_home(&world);
    world.pass(15 * 60 + 1);
    assert!(leads_to(&delete(&world, &browser, "ada")).starts_with("/login?"));
    assert!(leads_to(&delete(&world, &Browser::default(), "ada")).starts_with("/login?"));
    assert!(is_signed_in(&world, &browser));
}

#[test]
fn a_deployment_can_forbid_it() {
    let mut world = world();
    if let Ok(config) = &mut world.config {
        config.accounts.deletion = false;
    }
    let browser = at_home(&world);
    let page = look(&world, &browser).body;
    assert!(page.contains("id=\"password-form\"") && !page.contains("id=\"delete-form\""));
    assert_eq!(delete(&world, &browser, "ada").status, 403);
    assert!(is_signed_in(&world, &browser));
}

/// What the page lists as having happened, the newest first.
fn activity(world: &World, browser: &Browser) -> Vec<String> {
    activity_of(&look(world, browser).body)
}

fn activity_of(page: &str) -> Vec<String> {
    let (_, list) = page.split_once("id=\"account-activity\"").expect("a list");
    let list = list.split("</section>").next().expect("its end");
    let lines = list.split("<li><span>").skip(1).map(|line| line.split("</span>").next().expect("a line"));
    lines.map(|line| line.replace("<bdi>", "").replace("</bdi>", "")).collect()
}

#[test]
fn a_person_sees_what_happened() {
    let world = world();
    let browser = at_home(&world);
    assert_eq!(activity(&world, &browser), ["You signed in"]);
    assert_eq!(cost(&world), (1, 0), "read with the rest");
    world.pass(1);
    let stranger = Browser::default();
    for _ in 0..2 * PLACE_FAILURES {
        stranger.signs_in(&world, "ada", "wrong+horse", "198.51.100.1");
    }
    world.pass(1);
    let user = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": "Dr."}]});
    let ada = world.send(administration(Method::Get, "/scim/v2/Users", "")).json["Resources"][0]["id"].clone();
    let path = format!("/scim/v2/Users/{}", ada.as_str().expect("an id"));
    assert_eq!(world.send(administration(Method::Patch, &path, &user.to_string())).status, 200);
    world.pass(1);
    assert_eq!(change(&world, &browser, "correct+horse", NEW, NEW).status, 303);
    world.pass(1);
    post(&world, &browser, "action=disconnect&target=portal");
    let locked = "Sign-in was blocked temporarily after too many wrong passwords";
    let changed = ["You changed your password", "An administrator updated your details", locked, "You signed in"];
    // The change of the password opened a session, at the same moment.
    let seen = activity(&world, &browser);
    assert_eq!(
        seen.iter().filter(|line| *line != "You signed in").collect::<Vec<_>>(),
        changed[..3].iter().collect::<Vec<_>>()
    );
    assert_eq!(seen.last().map(String::as_str), Some("You signed in"));
}

#[test]
fn what_happened_before_the_latest_is_a_link_away() {
    let world = world();
    let browser = at_home(&world);
    for signed_in in 1..=7 {
        let page = look(&world, &browser).body;
        assert_eq!(activity_of(&page).len(), usize::min(signed_in, 5));
        let link = "<a id=\"activity-more\" href=\"/account?activity=all#account-activity\">";
        assert_eq!(page.contains(link), signed_in > 5);
        let all = browser.send(&world, Method::Get, "/account?activity=all", HOME, "").body;
        assert_eq!((activity_of(&all).len(), all.contains("activity-more")), (signed_in, false));
        world.pass(60);
        at_home(&world);
    }
}
