//! What holds against whoever tries: rights that a client lost, people who are compared across sectors, and input that was
//! made to break the parsers. The ids are those of the threat list.

use std::collections::BTreeSet;

use crate::support::clients_platform::{self, ISSUER};
use crate::support::connected::{App, Connected, SUB, claims, scopes, text};
use grantry::base::encoding::base64url;
use grantry::http::Parameters;
use grantry::jose::KeySet;
use grantry::jose::jws::UnverifiedJws;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::Client;
use grantry::oauth::client::assertion::{AssertionClaims, judge};
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::settings::{LogoutSettings, SubjectType, Subjects};
use grantry::oauth::person::claims::Catalogue;
use grantry::oauth::request::claims_request::ClaimsRequest;
use grantry::oauth::request::logout::LogoutRequest;
use grantry::seal::browser::Browser;
use grantry::seal::code::Code;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The administrator leaves a client only `allowed`, and the isolate knows.
fn left_with(app: &App<'_>, allowed: &str) {
    let clients = &app.home.world.clients;
    clients.ask(clients.update(Client { scopes: scopes(allowed), ..app.client.clone() })).expect("changed");
    clients.found(&app.client.id, Freshness::Now).expect("registered");
}

fn asking_for_email(code: Code) -> Code {
    Code { claims: Some(r#"{"id_token":["email"],"userinfo":["email"]}"#.to_owned()), ..code }
}

// spec: RFC 6749 section 6 - a client that may not ask for a scope any more gets it by no code and no refresh token
// spec: OpenID Connect Core section 5.5 - nor the claims of the scope, by whatever name it asked for them
#[test]
fn e8_a_scope_that_a_client_lost_is_in_no_answer_any_more() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let everything = "openid profile email offline_access a.read b.read";
    let before = app.redeem(&app.code(everything, asking_for_email), &[]).json;
    assert_eq!(claims(&before["id_token"])["email"], json!("ada@example.com"));
    let in_flight = app.code(everything, asking_for_email);

    left_with(&app, "openid profile offline_access b.read");
    let refresh_token = text(&before, "refresh_token");
    for answer in [app.refresh(refresh_token, &[]), app.redeem(&in_flight, &[])] {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told: BTreeSet<&str> = text(&answer.json, "scope").split(' ').collect();
        assert_eq!(told, BTreeSet::from(["b.read", "offline_access", "openid", "profile"]));
        assert_eq!(claims(&answer.json["access_token"])["scope"], answer.json["scope"]);
        assert_eq!(claims(&answer.json["id_token"]).get("email"), None);
        assert_eq!(home.userinfo(text(&answer.json, "access_token")).json.get("email"), None);
    }
    assert_eq!(
        home.userinfo(text(&before, "access_token")).json.get("email"),
        None,
        "the token is older than the change"
    );
    assert_eq!(app.refresh(refresh_token, &[("scope", "openid email")]).json["error"], json!("invalid_scope"));

    left_with(&app, "a.write");
    assert_eq!(app.refresh(refresh_token, &[]).json["error"], json!("invalid_scope"), "nothing is left");
    left_with(&app, everything);
    let again = app.refresh(refresh_token, &[]).json;
    assert_eq!(claims(&again["id_token"])["email"], json!("ada@example.com"), "what was granted was kept");
}

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

// spec: OpenID Connect Core section 8.1 - clients of two sectors find nothing in their answers by which a person is one
#[test]
fn g9_two_sectors_share_nothing_that_tells_who_a_person_is() {
    let home = Connected::new();
    let pairwise = |host: &'static str| {
        move |client: Client| Client {
            redirect_uris: vec![RedirectUri::parse(&format!("https://{host}/callback")).expect("a redirect URI")],
            subjects: Subjects { kind: SubjectType::Pairwise, sector_identifier_uri: None },
            ..client
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
    let of_everybody = [ISSUER, crate::support::connected::A, "Bearer", "a nonce"];
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

/// JSON that looks like what is expected more and more.
fn hostile_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..70).prop_map(|bytes| Value::from(base64url(&bytes))),
        prop::sample::select(vec![
            "EC", "RSA", "OKP", "P-256", "Ed25519", "ES256", "RS256", "none", "sig", "app", ISSUER
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let name = prop_oneof![
            3 => prop::sample::select(vec![
                "id_token", "userinfo", "email", "sub", "acr", "essential", "value", "values", "keys", "kty", "crv", "x", "y",
                "n", "e", "kid", "alg", "use", "iss", "aud", "exp", "nbf", "iat", "jti",
            ]).prop_map(str::to_owned),
            1 => ".{0,8}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..8).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Times at the edges of what can be counted, as numbers of every kind.
fn times() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![i64::MAX, i64::MIN, i64::MIN + 1, 8_210_266_876_799, 8_210_266_876_800, -1, 0])
            .prop_map(Value::from),
        Just(Value::Null),
        ".{0,4}".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    // spec: Invariant 10 - no claims parameter panics
    #[test]
    fn k2_any_claims_parameter_is_read_or_refused(json in hostile_json(), text in ".{0,64}") {
        for text in [json.to_string(), text] {
            if let Ok(read) = ClaimsRequest::parse(&text, &Catalogue::default()) {
                let carried = read.asked().to_text();
                prop_assert!(read.asked().id_token.len() + read.asked().userinfo.len() <= 40);
                prop_assert_eq!(carried.is_none(), read.asked().is_empty());
            }
        }
    }

    // spec: Invariant 10 - no key set panics, and one that is read has a thumbprint and a key for each member
    #[test]
    fn e1_any_key_set_is_read_or_refused(keys in prop::collection::vec(hostile_json(), 0..4), kid in ".{0,4}") {
        let set = json!({ "keys": keys });
        for read in [KeySet::registered, KeySet::published] {
            if let Ok(read) = read(set.as_object().expect("an object")) {
                prop_assert!(read.usable(None).iter().all(|key| !key.bare_jwk().contains("\"d\"")));
                let _found = read.find(Some(&kid), None);
            }
        }
    }

    // spec: Invariant 10 - no assertion panics, whatever its times are, and none is good for longer than it may be
    #[test]
    fn d6_any_assertion_is_judged(
        exp in times(), nbf in times(), iat in times(), header in hostile_json(), more in hostile_json(), raw in ".{0,40}",
    ) {
        let _not_one = UnverifiedJws::parse(&raw).is_ok();
        let client = clients_platform::client("app", "App");
        let now = grantry::base::UnixTime::from_secs(clients_platform::START);
        let said = json!({"iss": "app", "sub": "app", "aud": ISSUER, "jti": "1", "exp": exp, "nbf": nbf, "iat": iat});
        let plain = json!({"alg": "ES256", "kid": "1"});
        for (header, payload) in [(&plain, &said.clone()), (&header, &said.clone()), (&plain, &more)] {
            let part = |value: &Value| base64url(value.to_string().as_bytes());
            let token = format!("{}.{}.{}", part(header), part(payload), base64url(&[0; 64]));
            let Ok(jws) = UnverifiedJws::parse(&token) else { continue };
            let _name = jws.unproven_subject();
            let Ok(jws) = jws.verified::<AssertionClaims>(true) else { continue };
            if let Ok(good) = judge(&jws, &client, ISSUER, &[], now) {
                prop_assert!((1..=3_630).contains(&good.expires_at.since(now)));
            }
        }
    }

    // spec: Invariant 10 - no logout request panics, and none leads anywhere but to what is registered
    #[test]
    fn h9_any_logout_request_stays_where_it_may_go(uri in ".{0,40}", tail in ".{0,12}", state in ".{0,40}") {
        const BYE: &str = "https://app.example.com/bye";
        let bye = RedirectUri::parse(BYE).expect("a redirect URI");
        let logout = LogoutSettings { post_logout_redirect_uris: vec![bye], ..LogoutSettings::default() };
        let client = Client { logout, ..clients_platform::client("app", "App") };
        for uri in [uri, format!("{BYE}{tail}"), BYE.to_owned()] {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("post_logout_redirect_uri", &uri).append_pair("state", &state).finish();
            let Ok(parameters) = Parameters::parse(query.as_bytes()) else { continue };
            let back = LogoutRequest::of(&parameters).return_to(&client);
            prop_assert_eq!(back.is_some(), uri == BYE, "{}", uri);
            if let Some(back) = back {
                let address = back.address();
                let is_carried_back = address == BYE || address.starts_with(&format!("{BYE}?state="));
                prop_assert!(is_carried_back, "{}", address);
                prop_assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "a header would be split: {}", address);
            }
        }
    }

    // spec: Invariant 5 - a browser cookie opens as it was sealed, or not at all
    #[test]
    fn h10_any_browser_cookie_is_opened_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,80}") {
        let config = clients_platform::config();
        let now = grantry::base::UnixTime::from_secs(clients_platform::START);
        for text in [format!("gr_ses_{}", base64url(&bytes)), format!("gr_ses_{text}"), text] {
            prop_assert!(config.sealer.open::<Browser>(&text, now).is_err());
        }
    }
}
