//! The user's own page, with a clock: how recent the sign-in has to be for each action.

use std::collections::BTreeSet;

use crate::support::clients_platform::{ISSUER, id};
use crate::support::connected::Connected;
use crate::support::person::shown_face;
use crate::support::platform::{Answer, request, said, user_field};
use grantry::base::{GrantId, Seconds, SessionId};
use grantry::http::Method;
use grantry::oauth::client::FaceDigest;
use grantry::oauth::scope::Scopes;
use grantry::seal::Life;
use grantry::seal::browser::{Browser, BrowserId, SessionRef};
use grantry::store::account::{AddGrant, ReadSession};

const MINUTE: i64 = 60;

/// The cookie of a browser that is signed in.
fn cookie(home: &Connected) -> String {
    cookie_of(home, BrowserId([3; 16]), SessionRef { account: home.account, session: home.session })
}

fn cookie_of(home: &Connected, browser: BrowserId, at: SessionRef) -> String {
    let browser = Browser::new(browser).with_current(at);
    let life = Life { sealed_at: home.world.at(), expires_at: home.world.at().plus(Seconds::DAY) };
    let sealer = &home.world.clients.config.sealer;
    ["__Host-grantry=", &sealer.seal(&browser, life, home.world.clients.random()).expect("sealed")].concat()
}

fn look(home: &Connected, cookie: &str) -> Answer {
    home.get("/account", &[("cookie", cookie)])
}

/// Sends a form of the page as it is shown now.
fn act(home: &Connected, cookie: &str, body: &str) -> Answer {
    post(home, cookie, &[body, &user_field(&look(home, cookie))].concat())
}

fn post(home: &Connected, cookie: &str, body: &str) -> Answer {
    let headers = [("cookie", cookie), ("origin", ISSUER), ("content-type", "application/x-www-form-urlencoded")];
    let answer = home.world.send(request(Method::Post, "/account", &headers, body));
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer
}

/// What the page says after an action.
fn says(home: &Connected, cookie: &str, answer: &Answer) -> String {
    said(answer, "/account", |location| home.get(location, &[("cookie", cookie)]))
}

fn is_alive(home: &Connected, session: SessionId) -> bool {
    home.world.account(home.account, ReadSession { session }).is_ok()
}

/// A session in another browser.
fn elsewhere(home: &Connected) -> SessionId {
    home.world.sign_in(home.account, home.world.at().plus(Seconds::DAY))
}

// spec: Invariant 7 - signing out everywhere takes a sign-in of the last fifteen minutes
#[test]
fn an_old_session_does_not_sign_out_everywhere() {
    let home = Connected::new();
    let (cookie, other) = (cookie(&home), elsewhere(&home));
    home.world.pass(15 * MINUTE + 1);
    let answer = act(&home, &cookie, "action=sign-out-everywhere");
    let location = answer.header("location").expect("somewhere");
    assert!(location.starts_with("/login?interaction=gr_int_"), "{location}");
    assert!(is_alive(&home, home.session) && is_alive(&home, other), "nothing has ended");
    let login = home.get(location, &[("cookie", &cookie)]);
    assert_eq!(login.status, 200);
    assert!(
        login.body.contains("id=\"login-form\"") && login.body.contains("id=\"account-notice\""),
        "the user is asked"
    );
    assert_eq!(look(&home, &cookie).status, 200, "the session is recent enough to read the page");
}

#[test]
fn a_recent_session_signs_out_everywhere() {
    let home = Connected::new();
    let (cookie, other) = (cookie(&home), elsewhere(&home));
    home.world.pass(15 * MINUTE);
    let answer = act(&home, &cookie, "action=sign-out-everywhere");
    assert_eq!(home.cost(), (2, 1), "the proof, and the account's one row");
    let location = answer.header("location").expect("somewhere");
    assert!(location.starts_with("/account?notice=gr_nt_"), "{location}");
    assert!(!is_alive(&home, home.session) && !is_alive(&home, other));
    let again = look(&home, &cookie);
    assert!(again.header("location").expect("to the sign-in page").starts_with("/login?"));
}

#[test]
fn an_old_session_disconnects_an_app_and_ends_another() {
    let home = Connected::new();
    let app = home.app("planner", |app| app);
    let cookie = cookie(&home);
    let tokens = app.tokens("openid offline_access");
    let other = elsewhere(&home);
    home.world.pass(3_600);
    let page = look(&home, &cookie).body;
    let (_, sessions) = page.split_once("value=\"end-session\"").expect("a form");
    let (_, target) = sessions.split_once("name=\"target\" value=\"").expect("another browser");
    let target = target.split('"').next().expect("a value");
    let ended = act(&home, &cookie, &["action=end-session&target=", target].concat());
    assert!(says(&home, &cookie, &ended).contains("signed out of that browser"));
    assert!(!is_alive(&home, other) && is_alive(&home, home.session));
    let disconnected = act(&home, &cookie, "action=disconnect&target=planner");
    assert!(says(&home, &cookie, &disconnected).contains("has been disconnected"));
    let refused = app.refresh(tokens["refresh_token"].as_str().expect("a token"), &[]);
    assert_eq!((refused.status, &refused.json["error"]), (400, &"invalid_grant".into()));
}

