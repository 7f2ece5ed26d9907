//! Attacks with a cookie that was stolen, an older one of the same browser, and a full one: a demand for a new sign-in is met
//! by a password alone.

use crate::support::browser::{Browser, world};
use crate::support::platform::{Answer, World, administration};
use grantry::http::Method;
use grantry::lifetimes::INTERACTION;
use serde_json::json;

const HOME: &str = "192.0.2.1";

/// The same cookies in other hands.
fn copy(browser: &Browser) -> Browser {
    Browser(browser.0.clone())
}

fn get(world: &World, browser: &Browser, path: &str) -> Answer {
    browser.send(world, Method::Get, path, HOME, "")
}

fn authorize(world: &World, browser: &Browser, more: &str) -> String {
    let path = format!(
        "/authorize?response_type=code&client_id=portal&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&scope=openid\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256{more}"
    );
    leads_to(&get(world, browser, &path)).to_owned()
}

/// Posts a form of the account page.
fn post(world: &World, browser: &Browser, form: &str) -> Answer {
    copy(browser).send(world, Method::Post, "/account", HOME, form)
}

/// The user that the forms of the account page name; nobody where no page is shown.
fn user(world: &World, browser: &Browser) -> String {
    let page = get(world, &copy(browser), "/account").body;
    let named = page.split_once("name=\"user\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    named.unwrap_or_default().to_owned()
}

fn leads_to(answer: &Answer) -> &str {
    answer.header("location").unwrap_or_else(|| panic!("{} {}", answer.status, answer.body))
}

fn interaction(location: &str) -> &str {
    location.split_once("interaction=").unwrap_or_else(|| panic!("{location}")).1.split('&').next().unwrap_or_default()
}

fn is_login_form(answer: &Answer) -> bool {
    answer.status == 200 && answer.body.contains("id=\"login-form\"")
}

/// The browser of Ada, who signed in a minute ago, and its cookies before that.
fn signed_in(world: &World) -> (Browser, Browser) {
    let browser = Browser::default();
    authorize(world, &browser, "");
    let older = copy(&browser);
    assert_eq!(browser.signs_in(world, "ada", "correct+horse", HOME).status, 303);
    world.pass(60);
    (browser, older)
}

/// Fills the cookie with five other users.
fn filled(world: &World, browser: &Browser) -> Browser {
    let full = copy(browser);
    for number in 0..5 {
        let name = format!("user{number}");
        let person = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "password": "correct horse"});
        assert_eq!(world.send(administration(Method::Post, "/scim/v2/Users", &person.to_string())).status, 201);
        assert_eq!(full.signs_in(world, &name, "correct+horse", HOME).status, 303);
    }
    full
}

/// The browser whose cookie was stolen, and the one that a request begins in.
fn beginning(world: &World, begins_with: &str) -> (Browser, Browser) {
    let (stolen, older) = signed_in(world);
    let begins = match begins_with {
        "older" => older,
        "full" => filled(world, &stolen),
        _ => copy(&stolen),
    };
    (stolen, begins)
}

// spec: OpenID Connect Core section 3.1.2.1 - prompt=login and max_age=0 take a sign-in after the request, not a session that its
// cookie did not hold
#[test]
fn attack_a_stolen_cookie_an_older_one_and_a_full_one_meet_no_demand_for_a_new_sign_in() {
    for begins_with in ["stolen", "older", "full"] {
        let world = world();
        let (stolen, begins) = beginning(&world, begins_with);
        world.pass(60);
        for demand in ["&prompt=login", "&max_age=0", "&prompt=login&max_age=3600"] {
            let begun = authorize(&world, &copy(&begins), demand);
            assert!(begun.starts_with("/login?"), "{begins_with} {demand}: {begun}");
            let sealed = interaction(&begun);
            for step in ["/authorize", "/consent", "/login"] {
                let answer = get(&world, &copy(&stolen), &format!("{step}?interaction={sealed}"));
                if step == "/login" {
                    assert!(is_login_form(&answer), "{begins_with} {demand} {step}: {}", answer.body);
                } else {
                    assert!(leads_to(&answer).starts_with("/login?"), "{begins_with} {demand} {step}");
                }
            }
        }
    }
}

