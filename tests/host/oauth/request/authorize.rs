//! The authorization request, judged without a server: which requests are answerable, which are refused with which code,
//! and what a request needs next.

use crate::support::api::api;
use crate::support::clients_platform::client as registered;
use grantry::base::{GrantId, LinkKey, Seconds, SessionId, UnixTime};
use grantry::http::Parameters;
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{AuthenticationMethod, Client, ClientVersion, GrantType, Voucher};
use grantry::oauth::person::claims::ClaimCatalogue;
use grantry::oauth::request::authorize::{AuthorizationParameters, AuthorizationRequest, Offer};
use grantry::oauth::request::interaction::{
    Allowed, GivenConsent, Next, Progress, SessionFacts, Visit, next, next_of_visit,
};
use grantry::oauth::request::prompt::{Another, Prompt};
use grantry::oauth::request::rejection::{Rejection, Unanswerable};
use grantry::oauth::request::verified_return::Delivery;
use grantry::oauth::scope::Scopes;

const ISSUER: &str = "https://auth.example.com";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const CALLBACK: &str = "https://app.example.com/callback?tenant=7";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A public client with one redirect URI of each kind.
fn client() -> Client {
    let confidential = registered("c_app", "App");
    Client {
        version: ClientVersion(1),
        registered_at: NOW,
        secrets: Vec::new(),
        registration: Registration {
            redirect_uris: [CALLBACK, "http://127.0.0.1/callback", "com.example.app:/callback"]
                .map(|uri| RedirectUri::parse(uri).expect("a redirect URI"))
                .to_vec(),
            authentication: AuthenticationMethod::None,
            scopes: Scopes::parse("openid email offline_access a:b.read").expect("scopes"),
            rotates_refresh_tokens: true,
            ..confidential.registration
        },
        ..confidential
    }
}

fn client_with(change: impl FnOnce(&mut Registration)) -> Client {
    let mut client = client();
    change(&mut client.registration);
    client
}

fn confidential() -> Client {
    client_with(|registration| {
        registration.authentication = AuthenticationMethod::SecretBasic;
        registration.require_pkce = false;
    })
}

fn good() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", "c_app"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "xyz"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// The good request with one parameter set, or left out where the value is empty.
fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut pairs = good();
    pairs.retain(|(known, _)| *known != name);
    pairs.push((name, value));
    pairs
}

fn parameters(pairs: &[(&str, &str)]) -> AuthorizationParameters {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    AuthorizationParameters::of(&Parameters::parse(query.as_bytes()).expect("parameters"))
}

fn judged(client: &Client, pairs: &[(&str, &str)]) -> Result<AuthorizationRequest, Rejection> {
    judged_where(client, pairs, true)
}

fn judged_where(
    client: &Client,
    pairs: &[(&str, &str)],
    creates_accounts: bool,
) -> Result<AuthorizationRequest, Rejection> {
    let parameters = parameters(pairs);
    let answer_to = parameters.answer_to(client, ISSUER).expect("answerable");
    let apis = [
        r#"{"audience":"https://api.example.com","scopes":{"a:b.read":"See b"}}"#,
        r#"{"audience":"https://notes.example.com","scopes":{"notes":"See your notes"}}"#,
    ];
    let apis = apis.map(api);
    let offer =
        Offer { apis: &apis, claims: &ClaimCatalogue::default(), acrs: &["urn:example:password"], creates_accounts };
    parameters.validate(client, answer_to, offer)
}

