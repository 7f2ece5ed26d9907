//! What may be issued and told, judged without a server: the tables of docs/tokens.md, row by row, and what is left of a token
//! that was issued before.

use std::fs;

use crate::support::api::api;
use crate::support::clients_platform::client as registered;
use crate::support::connected::scopes;
use grantry::base::Seconds;
use grantry::oauth::api::Api;
use grantry::oauth::client::{Client, GrantType, Voucher};
use grantry::oauth::person::claims::ClaimCatalogue;
use grantry::oauth::request::claims_request::AskedClaims;
use grantry::oauth::token::entitlement::{Claimed, Entitlement, Granted, NotEntitled, Realm, Rights};
use serde_json::json;

const ISSUER: &str = "https://auth.example.com";

/// The APIs of the tables. `files` and `photos` share tokens; `open` is open to clients that register themselves.
fn apis() -> Vec<Api> {
    [
        r#"{"audience":"https://notes.example","scopes":{"notes.read":"See notes","notes.write":"Change notes"},"access_token_lifetime":600}"#,
        r#"{"audience":"https://mail.example","scopes":{"mail.read":"See mail"}}"#,
        r#"{"audience":"https://files.example","scopes":{"files.read":"See files"},"shares_tokens":true}"#,
        r#"{"audience":"https://photos.example","scopes":{"photos.read":"See photos"},"shares_tokens":true}"#,
        r#"{"audience":"https://open.example","scopes":{"open.read":"See what is open"},"self_registered_clients":true}"#,
    ]
    .map(api)
    .to_vec()
}

/// What an audience is called in the tables.
fn audience(name: &str) -> String {
    if name == "issuer" { ISSUER.to_owned() } else { format!("https://{name}.example") }
}

fn client(may: &str) -> Client {
    let mut client = registered("app", "App");
    client.registration.scopes = scopes(may);
    client
}