// spec: OpenID Connect Core section 3.1.2.1 - a password meets the demand, whatever the cookie held
#[test]
fn a_password_meets_the_demand() {
    let world = world();
    let (browser, _) = signed_in(&world);
    for demand in ["&prompt=login", "&max_age=0"] {
        let begun = authorize(&world, &browser, demand);
        let form = format!("interaction={}&username=ada&password=correct+horse", interaction(&begun));
        let onwards = browser.send(&world, Method::Post, "/login", HOME, &form);
        let consent = get(&world, &browser, leads_to(&onwards));
        assert!(consent.body.contains("id=\"consent-form\""), "{demand}: {} {}", consent.status, consent.body);
    }
}

// spec: Invariant 7 - nor does any of them change an account
#[test]
fn attack_a_stolen_cookie_an_older_one_and_a_full_one_change_no_account() {
    for begins_with in ["stolen", "older", "full"] {
        let world = world();
        let (stolen, begins) = beginning(&world, begins_with);
        let user = user(&world, &stolen);
        world.pass(15 * 60);
        let passwords = "current-password=correct+horse&new-password=another+horse&new-password-again=another+horse";
        let change = ["change-password&", passwords].concat();
        for action in ["sign-out-everywhere", "delete-account&username=ada", &change] {
            let begun = post(&world, &begins, &["action=sign-in-again&user=", &self::user(&world, &begins)].concat());
            assert!(leads_to(&begun).starts_with("/login?"), "{begins_with}: {}", leads_to(&begun));
            let form = get(&world, &copy(&stolen), leads_to(&begun));
            assert!(begins_with == "older" || is_login_form(&form), "{begins_with}: {} {}", form.status, form.body);
            let refused = post(&world, &stolen, &format!("action={action}&user={user}"));
            assert!(leads_to(&refused).starts_with("/login?"), "{begins_with} {action}: {}", leads_to(&refused));
        }
        assert_eq!(Browser::default().signs_in(&world, "ada", "correct+horse", HOME).status, 303, "{begins_with}");
    }
}

// spec: OpenID Connect RP-Initiated Logout section 2 - a session that no cookie holds any more cannot be signed out of: it ends
#[test]
fn a_session_that_leaves_the_cookie_as_the_sixth_ends() {
    let world = world();
    let (stolen, _) = signed_in(&world);
    assert_eq!(get(&world, &copy(&stolen), "/account").status, 200);
    let full = filled(&world, &stolen);
    assert!(leads_to(&get(&world, &copy(&stolen), "/account")).starts_with("/login?"), "the session has ended");
    assert_eq!(get(&world, &full, "/account").status, 200, "those that the cookie holds go on");
}

// spec: OAuth 2.1 section 7.13 - what waits for a user waits for half an hour, however many steps they take
#[test]
fn the_time_of_an_interaction_begins_once() {
    let world = world();
    let browser = Browser::default();
    let half = i64::from(INTERACTION.get()) / 2;
    let begun = authorize(&world, &browser, "");
    world.pass(half);
    let page = get(&world, &browser, &begun);
    let form = page.body.split_once("name=\"interaction\" value=\"").expect("a form").1;
    let sealed = form.split('"').next().expect("a value");
    let form = format!("interaction={sealed}&username=ada&password=correct+horse");
    let onwards = browser.send(&world, Method::Post, "/login", HOME, &form);
    world.pass(half - 1);
    let consent = get(&world, &browser, leads_to(&onwards));
    assert!(consent.body.contains("id=\"consent-form\""), "{} {}", consent.status, consent.body);
    world.pass(1);
    let late = get(&world, &browser, leads_to(&onwards));
    assert_eq!(late.status, 400, "{}", late.body);
    assert!(late.body.contains("/authorize?interaction="), "the user can start again");
}
