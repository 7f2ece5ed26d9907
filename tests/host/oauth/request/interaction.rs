//! What an authorization request needs next: a sign-in, a choice, a consent, or nothing more.

use crate::support::authorization_request::{CALLBACK, NOW, client, client_with, confidential, good, judged, with};
use grantry::base::{GrantId, LinkKey, Seconds, SessionId, UnixTime};
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{Client, ClientVersion, Voucher};
use grantry::oauth::request::authorize::AuthorizationRequest;
use grantry::oauth::request::interaction::{
    Allowed, GivenConsent, Next, Progress, SessionFacts, Visit, next, next_of_visit,
};
use grantry::oauth::request::prompt::{Another, Prompt};
use grantry::oauth::request::rejection::Rejection;
use grantry::oauth::scope::Scopes;

/// Before the sign-in of a hundred seconds ago.
const BEGAN_AT: UnixTime = UnixTime::from_secs(NOW.as_secs() - 100);

const PROGRESS: Progress<'_> = Progress { began_at: BEGAN_AT, began_with: &[], chosen: None, others: false };

/// The session of [`facts`].
const SESSION: SessionId = SessionId::from_bytes([1; 20]);

fn facts(scopes: &str, auth_time: i64) -> SessionFacts {
    let scopes = Scopes::parse(scopes).expect("scopes");
    SessionFacts {
        session: SESSION,
        auth_time: UnixTime::from_secs(NOW.as_secs() - auth_time),
        is_expected: true,
        consent: Some(GivenConsent {
            grant: GrantId::from_bytes([2; 16]),
            face: client().face(),
            scopes,
            declined: Scopes::default(),
            is_new: false,
        }),
    }
}

/// The answer on the strength of the grant of [`facts`].
fn allowed(scopes: &str) -> Next {
    Next::Answer(Allowed { grant: GrantId::from_bytes([2; 16]), scopes: Scopes::parse(scopes).expect("scopes") })
}

// spec: OpenID Connect Core section 3.1.2.1 - prompt=none shows no page: login_required or consent_required instead
// spec: OpenID Connect Core section 3.1.2.1 - prompt=login and prompt=consent ask again, once
// spec: OpenID Connect Core section 3.1.2.1 - a user who signed in longer ago than max_age signs in again
// spec: OpenID Connect Core section 3.1.2.4 - scopes that were not consented to are asked for
#[test]
fn what_a_request_needs_next() {
    let here = &[SessionId::from_bytes([9; 20]), SESSION][..];
    let earlier = &[SessionId::from_bytes([9; 20])][..];
    let answer = allowed("openid email");
    let consented = facts("openid email", 100);
    let partly = facts("openid", 100);
    let never = SessionFacts { consent: None, ..facts("", 100) };
    for (prompt, max_age, facts, began_with, expected) in [
        ("", "", None, &[][..], Next::Login),
        ("none", "", None, &[], Next::Refuse(Rejection::LoginRequired)),
        ("", "", Some(&consented), here, answer.clone()),
        ("none", "", Some(&consented), here, answer.clone()),
        ("", "", Some(&partly), here, Next::Consent),
        ("", "", Some(&never), here, Next::Consent),
        ("none", "", Some(&never), here, Next::Refuse(Rejection::LoginRequired)),
        ("none", "", Some(&partly), here, Next::Refuse(Rejection::ConsentRequired)),
        ("consent", "", Some(&consented), here, Next::Consent),
        ("login", "", Some(&consented), here, Next::Login),
        ("login", "", Some(&consented), earlier, answer.clone()),
        ("create", "", None, here, Next::Create),
        ("create", "", Some(&consented), here, Next::Create),
        ("create", "", Some(&consented), earlier, answer.clone()),
        ("select_account", "", Some(&consented), here, Next::Choose),
        ("select_account", "", Some(&consented), earlier, answer.clone()),
        ("login select_account", "", Some(&consented), here, Next::Login),
        ("", "100", Some(&consented), here, answer.clone()),
        ("", "99", Some(&consented), here, Next::Login),
        ("none", "99", Some(&consented), here, Next::Refuse(Rejection::LoginRequired)),
        ("", "0", Some(&consented), here, Next::Login),
        ("", "0", Some(&consented), earlier, answer),
    ] {
        let mut pairs = with("prompt", prompt);
        pairs.push(("max_age", max_age));
        let request = judged(&client(), &pairs).expect("good");
        assert_eq!(
            next(&request, &client(), facts, Progress { began_with, ..PROGRESS }, NOW),
            expected,
            "prompt={prompt} max_age={max_age}"
        );
        assert_eq!(request.max_age, max_age.parse().ok().map(Seconds::new));
    }
}

