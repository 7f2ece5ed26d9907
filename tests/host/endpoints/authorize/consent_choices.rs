//! Scopes that a user can decline one by one: what is granted is what was ticked, here and in every later answer.

use crate::support::browser::{Browser, world};
use crate::support::clients_platform::{Crash, client, id};
use crate::support::connected::{VERIFIER, basic, claims, scopes};
use crate::support::platform::{Answer, World, request};
use grantry::http::Method;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::Client;
use serde_json::Value;

const HOME: &str = "192.0.2.1";
const ASKED: &str = "openid+email+rooms.read+phone";

/// A tenant whose app leaves `optional` to the person, and Ada in a browser that is signed in.
fn at_home(optional: &str) -> (World, Browser) {
    let world = world();
    register(&world, "planner", optional);
    let browser = Browser::default();
    browser.signs_in(&world, "ada", "correct+horse", HOME);
    (world, browser)
}

/// Registers the app, or changes it.
fn register(world: &World, app: &str, optional: &str) {
    let everything = scopes("openid email phone rooms.read offline_access");
    let app = {
        let mut client = client(app, "Planner");
        client.registration.scopes = everything;
        client.registration.optional_scopes = scopes(optional);
        client
    };
    let known = world.clients.found(&app.id, Freshness::Now);
    match known {
        Some(_) => drop(world.clients.ask(world.clients.update(app.clone()))),
        None => drop(world.clients.register(app.clone())),
    }
    world.clients.ring(Crash::Never);
    world.clients.client_memory_is_lost();
    world.clients.found(&app.id, Freshness::Now).expect("registered");
}

fn authorize(world: &World, browser: &Browser, app: &str, more: &str) -> Answer {
    let path = format!(
        "/authorize?response_type=code&client_id={app}&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256{more}"
    );
    browser.send(world, Method::Get, &path, HOME, "")
}

/// The consent page of a request.
fn asked(world: &World, browser: &Browser, more: &str) -> Answer {
    let answer = authorize(world, browser, "planner", more);
    let location = answer.header("location").unwrap_or_else(|| panic!("{}", answer.body)).to_owned();
    assert!(location.starts_with("/consent?"), "{location}");
    browser.send(world, Method::Get, &location, HOME, "")
}

fn hidden<'a>(page: &'a Answer, name: &str) -> &'a str {
    let mark = format!("name=\"{name}\" value=\"");
    page.body.split_once(&mark).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_else(|| panic!("{}", page.body))
}

/// Allows with these boxes ticked.
fn allow(world: &World, browser: &Browser, page: &Answer, ticked: &[&str]) -> Answer {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for name in ["interaction", "ticket"] {
        form.append_pair(name, hidden(page, name));
    }
    form.append_pair("decision", "allow");
    for scope in ticked {
        form.append_pair(&format!("allow:{scope}"), "yes");
    }
    browser.send(world, Method::Post, "/consent", HOME, &form.finish())
}

