//! Configuration: all problems at once, each by its name, never with a value.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::clients_platform::{self, ISSUER};
use grantry::base::UnixTime;
use grantry::base::encoding::base64url;
use grantry::config::Config;

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn names(vars: &[(&str, &str)]) -> Vec<String> {
    let vars: BTreeMap<String, String> =
        vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let problems = Config::parse(&vars, NOW).err().unwrap_or_default();
    for problem in &problems {
        for value in vars.values().filter(|value| value.len() > 4) {
            assert!(!problem.what.contains(value), "{} tells its value", problem.name);
        }
    }
    problems.into_iter().map(|problem| problem.name).collect()
}

#[test]
fn everything_that_is_missing_is_named() {
    let required = ["ISSUER", "MASTER_KEYS", "SUBJECT_KEY", "SIGNING_KEYS", "ADMIN_TOKEN"];
    assert_eq!(names(&[]), required);
    assert_eq!(names(&required.map(|name| (name, ""))), required);
}

// spec: Invariant 9 - a problem of the configuration names the variable and never its value
#[test]
fn everything_that_is_malformed_is_named() {
    let later = format!(r#"[{{"kid":"00000001","key":"{}","seals_from":1800000001}}]"#, base64url(&[1; 32]));
    let long = "x".repeat(5_121);
    let found = names(&[
        ("ISSUER", "https://auth.example.com/"),
        ("MASTER_KEYS", &later),
        ("SUBJECT_KEY", "c2hvcnQ"),
        ("SIGNING_KEYS", r#"{"keys":[]}"#),
        ("SIGNING_KEYS_NEXT", "{"),
        ("SIGNING_KEYS_PREVIOUS", r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#),
        ("ADMIN_TOKEN", "password"),
        ("ALIAS_AUTHORIZE", "/connect/token"),
        ("BRAND_ACCENT", "red;}"),
        ("BRAND_LOGO", "https://evil.example/logo.svg"),
        ("SUPPORT_URL", "mailto:help@example.com"),
        ("RECOVERY_URL", "http://example.com/recover"),
        ("PRIVACY_URL", "/privacy"),
        ("TERMS_URL", "javascript:alert(1)"),
        ("CLIENT_ID_METADATA_DOCUMENTS", "true"),
        ("DYNAMIC_REGISTRATION", "everybody"),
        ("OUTBOUND_EXCEPTIONS", "http://127.0.0.1:1234 *.example.com"),
        ("API_A", r#"{"audience":"https://a.example","scopes":{"a":"See a"}}"#),
        ("API_B", r#"{"audience":"https://a.example","scopes":{"b":"See b"}}"#),
        ("API_C", r#"{"audience":"https://c.example","scopes":{"a":"See a"}}"#),
        ("API_D", &long),
        ("API_E", r#"{"audience":"https://e.example","scopes":{"e":"See e"},"facade":"hotel"}"#),
        ("API_F", r#"{"audience":"https://f.example","scopes":{"f":"See f"},"facade":"hotel"}"#),
        ("API_G", r#"{"audience":"https://g.example","scopes":{"g":"See g"},"facade":"connect"}"#),
        ("API_H", r#"{"audience":"https://h.example","scopes":{"h":"See h"},"facade":"login"}"#),
        ("CLAIMS_A", r#"{"scope":"acme","sentence":"See where you work","claims":{"dept":"department"}}"#),
        ("CLAIMS_B", r#"{"scope":"acme","sentence":"See where you work","claims":{"title":"title"}}"#),
        ("CLAIMS_C", r#"{"scope":"profile","claims":{"dept":"title"}}"#),
        ("CLAIMS_D", r#"{"scope":"a","sentence":"See a","claims":{"x":"title"}}"#),
        ("CLAIMS_E", r#"{"scope":"profile","claims":{"sub":"externalId"}}"#),
    ]);
    let mut expected = vec![
        "ISSUER",
        "MASTER_KEYS",
        "SUBJECT_KEY",
        "SIGNING_KEYS",
        "SIGNING_KEYS_NEXT",
        "SIGNING_KEYS_PREVIOUS",
        "ADMIN_TOKEN",
        "BRAND_LOGO",
        "BRAND_ACCENT",
        "SUPPORT_URL",
        "RECOVERY_URL",
        "PRIVACY_URL",
        "TERMS_URL",
    ];
    expected.extend(["ALIAS_TOKEN", "API_B", "API_C", "API_D", "API_F", "API_G", "API_H"]);
    expected.extend(["CLAIMS_B", "CLAIMS_C", "CLAIMS_D", "CLAIMS_E"]);
    expected.extend(["DYNAMIC_REGISTRATION", "CLIENT_ID_METADATA_DOCUMENTS", "OUTBOUND_EXCEPTIONS"]);
    assert_eq!(found, expected);
}

#[test]
fn an_api_may_be_spread_over_several_vars() {
    let found = names(&[
        ("API_A", r#"{"audience":"https://a.example","scopes":{"a":"See a"}}"#),
        ("API_A_2", r#"{"continues":"A","scopes":{"a.write":{"text":"Change a","writes":true}}}"#),
        ("API_B", r#"{"audience":"https://b.example"}"#),
        ("API_B_2", r#"{"continues":"B","scopes":{"b":"See b"}}"#),
        ("API_C", r#"{"audience":"https://c.example","scopes":{}}"#),
        ("API_D", r#"{"continues":"A","scopes":{"a":"See a again"}}"#),
        ("API_E", r#"{"continues":"B","scopes":{"a.write":"Change a"}}"#),
        ("API_F", r#"{"continues":"NOBODY","scopes":{"f":"See f"}}"#),
        ("API_G", r#"{"continues":"A_2","scopes":{"g":"See g"}}"#),
        ("API_H", r#"{"continues":"A","scopes":{}}"#),
        ("API_I", r#"{"continues":"A","scopes":{"i":"See i"},"facade":"hotel"}"#),
        ("API_J", r#"{"audience":"https://j.example","scopes":{"j":"See j"},"token_typ":"JWT"}"#),
        ("API_J_2", r#"{"continues":"J","scopes":{"j.write":"Change j"}}"#),
    ]);
    let of_apis: Vec<&String> = found.iter().filter(|name| name.starts_with("API_")).collect();
    assert_eq!(of_apis, ["API_I", "API_J", "API_D", "API_E", "API_F", "API_G", "API_H", "API_C"]);
}

// spec: RFC 8707 section 2 - one identifier names one resource, however it is written
#[test]
fn attack_an_api_is_configured_under_the_name_of_another_or_of_the_issuer() {
    let of = |audience: &str| format!(r#"{{"audience":"{audience}","scopes":{{"b":"See b"}}}}"#);
    for audience in [ISSUER, &format!("{ISSUER}/"), &ISSUER.to_uppercase(), "https://A.example", "https://a.example/"] {
        let mut vars = clients_platform::settings();
        vars.insert("API_A".to_owned(), r#"{"audience":"https://a.example","scopes":{"a":"See a"}}"#.to_owned());
        vars.insert("API_B".to_owned(), of(audience));
        let problems = Config::parse(&vars, NOW).expect_err(audience);
        assert_eq!(problems.iter().map(|problem| problem.name.as_str()).collect::<Vec<_>>(), ["API_B"], "{audience}");
        vars.insert("API_B".to_owned(), of("https://a.example/b"));
        assert!(Config::parse(&vars, NOW).is_ok(), "another path is another resource");
    }
}

/// `default` named an API for requests that were about none. Such tokens are for the issuer alone now.
#[test]
fn a_setting_without_effect_is_warned_about_and_stops_nothing() {
    let mut vars = clients_platform::settings();
    for (name, api) in [
        ("API_A", r#"{"audience":"https://a.example","scopes":{"a":"See a"},"default":true}"#),
        ("API_B", r#"{"audience":"https://b.example","scopes":{"b":"See b"},"default":true,"shares_tokens":true}"#),
        ("API_C", r#"{"audience":"https://c.example","scopes":{"c":"See c"}}"#),
    ] {
        vars.insert(name.to_owned(), api.to_owned());
    }
    let config = Config::parse(&vars, NOW).expect("it serves");
    let warned: Vec<&str> = config.warnings.iter().map(|warning| warning.name.as_str()).collect();
    assert_eq!(warned, ["API_A", "API_B"]);
    assert!(config.warnings.iter().all(|warning| warning.what.contains("default")));
    assert_eq!(config.apis.iter().filter(|api| api.shares_tokens).count(), 1);
}

#[test]
fn a_problem_names_what_is_reserved_or_not_supported_yet() {
    let what = |api: &str| {
        let vars = BTreeMap::from([("API_A".to_owned(), api.to_owned())]);
        let problems = Config::parse(&vars, NOW).expect_err("incomplete");
        problems.into_iter().find(|problem| problem.name == "API_A").expect("a problem of the API").what
    };
    for prefix in ["organization", "organizations", "connections", "invitation", "dev", "api", "events", "device"] {
        let api = format!(r#"{{"audience":"https://a.example","scopes":{{"a":"See a"}},"facade":"{prefix}"}}"#);
        assert_eq!(what(&api), format!("facade must not be {prefix}, which is reserved for Grantry's own paths"));
    }
    let organization = r#"{"audience":"https://a.example","scopes":{"a":"See a"},"organization":"required"}"#;
    assert_eq!(
        what(organization),
        "the value of organization is not supported yet; docs/reference.md lists the values that are"
    );
}

/// The names of settings that stand in `text` between two `quote`s, `API_` for `API_<NAME>`.
fn settings(text: &str, quote: char) -> BTreeSet<String> {
    let is_name = |part: &&str| {
        let is_upper = part.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        is_upper && part.starts_with(|letter: char| letter.is_ascii_uppercase()) && part.len() > 3
    };
    text.split(quote).map(|part| part.trim_end_matches("<NAME>")).filter(is_name).map(ToOwned::to_owned).collect()
}

#[test]
fn every_setting_has_a_row_in_the_table_and_every_row_a_setting() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(root.join("src/config")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let read: BTreeSet<String> =
        files.flat_map(|path| settings(&fs::read_to_string(path).expect("readable"), '"')).collect();
    let reference = fs::read_to_string(root.join("docs/reference.md")).expect("readable");
    let rows = reference.lines().filter(|line| line.starts_with("| `"));
    let rows: BTreeSet<String> =
        rows.filter_map(|row| row.split('|').nth(1)).flat_map(|names| settings(names, '`')).collect();
    assert_eq!(read, rows);
}