// spec: OpenID Connect Core section 3.1.2.1 - a demand for a new sign-in is met by its time, whatever sessions the cookie held
#[test]
fn a_new_sign_in_is_one_after_the_request_began() {
    let client = client();
    let consented = facts("openid email", 100);
    for (began_before, is_met) in [(200, true), (100, true), (90, true), (89, false), (0, false)] {
        let progress = Progress { began_at: UnixTime::from_secs(NOW.as_secs() - began_before), ..PROGRESS };
        for demand in [with("prompt", "login"), with("max_age", "0")] {
            let request = judged(&client, &demand).expect("good");
            let expected = if is_met { allowed("openid email") } else { Next::Login };
            assert_eq!(next(&request, &client, Some(&consented), progress, NOW), expected, "{began_before}");
            let picked = Progress { chosen: Some(SESSION), ..progress };
            assert_eq!(next(&request, &client, Some(&consented), picked, NOW), expected, "to pick is no sign-in");
        }
        let request = judged(&client, &with("max_age", "100")).expect("good");
        assert_eq!(next(&request, &client, Some(&consented), progress, NOW), allowed("openid email"));
    }
    let aged = judged(&client, &[with("prompt", "login"), vec![("max_age", "100")]].concat()).expect("good");
    let since = aged.authenticated_since(BEGAN_AT, NOW).expect("a demand");
    assert_eq!(since.as_secs(), NOW.as_secs() - 100, "the stricter of the two");
}

#[test]
fn several_signed_in_users_choose_who_continues() {
    let consented = facts("openid email", 100);
    let stranger = SessionFacts { is_expected: false, ..consented.clone() };
    let answer = allowed("openid email");
    let nobody_picked = Progress { began_with: &[SESSION], others: true, ..PROGRESS };
    let picked = Progress { chosen: Some(SESSION), ..nobody_picked };
    let signed_in_since = Progress { began_with: &[], ..nobody_picked };
    for (prompt, facts, progress, expected) in [
        ("", None, nobody_picked, Next::Choose),
        ("login", None, nobody_picked, Next::Login),
        ("none", None, nobody_picked, Next::Refuse(Rejection::AccountSelectionRequired)),
        ("", Some(&consented), nobody_picked, answer.clone()),
        ("select_account", Some(&consented), nobody_picked, Next::Choose),
        ("select_account", Some(&consented), picked, answer.clone()),
        ("select_account", Some(&consented), signed_in_since, answer),
        // The client expects one user: another user is asked to sign in as that user, and refused after another choice.
        ("", Some(&stranger), nobody_picked, Next::Login),
        ("none", Some(&stranger), nobody_picked, Next::Refuse(Rejection::LoginRequired)),
        ("", Some(&stranger), picked, Next::Refuse(Rejection::LoginRequired)),
        ("", Some(&stranger), signed_in_since, Next::Refuse(Rejection::LoginRequired)),
    ] {
        let request = judged(&client(), &with("prompt", prompt)).expect("good");
        assert_eq!(next(&request, &client(), facts, progress, NOW), expected, "prompt={prompt} {progress:?}");
    }
}

// spec: Invariant 7 - a change of an account requires a new sign-in when the last one is too old
#[test]
fn what_a_user_needs_next_on_the_way_to_the_account_page() {
    let here = facts("", 100);
    let alone = Progress { began_with: &[SESSION], ..PROGRESS };
    let others = Progress { others: true, ..alone };
    let picked = Progress { chosen: Some(SESSION), ..others };
    let signed_in_since = Progress { began_with: &[], ..others };
    let visit = |another, age: Option<i64>| Visit {
        authenticated_since: age.map(|age| UnixTime::from_secs(NOW.as_secs() - age)),
        another,
    };
    let (picks, signs_in) = (Some(Another::Picks), Some(Another::SignsIn));
    for (visit, facts, progress, expected) in [
        (visit(None, None), Some(&here), alone, Next::Account),
        (visit(None, None), None, alone, Next::Login),
        (visit(None, None), None, others, Next::Choose),
        (visit(None, Some(100)), Some(&here), others, Next::Account),
        (visit(None, Some(99)), Some(&here), others, Next::Login),
        (visit(picks, Some(99)), Some(&here), picked, Next::Login),
        (visit(picks, None), Some(&here), alone, Next::Choose),
        (visit(picks, None), Some(&here), picked, Next::Account),
        (visit(signs_in, None), None, others, Next::Login),
        (visit(signs_in, None), Some(&here), others, Next::Login),
        (visit(signs_in, None), Some(&here), signed_in_since, Next::Account),
    ] {
        assert_eq!(next_of_visit(visit, facts, progress), expected, "{visit:?} {progress:?}");
    }
}

