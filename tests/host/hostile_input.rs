//! Input that was made to break the parsers: whatever it is, it is read or refused, and nothing panics.

use crate::support::clients_platform::{self, ISSUER};
use grantry::base::encoding::base64url;
use grantry::http::Parameters;
use grantry::jose::KeySet;
use grantry::jose::jws::UnverifiedJws;
use grantry::oauth::client::assertion::{AssertionClaims, judge};
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::settings::LogoutSettings;
use grantry::oauth::person::claims::ClaimCatalogue;
use grantry::oauth::request::claims_request::ClaimsRequest;
use grantry::oauth::request::logout::LogoutRequest;
use grantry::seal::browser::Browser;
use proptest::prelude::*;
use serde_json::{Value, json};

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
    fn any_claims_parameter_is_read_or_refused(json in hostile_json(), text in ".{0,64}") {
        for text in [json.to_string(), text] {
            if let Ok(read) = ClaimsRequest::parse(&text, &ClaimCatalogue::default()) {
                let carried = read.asked().to_text();
                prop_assert!(read.asked().id_token.len() + read.asked().userinfo.len() <= 40);
                prop_assert_eq!(carried.is_none(), read.asked().is_empty());
            }
        }
    }

    // spec: Invariant 10 - no key set panics, and one that is read has a thumbprint and a key for each member
    #[test]
    fn any_key_set_is_read_or_refused(keys in prop::collection::vec(hostile_json(), 0..4), kid in ".{0,4}") {
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
    fn any_assertion_is_judged(
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
    fn any_logout_request_leads_only_to_a_registered_uri(uri in ".{0,40}", tail in ".{0,12}", state in ".{0,40}") {
        const BYE: &str = "https://app.example.com/bye";
        let bye = RedirectUri::parse(BYE).expect("a redirect URI");
        let logout = LogoutSettings { post_logout_redirect_uris: vec![bye], ..LogoutSettings::default() };
        let client = { let mut client = clients_platform::client("app", "App"); client.registration.logout = logout; client };
        for uri in [uri, format!("{BYE}{tail}"), BYE.to_owned()] {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("post_logout_redirect_uri", &uri).append_pair("state", &state).finish();
            let Ok(parameters) = Parameters::parse(query.as_bytes()) else { continue };
            let back = LogoutRequest::of(&parameters).return_to(&client, "https://auth.example.com");
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
    fn a_made_up_browser_cookie_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,80}") {
        let config = clients_platform::config();
        let now = grantry::base::UnixTime::from_secs(clients_platform::START);
        for text in [format!("gr_ses_{}", base64url(&bytes)), format!("gr_ses_{text}"), text] {
            prop_assert!(config.sealer.open::<Browser>(&text, now).is_err());
        }
    }
}