// spec: Invariant 1 - without a client and exactly one of its redirect URIs there is no address for an answer
// spec: RFC 9700 section 2.1 - redirect URIs are compared as text; only the port of a loopback address may differ
// spec: RFC 8252 section 7.3 - a loopback redirect URI may name any port
// spec: OpenID Connect Core section 3.1.2.1 - redirect_uri is required even where one alone is registered
#[test]
fn nothing_is_answered_before_client_and_redirect_uri_belong_together() {
    assert_eq!(parameters(&with("client_id", "")).client_id(), Err(Unanswerable::NoClient));
    assert_eq!(parameters(&with("client_id", "two words")).client_id(), Err(Unanswerable::NoClient));
    let answer = |value| parameters(&with("redirect_uri", value)).answer_to(&client(), ISSUER).map(|_| ());
    assert_eq!(answer(CALLBACK), Ok(()));
    assert_eq!(answer(""), Err(Unanswerable::NoRedirectUri), "it is not guessed");
    for near_miss in
        ["https://app.example.com/callback", "https://app.example.com/callback?tenant=7&x", "javascript:alert(1)"]
    {
        assert_eq!(answer(near_miss), Err(Unanswerable::UnregisteredRedirectUri), "{near_miss}");
    }
    assert_eq!(answer("http://127.0.0.1:51004/callback"), Ok(()));
    let single = client_with(|registration| {
        registration.redirect_uris = vec![RedirectUri::parse(CALLBACK).expect("a redirect URI")];
    });
    let missing = parameters(&with("redirect_uri", "")).answer_to(&single, ISSUER).map(|_| ());
    assert_eq!(missing, Err(Unanswerable::NoRedirectUri), "not even where only one is registered");
}

// spec: RFC 6749 section 4.1.2.1 - a missing response_type is invalid_request, another than code unsupported_response_type
// spec: RFC 6749 section 4.1.2.1 - an unknown or malformed scope is invalid_scope
// spec: RFC 6749 section 4.1.2.1 - a client that may not use the grant type is unauthorized_client
// spec: RFC 7636 section 4.4.1 - a missing or malformed challenge, or a method other than S256, is invalid_request
// spec: OpenID Connect Core section 3.1.2.1 - prompt=none with another value is an error
// spec: OpenID Connect Core section 3.1.2.6 - request, request_uri and registration are refused with codes of their own
// spec: RFC 8707 section 2 - a resource that no API has is invalid_target
#[test]
fn what_is_refused_with_which_code() {
    for (name, value, rejection, code) in [
        ("response_type", "", Rejection::NoResponseType, "invalid_request"),
        ("response_type", "token", Rejection::ResponseType, "unsupported_response_type"),
        ("response_type", "code id_token", Rejection::ResponseType, "unsupported_response_type"),
        ("response_mode", "fragment", Rejection::ResponseMode, "invalid_request"),
        ("scope", "openid admin", Rejection::Scope, "invalid_scope"),
        ("scope", "openid  email", Rejection::Scope, "invalid_scope"),
        ("code_challenge", "", Rejection::Challenge, "invalid_request"),
        ("code_challenge", "short", Rejection::Challenge, "invalid_request"),
        ("code_challenge_method", "", Rejection::Challenge, "invalid_request"),
        ("code_challenge_method", "plain", Rejection::Challenge, "invalid_request"),
        ("code_challenge_method", "s256", Rejection::Challenge, "invalid_request"),
        ("prompt", "none login", Rejection::Prompt, "invalid_request"),
        ("prompt", "surprise", Rejection::Prompt, "invalid_request"),
        ("claims", "[]", Rejection::Claims, "invalid_request"),
        (
            "claims",
            r#"{"id_token":{"acr":{"essential":true,"values":["urn:example:key"]}}}"#,
            Rejection::UnmetAuthentication,
            "unmet_authentication_requirements",
        ),
        ("prompt", "none create", Rejection::Prompt, "invalid_request"),
        ("max_age", "-1", Rejection::MaxAge, "invalid_request"),
        ("max_age", "+1", Rejection::MaxAge, "invalid_request"),
        ("max_age", "soon", Rejection::MaxAge, "invalid_request"),
        ("max_age", "99999999999", Rejection::MaxAge, "invalid_request"),
        ("resource", "https://other.example.com", Rejection::Resource, "invalid_target"),
        ("request", "eyJ", Rejection::RequestObject, "request_not_supported"),
        ("request_uri", "https://app.example.com/r", Rejection::RequestUri, "request_uri_not_supported"),
        ("registration", "{}", Rejection::Registration, "registration_not_supported"),
    ] {
        assert_eq!(judged(&client(), &with(name, value)), Err(rejection), "{name}={value}");
        assert_eq!(rejection.code(), code);
    }
    let machine = client_with(|registration| registration.grant_types = vec![GrantType::ClientCredentials]);
    assert_eq!(judged(&machine, &good()), Err(Rejection::UnauthorizedClient));
}

