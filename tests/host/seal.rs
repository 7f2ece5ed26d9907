//! Sealed values: what opens, what does not, and how long they are.

use crate::support::later_format::Later;
use grantry::base::encoding::{base64url, from_base64url};
use grantry::base::{AccountId, CodeId, FamilyId, GrantId, OrganizationId, SessionId, UnixTime};
use grantry::oauth::client::{ClientId, ClientVersion};
use grantry::oauth::request::pkce::CodeChallenge;
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::entitlement::Granted;
use grantry::seal::access_claim::AccessClaim;
use grantry::seal::code::Code;
use grantry::seal::refresh_token::RefreshToken;
use grantry::seal::{FamilyHolder, Life, NotSealed, Opened, Purpose, Ring, Sealer, Unopened};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const NONCE: [u8; 24] = [9; 24];

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_secs(NOW.as_secs() + seconds)
}

fn key(kid: &str, byte: u8, times: &str) -> String {
    format!(r#"{{"kid":"{kid}","key":"{}",{times}}}"#, base64url(&[byte; 32]))
}

fn sealer(tenant: &str, issuer: &str, keys: &[String]) -> Sealer {
    let ring = Ring::parse(&format!("[{}]", keys.join(","))).expect("a ring");
    Sealer::new(ring, tenant.to_owned(), issuer.to_owned())
}

fn ours() -> Sealer {
    sealer("t0", "https://auth.example.com", &[key("0000000a", 1, r#""seals_from":0"#)])
}

fn life(sealed: i64, expires: i64) -> Life {
    Life { sealed_at: at(sealed), expires_at: at(expires) }
}

fn code(redirect_uri: &str, scopes: &str, state: usize) -> Code {
    Code {
        holder: FamilyHolder::Account(AccountId::from_bytes([1; 32])),
        session: SessionId::from_bytes([2; 20]),
        grant: GrantId::from_bytes([3; 16]),
        epoch: 4,
        family: FamilyId::from_bytes([5; 20]),
        code: CodeId::from_bytes([6; 16]),
        client: ClientId::parse("c_0123456789abcdefghijkl_mac45678").expect("a client id"),
        client_version: ClientVersion(7),
        redirect_uri: redirect_uri.to_owned(),
        challenge: CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        granted: Granted {
            scopes: Scopes::parse(scopes).expect("scopes"),
            apis: vec!["https://api.example.com/v1".to_owned()],
        },
        nonce: Some("n".repeat(state)),
        auth_time: NOW,
        authentication: None,
        dpop_jkt: None,
        authorization_details: None,
        claims: None,
        link: None,
    }
}

fn ordinary() -> Code {
    code("https://app.partner.example/oauth/callback", "openid profile email offline_access reservations.read", 43)
}

#[test]
fn what_was_sealed_opens_as_what_it_was() {
    let sealed = ours().seal(&ordinary(), life(0, 60), NONCE).expect("sealed");
    assert!(sealed.starts_with("gr_code_"));
    let opened: Opened<Code> = ours().open(&sealed, at(59)).expect("opens");
    assert_eq!(opened, Opened { value: ordinary(), life: life(0, 60) });
}

// spec: Invariant 5 - a sealed value with any bit flipped does not open
#[test]
fn every_single_bit_flip_is_refused() {
    let sealed = ours().seal(&ordinary(), life(0, 60), NONCE).expect("sealed");
    let mut tried = 0;
    for byte in 0..sealed.len() {
        for bit in 0..8 {
            let mut bytes = sealed.clone().into_bytes();
            bytes[byte] ^= 1 << bit;
            let flipped = String::from_utf8_lossy(&bytes).into_owned();
            assert!(ours().open::<Code>(&flipped, at(1)).is_err(), "byte {byte}, bit {bit}");
            tried += 1;
        }
    }
    // The same below the encoding, where every flip is a well-formed text.
    let envelope = from_base64url(sealed.strip_prefix("gr_code_").expect("the prefix")).expect("base64url");
    for byte in 0..envelope.len() {
        for bit in 0..8 {
            let mut bytes = envelope.clone();
            bytes[byte] ^= 1 << bit;
            let flipped = format!("gr_code_{}", base64url(&bytes));
            let refused = ours().open::<Code>(&flipped, at(1)).expect_err("flipped");
            assert!(matches!(refused, Unopened::Forged | Unopened::UnknownKey), "byte {byte}, bit {bit}: {refused}");
            tried += 1;
        }
    }
    assert!(tried > 4_000, "only {tried} flips");
}

// spec: Invariant 5 - a sealed value that is shortened or extended does not open
#[test]
fn every_truncation_and_extension_is_refused() {
    let sealed = ours().seal(&ordinary(), life(0, 60), NONCE).expect("sealed");
    for length in 0..sealed.len() {
        assert!(ours().open::<Code>(&sealed[..length], at(1)).is_err(), "{length} characters");
    }
    for extra in ["A", "AA", "AAA", "AAAA", "=", " ", "\n", "."] {
        assert!(ours().open::<Code>(&format!("{sealed}{extra}"), at(1)).is_err(), "{extra:?}");
    }
}

// spec: Invariant 5 - a sealed value opens only for its tenant, issuer, purpose and key
#[test]
fn another_purpose_tenant_issuer_or_key_does_not_open_it() {
    let sealed = ours().seal(&ordinary(), life(0, 60), NONCE).expect("sealed");
    let keys = [key("0000000a", 1, r#""seals_from":0"#)];
    let same_kid_other_key = [key("0000000a", 2, r#""seals_from":0"#)];
    let other_kid_same_key = [key("0000000b", 1, r#""seals_from":0"#)];
    let issuer = "https://auth.example.com";
    let refused = |sealer: Sealer| sealer.open::<Code>(&sealed, at(1)).expect_err("foreign");
    assert_eq!(refused(sealer("t1", issuer, &keys)), Unopened::Forged);
    assert_eq!(refused(sealer("t0", "https://auth.example.org", &keys)), Unopened::Forged);
    // Tenant and issuer are not just glued together.
    assert_eq!(refused(sealer("t0h", &issuer[1..], &keys)), Unopened::Forged);
    assert_eq!(refused(sealer("t0", issuer, &same_kid_other_key)), Unopened::Forged);
    assert_eq!(refused(sealer("t0", issuer, &other_kid_same_key)), Unopened::UnknownKey);
    assert_eq!(ours().open::<RefreshToken>(&sealed, at(1)), Err(Unopened::Malformed));
    let disguised = sealed.replacen("gr_code_", "gr_rt_", 1);
    assert_eq!(ours().open::<RefreshToken>(&disguised, at(1)), Err(Unopened::Forged));
}

// spec: Invariant 5 - a sealed value does not open after its expiry, nor before it was sealed
#[test]
fn age_is_judged() {
    let sealed = ours().seal(&ordinary(), life(0, 60), NONCE).expect("sealed");
    let open = |seconds| ours().open::<Code>(&sealed, at(seconds)).map(|_| ());
    assert_eq!(open(-11), Err(Unopened::Future));
    assert_eq!(open(-10), Ok(()), "clocks may disagree by ten seconds");
    assert_eq!(open(0), Ok(()));
    assert_eq!(open(59), Ok(()));
    assert_eq!(open(60), Err(Unopened::Expired));
    assert_eq!(open(i64::from(u32::MAX)), Err(Unopened::Expired));
}

// spec: Invariant 5 - a retired key opens only what is older than its retirement
#[test]
fn the_ring_rotates_without_a_gap_and_retires_for_good() {
    let old = |times: &str| key("00000001", 1, times);
    let now = NOW.as_secs();
    let new = key("00000002", 2, &format!(r#""seals_from":{}"#, now + 600));
    let issuer = "https://auth.example.com";
    let before = sealer("t0", issuer, &[old(r#""seals_from":0"#)]);
    let published = sealer("t0", issuer, &[old(r#""seals_from":0"#), new.clone()]);
    let retired = sealer("t0", issuer, &[old(&format!(r#""seals_from":0,"retired_at":{}"#, now + 1_200)), new.clone()]);
    let dropped = sealer("t0", issuer, &[new]);

    let seal =
        |sealer: &Sealer, second| sealer.seal(&ordinary(), life(second, second + 10_000), NONCE).expect("sealed");
    let opens = |sealer: &Sealer, text: &str, second| sealer.open::<Code>(text, at(second)).map(|_| ());

    // Until the new key seals, isolates with it and isolates without it open each other's values.
    let early = seal(&published, 599);
    assert_eq!(opens(&before, &early, 600), Ok(()));
    let late = seal(&published, 600);
    assert_eq!(opens(&before, &late, 601), Err(Unopened::UnknownKey));
    assert_eq!(opens(&published, &late, 601), Ok(()));
    // A retired key opens what is older than its retirement, and nothing that claims to be younger.
    assert_eq!(opens(&retired, &early, 5_000), Ok(()));
    let stolen = before.seal(&ordinary(), life(1_200, 11_200), NONCE).expect("sealed");
    assert_eq!(opens(&retired, &stolen, 1_300), Err(Unopened::Forged));
    assert_eq!(opens(&dropped, &early, 700), Err(Unopened::UnknownKey));
    // A ring whose keys all begin later seals nothing.
    assert_eq!(dropped.seal(&ordinary(), life(0, 60), NONCE), Err(NotSealed::NoKey));
}

/// The same purpose in two releases: the later one reads a format before any release writes it.
mod formats {
    use super::{Deserialize, Purpose, Serialize};

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    pub struct Today(pub u32);

    impl Purpose for Today {
        const LABEL: &'static str = "test";
        const PREFIX: &'static str = "gr_test_";
        const MAX_LENGTH: usize = 200;

        fn decode(format: u8, content: &[u8]) -> Option<Self> {
            match format {
                1 => postcard::from_bytes(content).ok(),
                2 => Tomorrow::decode(2, content).map(|tomorrow| Self(tomorrow.0)),
                _ => None,
            }
        }
    }

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    pub struct Tomorrow(pub u32, pub Option<u32>);

    impl Purpose for Tomorrow {
        const LABEL: &'static str = "test";
        const PREFIX: &'static str = "gr_test_";
        const FORMAT: u8 = 2;
        const MAX_LENGTH: usize = 200;
    }
}

#[test]
fn a_release_can_open_a_format_before_any_release_writes_it() {
    let later = ours().seal(&formats::Tomorrow(5, Some(6)), life(0, 60), NONCE).expect("sealed");
    assert_eq!(ours().open::<formats::Today>(&later, at(1)).expect("opens").value, formats::Today(5));
    let now = ours().seal(&formats::Today(5), life(0, 60), NONCE).expect("sealed");
    assert_eq!(ours().open::<formats::Tomorrow>(&now, at(1)), Err(Unopened::Malformed));
}

/// One purpose, with the greatest length that it is sealed and opened with.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Within<const LENGTH: usize>(u32);

impl<const LENGTH: usize> Purpose for Within<LENGTH> {
    const LABEL: &'static str = "test";
    const PREFIX: &'static str = "gr_test_";
    const MAX_LENGTH: usize = LENGTH;
}

#[test]
fn a_value_may_have_its_greatest_length_and_no_more() {
    let sealed = ours().seal(&Within::<83>(5), life(0, 60), NONCE).expect("sealed");
    assert_eq!(sealed.len(), 83);
    assert_eq!(ours().seal(&Within::<82>(5), life(0, 60), NONCE), Err(NotSealed::TooLong));
    assert_eq!(ours().open::<Within<83>>(&sealed, at(1)).expect("opens").value, Within(5));
    for shorter in [ours().open::<Within<82>>(&sealed, at(1)).err(), ours().open::<Within<80>>(&sealed, at(1)).err()] {
        assert_eq!(shorter, Some(Unopened::Malformed), "nothing of it is read");
    }
}

fn refresh_token(resources: Vec<String>, dpop_jkt: Option<[u8; 32]>) -> RefreshToken {
    RefreshToken {
        holder: ordinary().holder,
        family: FamilyId::from_bytes([5; 20]),
        number: 1_000_000,
        client: ordinary().client,
        client_version: ClientVersion(7),
        resources,
        dpop_jkt,
    }
}

fn access_claim() -> AccessClaim {
    AccessClaim { holder: ordinary().holder, family: FamilyId::from_bytes([5; 20]), serial: NOW }
}

/// `tests/wire/sealed-1.txt` was written by the release before values had a holder.
#[test]
fn values_that_an_earlier_release_sealed_open_and_are_sealed_the_same() {
    let sealed = include_str!("../wire/sealed-1.txt").lines().collect::<Vec<_>>();
    let [code, refresh, access] = sealed.as_slice() else { panic!("{} values", sealed.len()) };
    let refresh_token = refresh_token(vec!["https://api.example.com/v1".to_owned()], None);
    assert_eq!(ours().open::<Code>(code, at(59)).expect("opens").value, ordinary());
    assert_eq!(ours().open::<RefreshToken>(refresh, at(59)).expect("opens").value, refresh_token);
    assert_eq!(ours().open::<AccessClaim>(access, at(59)).expect("opens").value, access_claim());
    // In the minutes of a deployment the earlier release opens what this one seals.
    assert_eq!(ours().seal(&ordinary(), life(0, 60), NONCE).as_deref(), Ok(*code));
    assert_eq!(ours().seal(&refresh_token, life(0, 86_400), NONCE).as_deref(), Ok(*refresh));
    assert_eq!(ours().seal(&access_claim(), life(0, 3_600), NONCE).as_deref(), Ok(*access));
}

#[test]
fn values_that_say_who_holds_them_open_before_any_release_seals_them() {
    fn opened<P: Purpose>(value: &P, holder: FamilyHolder) -> P {
        let sealed = ours().seal(&Later::of(value, holder), life(0, 60), NONCE).expect("sealed");
        ours().open::<P>(&sealed, at(1)).expect("opens").value
    }
    let organization = FamilyHolder::Organization(OrganizationId::from_bytes([8; 16]));
    for holder in [ordinary().holder, organization] {
        assert_eq!(opened(&ordinary(), holder), Code { holder, ..ordinary() });
        let refresh_token = refresh_token(Vec::new(), None);
        assert_eq!(opened(&refresh_token, holder), RefreshToken { holder, ..refresh_token });
        assert_eq!(opened(&access_claim(), holder), AccessClaim { holder, ..access_claim() });
    }
    let held = Code { holder: organization, ..ordinary() };
    assert_eq!(ours().seal(&held, life(0, 60), NONCE), Err(NotSealed::Unencodable), "nothing is made for one");
}

#[test]
fn sizes() {
    let length = |code: &Code| ours().seal(code, life(0, 60), NONCE).map(|sealed| sealed.len());
    assert!(length(&ordinary()).expect("sealed") <= 1_000, "an ordinary code has {:?} characters", length(&ordinary()));
    let long =
        code(&format!("https://app.example/{}", "p".repeat(1_000)), "scope:long.name ".repeat(60).trim_end(), 384);
    assert!(length(&long).expect("sealed") <= 4_000);
    let longest = code(&format!("https://app.example/{}", "p".repeat(3_000)), "openid", 384);
    assert_eq!(length(&longest), Err(NotSealed::TooLong));
    let refresh_token = refresh_token(Vec::new(), Some([1; 32]));
    let sealed = ours().seal(&refresh_token, life(0, 60), NONCE).expect("sealed");
    assert!(sealed.len() <= 300, "a refresh token has {} characters", sealed.len());
}

proptest! {
    // spec: Invariant 5 - garbage does not open
    #[test]
    fn garbage_never_opens(text in "(gr_code_)?[A-Za-z0-9_-]{0,300}") {
        prop_assert!(ours().open::<Code>(&text, NOW).is_err());
    }

    // spec: Invariant 10 - no text makes opening panic
    #[test]
    fn any_text_is_refused_without_a_panic(text in "\\PC{0,200}") {
        prop_assert!(ours().open::<RefreshToken>(&text, NOW).is_err());
    }

    #[test]
    fn round_trips(epoch: u32, nonce in proptest::option::of("[ -~]{0,64}"), ids: [u8; 16], lifetime in 1..10_000_i64) {
        let code = Code { epoch, nonce, grant: GrantId::from_bytes(ids), code: CodeId::from_bytes(ids), ..ordinary() };
        let sealed = ours().seal(&code, life(0, lifetime), NONCE).expect("sealed");
        prop_assert_eq!(ours().open::<Code>(&sealed, at(lifetime - 1)).expect("opens").value, code);
        prop_assert_eq!(ours().open::<Code>(&sealed, at(lifetime)), Err(Unopened::Expired));
    }
}