/// A parameter of the answer to the app.
fn told(answer: &Answer, name: &str) -> Option<String> {
    let location = answer.header("location").unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
    let url = url::Url::parse(location).unwrap_or_else(|_| panic!("not to the app: {location}"));
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The tokens for the code of an answer.
fn redeemed(world: &World, answer: &Answer) -> Value {
    let code = told(answer, "code").unwrap_or_else(|| panic!("no code: {:?}", answer.header("location")));
    let form = format!(
        "grant_type=authorization_code&code={code}&code_verifier={VERIFIER}\
         &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback"
    );
    let basic = basic("planner");
    let headers = [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let tokens = world.send(request(Method::Post, "/token", &headers, &form));
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    tokens.json
}

fn boxes(page: &Answer) -> Vec<(&str, bool)> {
    let parts = page.body.split("name=\"allow:").skip(1);
    parts
        .map(|part| {
            (
                part.split('"').next().expect("a name"),
                part.split('>').next().is_some_and(|tag| tag.contains(" checked")),
            )
        })
        .collect()
}

// spec: RFC 6749 section 3.3 - the scope of the token is told where it is not what was asked for
// spec: OpenID Connect Core section 5.4 - a scope that was declined opens no claims
#[test]
fn what_is_granted_is_what_was_ticked() {
    let (world, browser) = at_home("email rooms.read");
    let page = asked(&world, &browser, &format!("&scope={ASKED}"));
    assert_eq!(boxes(&page), [("email", false), ("rooms.read", false)], "no box is ticked in advance");
    let answer = allow(&world, &browser, &page, &["rooms.read"]);
    assert_eq!(told(&answer, "scope").as_deref(), Some("openid rooms.read phone"));
    let tokens = redeemed(&world, &answer);
    assert_eq!(tokens["scope"], "openid rooms.read phone");
    assert_eq!(claims(&tokens["access_token"])["scope"], "openid rooms.read phone");
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let person = world.send(request(Method::Get, "/userinfo", &[("authorization", &bearer)], "")).json;
    assert!(person["sub"].is_string() && person["email"].is_null(), "{person}");
    let overview = browser.send(&world, Method::Get, "/account", HOME, "").body;
    assert!(overview.contains("See rooms") && !overview.contains("email address"), "the user sees what they allowed");
}

#[test]
fn a_declined_scope_is_not_asked_for_again_and_no_token_has_it() {
    let (world, browser) = at_home("email rooms.read");
    let request = format!("&scope={ASKED}");
    let page = asked(&world, &browser, &request);
    allow(&world, &browser, &page, &["email"]);
    for more in ["", "&prompt=none"] {
        let answer = authorize(&world, &browser, "planner", &[&request, more].concat());
        assert_eq!(redeemed(&world, &answer)["scope"], "openid email phone", "{more}");
    }
    let again = asked(&world, &browser, &[&request, "&prompt=consent"].concat());
    assert_eq!(boxes(&again), [("email", true), ("rooms.read", false)], "as the user left them");
    assert!(!again.body.contains("badge fresh"), "a scope that the user declined is not new");
    let answer = allow(&world, &browser, &again, &["rooms.read"]);
    assert_eq!(redeemed(&world, &answer)["scope"], "openid rooms.read phone");
    let with_more = [&request, "+offline_access"].concat();
    assert!(asked(&world, &browser, &with_more).body.contains("badge fresh"), "what is new is asked for");
    register(&world, "planner", "rooms.read");
    assert_eq!(boxes(&asked(&world, &browser, &request)).len(), 1, "what the app needs now is asked for again");
}

/// A form allows what its page could allow, and nothing beside it.
// spec: RFC 9700 section 4.16 - a forged tick allows nothing that was not offered
#[test]
fn a_forged_tick_changes_nothing() {
    let (world, browser) = at_home("rooms.read");
    let page = asked(&world, &browser, "&scope=openid+rooms.read");
    let forged = ["email", "phone", "offline_access", "openid", "clients", ""];
    let answer = allow(&world, &browser, &page, &forged);
    assert_eq!(redeemed(&world, &answer)["scope"], "openid");
    let page = asked(&world, &browser, &format!("&scope={ASKED}"));
    register(&world, "planner", "rooms.read email");
    let shown = allow(&world, &browser, &page, &["rooms.read"]);
    assert_eq!(shown.status, 200, "what can be declined has changed: the page is shown again");
    assert_eq!(boxes(&shown).len(), 2);
}

// spec: RFC 6749 section 4.1.2.1 - where nothing is left of the request, it was denied
#[test]
fn a_user_who_ticks_no_usable_scope_has_denied() {
    let (world, browser) = at_home("rooms.read");
    let page = asked(&world, &browser, "&scope=rooms.read");
    let answer = allow(&world, &browser, &page, &[]);
    assert_eq!(told(&answer, "error").as_deref(), Some("access_denied"));
    assert_eq!(
        authorize(&world, &browser, "planner", "&scope=rooms.read")
            .header("location")
            .map(|to| to.starts_with("/consent?")),
        Some(true),
        "nothing was recorded"
    );
    // What is left must be about the resource that is asked for.
    let page = asked(&world, &browser, "&scope=rooms.read+phone&resource=https%3A%2F%2Fapi.example.com");
    let answer = allow(&world, &browser, &page, &[]);
    assert_eq!(told(&answer, "error").as_deref(), Some("access_denied"));
}

#[test]
fn a_claim_by_name_is_declined_with_the_scope_that_opens_it() {
    let (world, browser) = at_home("email");
    let request = "&scope=openid&claims=%7B%22id_token%22%3A%7B%22email%22%3Anull%7D%7D";
    let page = asked(&world, &browser, request);
    assert_eq!(boxes(&page), [("email", false)]);
    let tokens = redeemed(&world, &allow(&world, &browser, &page, &[]));
    assert!(claims(&tokens["id_token"])["email"].is_null());
    let tokens = redeemed(&world, &authorize(&world, &browser, "planner", request));
    assert!(claims(&tokens["id_token"])["email"].is_null(), "nor later");
    let page = asked(&world, &browser, &[request, "&prompt=consent"].concat());
    let tokens = redeemed(&world, &allow(&world, &browser, &page, &["email"]));
    assert_eq!(claims(&tokens["id_token"])["email"], "ada@example.com");
}

#[test]
fn clients_of_before_have_nothing_optional() {
    let json = serde_json::to_value(client("planner", "Planner")).expect("JSON");
    assert!(json.get("optional_scopes").is_none());
    let again: Client = serde_json::from_value(json).expect("a client");
    assert!(again.registration.optional_scopes.is_empty() && again.id == id("planner"));
}