// spec: RFC 9700 section 2.1.1 - public clients must use PKCE
#[test]
fn pkce_is_left_out_only_by_confidential_clients_registered_so() {
    let mut without = good();
    without.retain(|(name, _)| !name.starts_with("code_challenge"));
    assert!(judged(&confidential(), &without).is_ok());
    assert_eq!(judged(&client(), &without), Err(Rejection::Challenge));
    let careless = client_with(|registration| registration.require_pkce = false);
    assert_eq!(judged(&careless, &without), Err(Rejection::Challenge), "a public client never");
    without.push(("code_challenge_method", "S256"));
    assert_eq!(judged(&confidential(), &without), Err(Rejection::Challenge), "a method without a challenge");
}

// spec: RFC 6749 section 4.1.2 - state comes back whole or the request is refused
#[test]
fn long_values_are_carried_or_refused_never_cut() {
    let state: &'static str = Box::leak("s".repeat(128).into_boxed_str());
    let request = judged(&client(), &with("state", state)).expect("good");
    let url = redirected(request.answer_to.with_error(Rejection::AccessDenied));
    assert!(url.contains(&format!("state={state}&")));
    let nonce: &'static str = Box::leak("n".repeat(384).into_boxed_str());
    assert_eq!(judged(&client(), &with("nonce", nonce)).expect("good").nonce.as_deref(), Some(nonce));
    for (name, length) in [("state", 1_025), ("nonce", 513)] {
        let long: &'static str = Box::leak("x".repeat(length).into_boxed_str());
        assert_eq!(judged(&client(), &with(name, long)), Err(Rejection::Length), "{name}");
    }
}

// spec: RFC 6749 section 3.1.2 - the query of the redirect URI is kept when parameters are added
// spec: RFC 6749 section 4.1.2 - state comes back unchanged, and only if it was sent
// spec: RFC 9207 section 2 - the answer names the issuer
#[test]
fn answers_keep_the_registered_query_and_say_who_answers() {
    let request = judged(&client(), &good()).expect("good");
    let url = redirected(coded(&request));
    assert_eq!(
        url,
        "https://app.example.com/callback?tenant=7&code=gr_code_x&scope=openid&session_state=s.s&state=xyz\
         &iss=https%3A%2F%2Fauth.example.com"
    );
    let without_state = judged(&client(), &with("state", "")).expect("good");
    assert!(!redirected(coded(&without_state)).contains("&state="), "no state is invented");
}

fn coded(request: &AuthorizationRequest) -> Delivery {
    request.answer_to.with_code("gr_code_x".to_owned(), "openid".to_owned(), "s.s".to_owned())
}

fn redirected(delivery: Delivery) -> String {
    let Delivery::Redirect(url) = delivery else { panic!("not a redirect") };
    url
}

/// OAuth 2.0 Form Post Response Mode: nothing in the query, the registered one kept; errors as well.
#[test]
fn form_post_carries_the_same_in_a_form() {
    let request = judged(&client(), &with("response_mode", "form_post")).expect("good");
    let Delivery::FormPost { action, parameters, client_name } = coded(&request) else { panic!("not a form") };
    assert_eq!((action.as_str(), client_name.as_str()), (CALLBACK, "App"));
    let sent =
        [("code", "gr_code_x"), ("scope", "openid"), ("session_state", "s.s"), ("state", "xyz"), ("iss", ISSUER)];
    assert_eq!(parameters, sent.map(|(name, value)| (name, value.to_owned())));
    let error = request.answer_to.with_error(Rejection::AccessDenied);
    assert!(matches!(error, Delivery::FormPost { parameters, .. } if parameters[0].1 == "access_denied"));
    let mut to_an_app = with("response_mode", "form_post");
    to_an_app.retain(|(name, _)| *name != "redirect_uri");
    to_an_app.push(("redirect_uri", "com.example.app:/callback"));
    assert_eq!(judged(&client(), &to_an_app), Err(Rejection::ResponseMode), "no browser posts to an app's scheme");
}

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
            next(&request, &client(), facts, Progress { began_with, ..Progress::default() }, NOW),
            expected,
            "prompt={prompt} max_age={max_age}"
        );
        assert_eq!(request.max_age, max_age.parse().ok().map(Seconds::new));
    }
}