fn run<T>(client: &Client, apis: &[Api], test: impl FnOnce(Rights<'_>) -> T) -> T {
    let claims = ClaimCatalogue::default();
    test(Rights::of(client, Realm { issuer: ISSUER, apis, claims: &claims }))
}

/// `aud` and `scope` of a token, as the tables write them.
fn shown(entitlement: &Entitlement<'_>) -> (String, String) {
    let name = |audience: &str| match audience {
        ISSUER => "issuer".to_owned(),
        api => api.trim_start_matches("https://").trim_end_matches(".example").to_owned(),
    };
    let audience = serde_json::to_value(entitlement.audience()).expect("JSON");
    let names = match audience.as_array() {
        None => name(audience.as_str().expect("one audience")),
        Some(several) => several.iter().map(|one| name(one.as_str().expect("a text"))).collect::<Vec<_>>().join(", "),
    };
    (names, entitlement.scopes().to_string())
}

/// The rows of the table in docs/tokens.md that has this header, as texts without their marks.
fn rows(header: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string("docs/tokens.md").expect("the page");
    let (_, table) = page.split_once(header).expect("the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cell = |cell: &str| cell.trim().replace('`', "");
    let rows: Vec<Vec<String>> = rows.map(|row| row.trim_matches('|').split('|').map(cell).collect()).collect();
    assert!(rows.len() >= 8, "{header}");
    rows
}

fn names(cell: &str) -> Vec<String> {
    cell.split(", ").filter(|name| !name.is_empty()).map(audience).collect()
}

fn outcome(found: Result<(String, String), (&str, NotEntitled)>) -> (String, String) {
    found.unwrap_or_else(|(place, refusal)| (format!("{} at {place}", refusal.error().code()), String::new()))
}

// spec: RFC 8707 section 2 - a resource limits what the token is for, and one that nothing was asked of is invalid_target
// spec: RFC 9068 section 3 - an audience is an API that the token has a scope of
// spec: RFC 9700 section 2.3 - a token is for one API
#[test]
fn tokens_for_a_user_are_what_the_documentation_says() {
    let apis = apis();
    let header = "| requested `scope` | `resource` at `/authorize` | allowed | the client has now | `resource` at `/token` | `aud` | `scope` |";
    for row in rows(header) {
        let [asked, at_authorize, allowed, now, at_token, audience, scope] =
            <&[String; 7]>::try_from(row.as_slice()).expect("seven cells");
        let or_all = |cell: &String| scopes(if cell == "all" { asked } else { cell });
        let grantable = run(&client(asked), &apis, |rights| {
            rights.grantable(&scopes(asked), names(at_authorize).iter().map(String::as_str))
        });
        let found = grantable.map_err(|refusal| ("/authorize", refusal)).and_then(|grantable| {
            let granted = grantable.granted(&or_all(allowed));
            run(&client(&or_all(now).to_string()), &apis, |rights| {
                let founded = granted.within(rights);
                let resources = names(at_token);
                let resources = || resources.iter().map(String::as_str);
                let of_code = rights.of_grant(&founded, None, resources());
                let of_refresh = rights.of_grant(&granted, None, resources());
                let shown = of_code.map(|entitlement| shown(&entitlement));
                assert_eq!(shown, of_refresh.map(|entitlement| super::entitlement::shown(&entitlement)), "{row:?}");
                shown.map_err(|refusal| ("/token", refusal))
            })
        });
        assert_eq!(outcome(found), (audience.clone(), scope.clone()), "{row:?}");
    }
}

// spec: RFC 6749 section 4.4 - a client in its own name gets no more than it is registered for
#[test]
fn tokens_of_a_client_itself_are_what_the_documentation_says() {
    let apis = apis();
    for row in rows("| the client has | requested `scope` | `resource` | `aud` | `scope` |") {
        let [has, asked, resource, audience, scope] = <&[String; 5]>::try_from(row.as_slice()).expect("five cells");
        let asked = (!asked.is_empty()).then(|| scopes(asked));
        let found = run(&client(has), &apis, |rights| {
            let entitlement = rights.of_client(asked.as_ref(), names(resource).iter().map(String::as_str));
            entitlement.map(|entitlement| shown(&entitlement)).map_err(|refusal| ("/token", refusal))
        });
        assert_eq!(outcome(found), (audience.clone(), scope.clone()), "{row:?}");
    }
}

#[test]
fn a_refusal_names_the_apis_and_never_more_than_it_may_quote() {
    let long = format!("https://{}.example", "x".repeat(80));
    let mut apis = apis();
    apis.push(api(&format!(r#"{{"audience":"{long}","scopes":{{"long.read":"See it"}}}}"#)));
    let of = |may: &str| {
        run(&client(may), &apis, |rights| rights.grantable(&scopes(may), std::iter::empty()))
            .expect_err("several APIs")
            .to_string()
    };
    assert_eq!(
        of("notes.read mail.read"),
        "A token is for one API. Name the API as resource: https://notes.example, https://mail.example."
    );
    assert_eq!(of("notes.read long.read"), "A token is for one API. Name the API as resource: https://notes.example.");
}

/// A client for which nobody vouches, and one that the administrator approved.
#[test]
fn attack_a_client_that_registered_itself_keeps_an_api_that_was_closed_since() {
    let granted =
        Granted { scopes: scopes("openid open.read notes.read"), apis: vec![audience("open"), audience("notes")] };
    for (voucher, closed, expected) in [
        (Voucher::Nobody, false, "openid open.read"),
        (Voucher::Nobody, true, "openid"),
        (Voucher::Developer, true, "openid open.read"),
        (Voucher::Administrator, true, "openid open.read"),
    ] {
        let mut apis = apis();
        for api in &mut apis {
            api.is_open &= !closed;
        }
        let client = Client { voucher, ..client("openid open.read notes.read") };
        run(&client, &apis, |rights| {
            let entitlement = rights.of_grant(&granted, None, std::iter::empty()).expect("something is left");
            assert_eq!(entitlement.scopes().to_string(), expected, "{voucher:?} {closed}");
            let audiences = vec![audience("open"), ISSUER.to_owned()];
            let claimed = Claimed::new(audiences, scopes("openid open.read"), false);
            let left = rights.of_token(&claimed).expect("something is left");
            assert_eq!(left.scopes().to_string(), expected, "{voucher:?} {closed}: told of a token");
            assert_eq!(left.at(|api| api.audience == audience("open")).is_some(), expected.contains("open.read"));
            let only = rights.of_client(Some(&scopes("open.read")), std::iter::empty());
            assert_eq!(only.is_ok(), expected.contains("open.read"), "{voucher:?} {closed}: in its own name");
        });
    }
}

#[test]
fn one_scope_of_administration_is_enough_to_administer() {
    for (may, administers) in
        [("openid email notes.read", false), ("people:read", true), ("openid notes.read people:write", true)]
    {
        let claimed = Claimed::new(vec![audience("issuer")], scopes(may), true);
        assert_eq!(claimed.administers(), administers, "{may}");
    }
}

#[test]
fn what_is_left_of_a_token_follows_what_its_client_has_now() {
    let apis = apis();
    let notes = audience("notes");
    let claimed = |audiences: &[&str], may: &str| {
        Claimed::new(audiences.iter().map(|name| audience(name)).collect(), scopes(may), false)
    };
    for (token, has, left) in [
        (
            claimed(&["notes", "issuer"], "openid email notes.read"),
            "openid email notes.read",
            Some(("notes, issuer", "openid email notes.read")),
        ),
        (claimed(&["notes", "issuer"], "openid email notes.read"), "openid email", Some(("issuer", "openid email"))),
        (claimed(&["notes", "issuer"], "openid email notes.read"), "email notes.read", Some(("notes", "notes.read"))),
        (
            claimed(&["notes", "mail"], "notes.read mail.read"),
            "notes.read mail.read",
            Some(("notes, mail", "notes.read mail.read")),
        ),
        (claimed(&["notes"], "notes.read"), "notes.write", None),
        (claimed(&["notes"], "mail.read"), "mail.read", None),
        (claimed(&["issuer"], "people:read"), "people:read", Some(("issuer", "people:read"))),
        (claimed(&["issuer"], "people:read"), "people:write", None),
        (
            claimed(&["notes", "issuer"], "people:read notes.read"),
            "people:read notes.read",
            Some(("notes, issuer", "notes.read")),
        ),
        (claimed(&["issuer"], "offline_access"), "offline_access", None),
        (claimed(&["gone"], "gone.read"), "gone.read", None),
    ] {
        let found = run(&client(has), &apis, |rights| rights.of_token(&token).as_ref().map(shown));
        let expected = left.map(|(audience, scope)| (audience.to_owned(), scope.to_owned()));
        assert_eq!(found, expected, "{token:?} {has}");
    }
    for (grant_types, is_left) in [
        (vec![GrantType::ClientCredentials], true),
        (vec![GrantType::AuthorizationCode, GrantType::RefreshToken], false),
    ] {
        let mut client = client("notes.read");
        client.registration.grant_types = grant_types;
        let own = Claimed::new(vec![audience("notes")], scopes("notes.read"), true);
        let left = run(&client, &apis, |rights| rights.of_token(&own).is_some());
        assert_eq!(left, is_left, "a token that the client got in its own name");
    }
    let person = json!({"email": "ada@example.com", "name": "Ada"});
    let person = person.as_object().expect("an object");
    let asked = AskedClaims { id_token: vec!["email".to_owned()], userinfo: vec!["name".to_owned()] };
    for (has, of_id_token, of_userinfo) in [
        ("openid email profile", json!({"email": "ada@example.com"}), json!({"sub": "u", "name": "Ada"})),
        ("openid email", json!({"email": "ada@example.com"}), json!({"sub": "u"})),
        ("openid", json!({}), json!({"sub": "u"})),
    ] {
        run(&client(has), &apis, |rights| {
            let entitlement = rights.of_token(&claimed(&["issuer"], "openid")).expect("openid is left");
            assert_eq!(json!(entitlement.of_id_token(person, &asked)), of_id_token, "{has}");
            assert_eq!(json!(entitlement.of_userinfo("u", person, &asked)), of_userinfo, "{has}");
        });
    }
    let granted = Granted { scopes: scopes("notes.read"), apis: vec![notes] };
    run(&client("notes.read"), &apis, |rights| {
        assert_eq!(rights.longest_lifetime(&granted).get(), 600);
        let lifetime = rights.of_grant(&granted, None, std::iter::empty()).expect("granted").lifetime();
        assert_eq!(lifetime.get(), 600);
    });
}

/// The text that names the APIs has 100 characters at most, and so many it may have.
#[test]
fn a_refusal_quotes_as_much_as_it_may() {
    for (length, is_quoted) in [(75, true), (76, false)] {
        let long = format!("https://{}", "x".repeat(length - "https://".len()));
        let mut apis = apis();
        apis.push(api(&format!(r#"{{"audience":"{long}","scopes":{{"long.read":"See it"}}}}"#)));
        let asked = scopes("notes.read long.read");
        let refused =
            run(&client("notes.read long.read"), &apis, |rights| rights.grantable(&asked, std::iter::empty()));
        let quoted =
            if is_quoted { format!(": https://notes.example, {long}") } else { ": https://notes.example".to_owned() };
        assert!(quoted.len() <= 100);
        assert_eq!(refused, Err(NotEntitled::Several(quoted)), "{length}");
    }
}

#[test]
fn what_can_be_granted_says_what_the_user_has_to_allow() {
    let apis = apis();
    for (asked, resource, to_allow, only_api) in [
        ("openid email", "", "openid email", None),
        ("openid notes.read", "", "openid notes.read", Some("notes")),
        ("openid notes.read offline_access", "notes", "openid notes.read offline_access", Some("notes")),
        ("files.read photos.read", "", "files.read photos.read", None),
        ("notes.read mail.read", "mail", "mail.read", Some("mail")),
    ] {
        let resources = names(resource);
        let grantable = run(&client(asked), &apis, |rights| {
            rights.grantable(&scopes(asked), resources.iter().map(String::as_str)).expect("grantable")
        });
        assert_eq!(grantable.scopes().to_string(), scopes(to_allow).to_string(), "{asked}");
        assert_eq!(grantable.only_api(), only_api.map(audience).as_deref(), "{asked}");
    }
    let asked = scopes("notes.read offline_access");
    let grantable =
        run(&client("notes.read offline_access"), &apis, |rights| rights.grantable(&asked, std::iter::empty()));
    let grantable = grantable.expect("grantable");
    for (allowed, is_of_use) in [
        ("notes.read", true),
        ("notes.read mail.read", true),
        ("offline_access", false),
        ("mail.read", false),
        ("", false),
    ] {
        assert_eq!(grantable.is_of_use_with(&scopes(allowed)), is_of_use, "{allowed}");
    }
}

#[test]
fn a_request_for_tokens_names_apis_of_the_grant_and_ourselves() {
    let apis = apis();
    let granted =
        |may: &str, of: &[&str]| Granted { scopes: scopes(may), apis: of.iter().map(|name| audience(name)).collect() };
    run(&client("openid notes.read mail.read files.read photos.read"), &apis, |rights| {
        for (resource, may_name) in [
            ("", true),
            ("notes", true),
            ("mail", true),
            ("issuer", true),
            ("notes, issuer", true),
            ("files", false),
            ("notes, files", false),
        ] {
            let resources = names(resource);
            let known = [audience("notes"), audience("mail")];
            let expected = if may_name { Ok(()) } else { Err(NotEntitled::Resource) };
            assert_eq!(rights.may_name(&known, resources.iter().map(String::as_str)), expected, "{resource}");
        }
        for (granted, narrows) in [
            (granted("openid notes.read", &["notes"]), false),
            (granted("notes.read mail.read", &["notes", "mail"]), true),
            (granted("notes.read mail.read", &[]), true),
            (granted("files.read photos.read", &["files", "photos"]), false),
            (granted("notes.read files.read", &["notes", "files"]), true),
            (granted("notes.read open.read", &["notes", "open"]), false),
        ] {
            assert_eq!(rights.narrows(&granted), narrows, "{granted:?}");
        }
    });
}

#[test]
fn a_family_is_founded_on_what_the_client_may_still_have_of_the_grant() {
    let apis = apis();
    let granted =
        |may: &str, of: &[&str]| Granted { scopes: scopes(may), apis: of.iter().map(|name| audience(name)).collect() };
    for (may, of, has, left, left_apis) in [
        (
            "openid notes.read mail.read",
            &["mail", "notes"][..],
            "openid notes.read",
            "openid notes.read",
            &["notes"][..],
        ),
        (
            "notes.read mail.read",
            &["mail", "notes"],
            "notes.read mail.read",
            "notes.read mail.read",
            &["mail", "notes"],
        ),
        // The scope of an API that was not granted, as after a scope moved to another API.
        ("openid notes.read mail.read", &["notes"], "openid notes.read mail.read", "openid notes.read", &["notes"]),
        ("openid notes.read", &["notes"], "openid", "openid", &[]),
        // A code of an earlier release names no APIs.
        ("notes.read mail.read", &[], "notes.read mail.read", "notes.read mail.read", &["notes", "mail"]),
    ] {
        let found = run(&client(has), &apis, |rights| granted(may, of).within(rights));
        assert_eq!(found, granted(left, left_apis), "{may} {of:?} {has}");
    }
}

// spec: RFC 7662 section 4 - a resource server is told of a token only what is for it
#[test]
fn an_api_is_told_its_part_of_a_token() {
    let apis = apis();
    let may = "openid email files.read photos.read";
    run(&client(may), &apis, |rights| {
        let claimed = Claimed::new(vec![audience("files"), audience("photos"), ISSUER.to_owned()], scopes(may), false);
        let all = rights.of_token(&claimed).expect("all of it");
        let at = |served: &[&str]| {
            let served: Vec<String> = served.iter().map(|name| audience(name)).collect();
            all.at(|api| served.contains(&api.audience)).as_ref().map(shown)
        };
        let part = |audience: &str, scope: &str| Some((audience.to_owned(), scope.to_owned()));
        assert_eq!(at(&["files"]), part("files", "files.read"));
        assert_eq!(at(&["photos", "notes"]), part("photos", "photos.read"));
        assert_eq!(at(&["files", "photos"]), part("files, photos", "files.read photos.read"));
        assert_eq!(at(&["notes"]), None);
        assert_eq!(at(&[]), None);
        assert!(all.is_for(&audience("files")) && all.is_for(ISSUER) && !all.is_for(&audience("notes")));
    });
}

// spec: OpenID Connect Core section 3.1.2.1 - only a token with openid tells who the user is
#[test]
fn a_token_identifies_the_user_with_openid_and_for_us_only() {
    let apis = apis();
    let may = "openid people:read notes.read";
    run(&client(may), &apis, |rights| {
        for (audiences, scope, identifies) in [
            (vec!["issuer"], "openid", true),
            (vec!["notes", "issuer"], "openid notes.read", true),
            (vec!["notes"], "openid notes.read", false),
            (vec!["issuer"], "people:read", false),
        ] {
            let claimed = Claimed::new(audiences.iter().map(|name| audience(name)).collect(), scopes(scope), false);
            let entitlement = rights.of_token(&claimed).expect("something is left");
            assert_eq!(entitlement.identifies(), identifies, "{audiences:?} {scope}");
        }
    });
}

#[test]
fn a_token_lives_as_long_as_each_of_its_audiences_and_the_client_allow() {
    let apis = apis();
    let granted =
        |may: &str, of: &[&str]| Granted { scopes: scopes(may), apis: of.iter().map(|name| audience(name)).collect() };
    let hour = 3_600;
    for (of_client, may, of, lifetime, longest) in [
        (None, "openid notes.read", &["notes"][..], 600, hour),
        (None, "notes.read", &["notes"], 600, 600),
        (None, "notes.read mail.read", &["notes", "mail"], 600, hour),
        (None, "mail.read", &["mail"], hour, hour),
        (Some(900), "mail.read", &["mail"], 900, 900),
        (Some(900), "notes.read", &["notes"], 600, 600),
        (Some(900), "openid", &[], 900, 900),
        (None, "openid", &[], hour, hour),
    ] {
        let mut client = client(may);
        client.registration.access_token_lifetime = of_client.map(Seconds::new);
        run(&client, &apis, |rights| {
            let granted = granted(may, of);
            let entitlement = rights.of_grant(&granted, None, std::iter::empty()).expect("granted");
            assert_eq!(entitlement.lifetime().get(), lifetime, "{of_client:?} {may}");
            assert_eq!(rights.longest_lifetime(&granted).get(), longest, "{of_client:?} {may}");
        });
    }
}