// No link makes the page say that something was done
#[test]
fn attack_a_notice_in_a_link_says_nothing() {
    let home = Connected::new();
    let cookie = cookie(&home);
    let other = home.world.sign_in(home.account, home.world.at().plus(Seconds::DAY));
    let at = SessionRef { account: home.account, session: other };
    let theirs = cookie_of(&home, BrowserId([4; 16]), at);
    let shown = |path: &str| look_at(&home, path, &cookie).contains("account-notice");
    for name in ["password-changed", "signed-out-everywhere", "disconnected", "gr_nt_x"] {
        assert!(!shown(&format!("/account?notice={name}")), "{name}");
    }
    let elsewhere = act(&home, &theirs, "action=end-other-sessions");
    let link = elsewhere.header("location").expect("somewhere").to_owned();
    assert!(home.get(&link, &[("cookie", &theirs)]).body.contains("account-notice"), "true where it was done");
    let home = Connected::new();
    assert!(!look_at(&home, &link, &self::cookie(&home)).contains("account-notice"), "and in no other browser");
    let done = act(&home, &self::cookie(&home), "action=disconnect&target=planner");
    let path = done.header("location").expect("somewhere");
    home.world.pass(MINUTE);
    assert!(!look_at(&home, path, &self::cookie(&home)).contains("account-notice"), "and not for long");
}

// spec: Invariant 7 - a form of an old page does nothing to the user who is signed in since
#[test]
fn attack_a_form_of_an_old_page_changes_nothing_of_another_user() {
    let home = Connected::new();
    let app = home.app("planner", |app| app);
    let (cookie, other) = (cookie(&home), elsewhere(&home));
    let tokens = app.tokens("openid offline_access");
    for user in ["", "&user=", "&user=AAAAAAAAAAAAAAAAAAAAAA"] {
        for action in
            ["sign-out-everywhere", "end-other-sessions", "disconnect&target=planner", "delete-account&username=ada"]
        {
            let refused = post(&home, &cookie, &format!("action={action}{user}"));
            assert_eq!(home.cost().1, 0, "{action}");
            assert!(says(&home, &cookie, &refused).contains("belonged to another user"), "{action}");
        }
        let headers =
            [("cookie", cookie.as_str()), ("origin", ISSUER), ("content-type", "application/x-www-form-urlencoded")];
        let form = format!("action=disconnect&target=planner{user}");
        let refused = home.world.send(request(Method::Post, "/apps", &headers, &form));
        let look = |location: &str| home.get(location, &[("cookie", &cookie)]);
        assert!(said(&refused, "/apps?page=1", look).contains("belonged to another user"));
    }
    assert!(is_alive(&home, home.session) && is_alive(&home, other));
    assert_eq!(app.refresh(tokens["refresh_token"].as_str().expect("a token"), &[]).status, 200, "still connected");
}

/// Each page leads to the next and back to the first, and every app is on one of them.
#[test]
fn very_many_apps_come_page_by_page() {
    let home = Connected::new();
    let cookie = cookie(&home);
    for number in 0..50 {
        let grant = AddGrant {
            session: home.session,
            grant: GrantId::from_bytes(home.world.clients.random()),
            client: id(&format!("app-{number}")),
            face: FaceDigest::from_slice(&[1; 16]).expect("sixteen bytes"),
            shown: shown_face(),
            scopes: Scopes::parse("openid").expect("a scope"),
            declined: Scopes::default(),
            authenticated_since: None,
        };
        home.world.account(home.account, grant).expect("granted");
    }
    let (mut path, mut seen, mut pages) = ("/account".to_owned(), BTreeSet::new(), 0);
    loop {
        let page = look_at(&home, &path, &cookie);
        pages += 1;
        assert_eq!(page.contains("id=\"apps-first\" href=\"/account\""), pages > 1);
        let targets = page.split("id=\"disconnect-").skip(1).map(|button| {
            let (_, rest) = button.split_once("value=\"").expect("a value");
            rest.split('"').next().expect("a value").to_owned()
        });
        let targets: Vec<String> = targets.collect();
        assert!(targets.len() <= 10);
        seen.extend(targets);
        let Some((_, next)) = page.split_once("id=\"apps-more\" href=\"") else { break };
        path = next.split('"').next().expect("an address").to_owned();
        assert!(path.starts_with("/account?apps="), "{path}");
    }
    assert_eq!((seen.len(), pages), (50, 5));
    for odd in ["", "x", "AAAA", "%00", "%F0%9F"] {
        let answer = home.get(&["/account?apps=", odd].concat(), &[("cookie", &cookie)]);
        assert!([200, 400].contains(&answer.status), "{odd}: {}", answer.status);
    }
}

fn look_at(home: &Connected, path: &str, cookie: &str) -> String {
    let answer = home.get(path, &[("cookie", cookie)]);
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

#[test]
fn an_app_is_listed_whether_or_not_its_client_is_there() {
    let home = Connected::new();
    home.app("planner", |app| app);
    let page = look(&home, &cookie(&home));
    assert_eq!(home.cost(), (1, 0), "one call, and the client was known");
    assert!(page.body.contains("<bdi>planner</bdi>") && page.body.contains("See where you work"), "{}", page.body);
}