#[test]
fn several_signed_in_users_choose_who_continues() {
    let consented = facts("openid email", 100);
    let stranger = SessionFacts { is_expected: false, ..consented.clone() };
    let answer = allowed("openid email");
    let nobody_picked = Progress { began_with: &[SESSION], chosen: None, others: true };
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
    let alone = Progress { began_with: &[SESSION], chosen: None, others: false };
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
    let here = Progress { began_with: &[SESSION], ..Progress::default() };
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
    let here = Progress { began_with: &[SESSION], ..Progress::default() };
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
    let here = Progress { began_with: &[SESSION], ..Progress::default() };
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
        (request.scopes.to_string().as_str(), request.to_allow.to_string().as_str()),
        ("openid", "openid email")
    );
    assert_eq!(request.expected_sub.as_deref(), Some("u1"));
    let here = Progress { began_with: &[SESSION], ..Progress::default() };
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
    let here = Progress { began_with: &[SESSION], ..Progress::default() };
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
    let here = Progress { began_with: &[SESSION], ..Progress::default() };
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

// spec: OpenID Connect Initiating User Registration section 4.1 - where no accounts are made, create is no value of prompt
#[test]
fn accounts_are_made_only_where_there_is_a_place_for_it() {
    assert_eq!(judged_where(&client(), &with("prompt", "create"), false), Err(Rejection::Prompt));
    assert!(judged_where(&client(), &with("prompt", "create"), true).is_ok());
}

// spec: RFC 8707 section 2 - a resource that nothing is asked of is invalid_target
#[test]
fn a_resource_has_a_scope_that_is_about_it() {
    let asking = |scope| {
        let mut pairs = with("resource", "https://api.example.com");
        pairs.retain(|(name, _)| *name != "scope");
        pairs.push(("scope", scope));
        judged(&client(), &pairs).map(|request| request.resources)
    };
    assert_eq!(asking("email"), Err(Rejection::Resource));
    for scope in ["a:b.read", "openid a:b.read", "openid"] {
        assert_eq!(asking(scope).as_deref(), Ok(&["https://api.example.com".to_owned()][..]), "{scope}");
    }
}

// spec: RFC 6749 section 3.3 - without scope, the default: what the client registered, as far as the named resources go
// spec: RFC 8707 section 2 - a resource may be written with the slash of its origin
#[test]
fn without_a_scope_the_request_is_about_the_resources_it_names() {
    let client = client_with(|registration| {
        registration.scopes = Scopes::parse("openid offline_access a:b.read notes").expect("scopes");
    });
    let asked = |resources: &[&'static str]| {
        let mut pairs = with("scope", "");
        pairs.extend(resources.iter().map(|resource| ("resource", *resource)));
        judged(&client, &pairs).map(|request| (request.scopes.to_string(), request.resources))
    };
    let is = |scopes: &str, resources: &[&str]| {
        Ok((scopes.to_owned(), resources.iter().map(|resource| (*resource).to_owned()).collect::<Vec<_>>()))
    };
    assert_eq!(asked(&[]), is("openid a:b.read notes", &[]));
    assert_eq!(asked(&["https://notes.example.com"]), is("openid notes", &["https://notes.example.com"]));
    assert_eq!(asked(&["https://notes.example.com/"]), is("openid notes", &["https://notes.example.com"]));
    let both = ["https://notes.example.com", "https://api.example.com"];
    assert_eq!(asked(&both), is("openid a:b.read notes", &both));
    assert_eq!(asked(&["https://notes.example.com/x"]), Err(Rejection::Resource));
    assert_eq!(asked(&["https://notes.example.com"; 9]), Err(Rejection::Resource), "too many");
}
