//! Pairwise subjects: clients of two sectors cannot find out that two of their users are one.

use std::collections::BTreeSet;

use crate::support::clients_platform::ISSUER;
use crate::support::connected::{A, Connected, SUB, claims, text};
use grantry::oauth::client::Client;
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::settings::{SubjectType, Subjects};
use grantry::seal::code::Code;
use serde_json::{Value, json};

/// All texts of an answer, those inside its tokens included.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
            if text.split('.').count() == 3 && text.len() > 100 {
                texts(&claims(value), found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(members) => members.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

// spec: OpenID Connect Core section 8.1 - clients of two sectors cannot link a user by their answers
#[test]
fn answers_to_two_sectors_share_nothing_that_identifies_a_user() {
    let home = Connected::new();
    let pairwise = |host: &'static str| {
        move |mut client: Client| {
            let callback = format!("https://{host}/callback");
            client.registration.redirect_uris = vec![RedirectUri::parse(&callback).expect("a redirect URI")];
            client.registration.subjects = Subjects { kind: SubjectType::Pairwise, sector_identifier_uri: None };
            client
        }
    };
    let seen: Vec<BTreeSet<String>> = [("one", "one.example.com"), ("two", "two.example.com")]
        .into_iter()
        .map(|(id, host)| {
            let app = home.app(id, pairwise(host));
            let back_to_it = |code| Code { redirect_uri: format!("https://{host}/callback"), ..code };
            let answer = app.redeem(&app.code("openid offline_access a.read", back_to_it), &[]);
            assert_eq!(answer.status, 200, "{}", answer.body);
            let refreshed = app.refresh(text(&answer.json, "refresh_token"), &[]).json;
            let info = home.userinfo(text(&answer.json, "access_token")).json;
            let told = home.introspect("server-a", text(&answer.json, "access_token"));
            assert_eq!(told["active"], json!(true));
            let mut found = BTreeSet::new();
            for value in &[answer.json, refreshed, info, told] {
                texts(value, &mut found);
            }
            found
        })
        .collect();
    let common: BTreeSet<&str> = seen[0].intersection(&seen[1]).map(String::as_str).collect();
    let of_everybody = [ISSUER, A, "Bearer", "a nonce"];
    let telling: Vec<&&str> = common
        .iter()
        .filter(|text| !of_everybody.contains(text) && text.split(' ').any(|word| !scopes_of_all().contains(&word)))
        .collect();
    assert_eq!(telling, Vec::<&&str>::new());
    assert!(seen.iter().all(|texts| texts.iter().all(|text| text != SUB)));
}

fn scopes_of_all() -> [&'static str; 3] {
    ["openid", "offline_access", "a.read"]
}