/// A new consent answers its own request, for every redirect URI, and no other request.
#[test]
fn a_new_consent_answers_what_was_asked() {
    let new = |scopes| {
        let facts = facts(scopes, 100);
        SessionFacts { consent: facts.consent.map(|consent| GivenConsent { is_new: true, ..consent }), ..facts }
    };
    let here = Progress { began_with: &[SESSION], ..PROGRESS };
    let loopback = client();
    let request = judged(&loopback, &with("redirect_uri", "http://127.0.0.1:51004/callback")).expect("good");
    let answer = allowed("openid email");
    assert_eq!(next(&request, &loopback, Some(&new("openid email")), here, NOW), answer);
    assert_eq!(next(&request, &loopback, Some(&new("openid")), here, NOW), Next::Consent);
    let renamed =
        Client { registration: Registration { name: "Bank".to_owned(), ..loopback.registration }, ..loopback };
    assert_eq!(next(&request, &renamed, Some(&new("openid email")), here, NOW), Next::Consent);
}

/// A user whom an attacker sends here would be linked to the attacker's user of the app without noticing it.
#[test]
fn a_request_that_links_is_never_answered_in_silence() {
    let here = Progress { began_with: &[SESSION], ..PROGRESS };
    let answer = allowed("openid email");
    let consented = facts("openid email", 100);
    let plain = judged(&confidential(), &good()).expect("good");
    assert_eq!(next(&plain, &confidential(), Some(&consented), here, NOW), answer);
    let links = AuthorizationRequest { link: Some(LinkKey::from_bytes([1; 16])), ..plain };
    assert_eq!(next(&links, &confidential(), Some(&consented), here, NOW), Next::Consent);
    let silent = AuthorizationRequest { prompt: Prompt::None, ..links.clone() };
    let refused = Next::Refuse(Rejection::ConsentRequired);
    assert_eq!(next(&silent, &confidential(), Some(&consented), here, NOW), refused);
    let new = SessionFacts {
        consent: consented.consent.map(|consent| GivenConsent { is_new: true, ..consent }),
        ..facts("openid", 100)
    };
    assert_eq!(next(&links, &confidential(), Some(&new), here, NOW), answer);
}

/// No user is signed in, another user is, the sign-in is too old, or the user is signed in: a client that the user allowed
/// nothing gets the same answer.
#[test]
fn a_client_that_is_allowed_nothing_learns_nothing_of_the_user() {
    let silent = AuthorizationRequest { prompt: Prompt::None, ..judged(&confidential(), &good()).expect("good") };
    let here = Progress { began_with: &[SESSION], ..PROGRESS };
    let never = |is_expected| SessionFacts { consent: None, is_expected, ..facts("", 100) };
    for max_age in [None, Some(Seconds::new(10)), Some(Seconds::new(1_000))] {
        let silent = AuthorizationRequest { max_age, ..silent.clone() };
        for facts in [None, Some(never(false)), Some(never(true))] {
            let found = next(&silent, &confidential(), facts.as_ref(), here, NOW);
            assert_eq!(found, Next::Refuse(Rejection::LoginRequired), "{facts:?} {max_age:?}");
        }
    }
}

/// OpenID Connect Core section 5.5: claims asked for by name are asked of the user like the scope that opens them, and a
/// client that may not ask for the scope may not ask for its claims.
#[test]
fn claims_by_name_need_the_same_consent() {
    let claims = r#"{"userinfo":{"email":{"essential":true},"address":null},"id_token":{"sub":{"value":"u1"}}}"#;
    let mut pairs = with("claims", claims);
    pairs.retain(|(name, _)| *name != "scope");
    pairs.push(("scope", "openid"));
    let request = judged(&client(), &pairs).expect("good");
    assert_eq!(request.claims.userinfo, ["email"], "the client has not registered address");
    assert_eq!(
        (request.grantable.scopes().to_string().as_str(), request.to_allow.to_string().as_str()),
        ("openid", "openid email")
    );
    assert_eq!(request.expected_sub.as_deref(), Some("u1"));
    let here = Progress { began_with: &[SESSION], ..PROGRESS };
    assert_eq!(next(&request, &client(), Some(&facts("openid", 100)), here, NOW), Next::Consent);
    let answer = allowed("openid email");
    assert_eq!(next(&request, &client(), Some(&facts("openid email", 100)), here, NOW), answer);
    pairs.retain(|(name, _)| *name != "scope");
    pairs.push(("scope", "a:b.read"));
    let plain = judged(&client(), &pairs).expect("good");
    assert!(plain.claims.is_empty() && plain.expected_sub.is_none(), "claims are of OpenID Connect");
}

/// Remembered consent answers without a page only where no client but a verified one can get the answer.
// spec: RFC 8252 section 8.6 - a client whose identity is not assured is never answered without asking the user
#[test]
fn users_of_a_client_without_an_assured_identity_are_always_asked() {
    let here = Progress { began_with: &[SESSION], ..PROGRESS };
    let consented = facts("openid email offline_access", 100);
    for (redirect_uri, voucher, silent) in [
        (CALLBACK, Voucher::Administrator, true),
        (CALLBACK, Voucher::Nobody, false),
        ("http://127.0.0.1:51004/callback", Voucher::Administrator, false),
        ("com.example.app:/callback", Voucher::Administrator, false),
    ] {
        let client = Client { voucher, ..client() };
        let request = judged(&client, &with("redirect_uri", redirect_uri)).expect("good");
        let asked = next(&request, &client, Some(&consented), here, NOW) == Next::Consent;
        assert_eq!(!asked, silent, "{redirect_uri}");
    }
}

// spec: OpenID Connect Core section 3.1.2.4 - a consent is given to a name, a site and the hosts an app returns to
#[test]
fn a_client_with_another_face_is_a_stranger() {
    let here = Progress { began_with: &[SESSION], ..PROGRESS };
    let consented = facts("openid email", 100);
    let elsewhere = RedirectUri::parse("https://elsewhere.example/callback").expect("a redirect URI");
    let deeper = RedirectUri::parse("https://app.example.com/other").expect("a redirect URI");
    let returning_to = |more: RedirectUri| [client().registration.redirect_uris, vec![more]].concat();
    for (client, asked) in [
        (client(), false),
        (client_with(|registration| registration.name = "Bank".to_owned()), true),
        (client_with(|registration| registration.site = Some("https://bank.example".to_owned())), true),
        (client_with(|registration| registration.redirect_uris = returning_to(elsewhere)), true),
        (client_with(|registration| registration.redirect_uris = returning_to(deeper)), false),
        (Client { version: ClientVersion(9), ..client() }, false),
    ] {
        let request = judged(&client, &good()).expect("good");
        assert_eq!(next(&request, &client, Some(&consented), here, NOW) == Next::Consent, asked, "{client:?}");
    }
}

/// A scope that was declined is answered while the client leaves it to the user, and one that was never asked for is not.
#[test]
fn a_declined_scope_is_asked_for_again_only_where_it_is_needed() {
    let here = Progress { began_with: &[SESSION], ..PROGRESS };
    for (optional, declined, expected) in [
        ("email", "email", allowed("openid")),
        ("email", "", Next::Consent),
        ("", "email", Next::Consent),
        ("offline_access", "email", Next::Consent),
    ] {
        let scopes = |text| Scopes::parse(text).expect("scopes");
        let client = client_with(|registration| registration.optional_scopes = scopes(optional));
        let facts = facts("openid", 100);
        let consent = facts.consent.map(|consent| GivenConsent { declined: scopes(declined), ..consent });
        let request = judged(&client, &good()).expect("good");
        let found = next(&request, &client, Some(&SessionFacts { consent, ..facts }), here, NOW);
        assert_eq!(found, expected, "optional {optional}, declined {declined}");
    }
}
