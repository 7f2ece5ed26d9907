//! The authorization request, judged without a server: which requests are answerable, and which are refused with which
//! code.

use crate::support::authorization_request::{
    CALLBACK, ISSUER, client, client_with, confidential, good, judged, judged_where, parameters, with,
};
use grantry::oauth::client::GrantType;
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::request::authorize::AuthorizationRequest;
use grantry::oauth::request::rejection::{Rejection, Unanswerable};
use grantry::oauth::request::verified_return::Delivery;
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::entitlement::NotEntitled;

/// The APIs that a grant of the whole request is for.
fn apis(request: &AuthorizationRequest) -> Vec<String> {
    request.grantable.granted(request.grantable.scopes()).apis
}

// spec: Invariant 1 - without a client and exactly one of its redirect URIs there is no address for an answer
// spec: RFC 8252 section 7.3 - any port of a loopback address, but not that of an issuer there
#[test]
fn attack_a_loopback_issuer_is_no_target_of_its_own() {
    let answer = |sent: &'static str, issuer: &str| {
        parameters(&with("redirect_uri", sent)).answer_to(&client(), issuer).map(|_| ()).err()
    };
    let own = "http://127.0.0.1:8787/callback";
    assert_eq!(answer(own, "http://127.0.0.1:8788"), None);
    assert_eq!(answer(own, "http://127.0.0.1:8787"), Some(Unanswerable::UnregisteredRedirectUri));
}

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
        ("scope", "openid admin", Rejection::NotEntitled(NotEntitled::Scope), "invalid_scope"),
        ("scope", "openid  email", Rejection::NotEntitled(NotEntitled::Scope), "invalid_scope"),
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
        ("resource", "https://other.example.com", Rejection::NotEntitled(NotEntitled::Resource), "invalid_target"),
        ("request", "eyJ", Rejection::RequestObject, "request_not_supported"),
        ("request_uri", "https://app.example.com/r", Rejection::RequestUri, "request_uri_not_supported"),
        ("registration", "{}", Rejection::Registration, "registration_not_supported"),
    ] {
        assert_eq!(rejection.code(), code);
        assert_eq!(judged(&client(), &with(name, value)), Err(rejection), "{name}={value}");
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
    let url = redirected(request.answer_to.with_error(&Rejection::AccessDenied));
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
    let error = request.answer_to.with_error(&Rejection::AccessDenied);
    assert!(matches!(error, Delivery::FormPost { parameters, .. } if parameters[0].1 == "access_denied"));
    let mut to_an_app = with("response_mode", "form_post");
    to_an_app.retain(|(name, _)| *name != "redirect_uri");
    to_an_app.push(("redirect_uri", "com.example.app:/callback"));
    assert_eq!(judged(&client(), &to_an_app), Err(Rejection::ResponseMode), "no browser posts to an app's scheme");
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
        judged(&client(), &pairs).map(|request| apis(&request))
    };
    for scope in ["email", "openid", "openid email"] {
        assert_eq!(asking(scope), Err(Rejection::NotEntitled(NotEntitled::Resource)), "{scope}");
    }
    for scope in ["a:b.read", "openid a:b.read"] {
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
        judged(&client, &pairs).map(|request| (request.grantable.scopes().to_string(), apis(&request)))
    };
    let is = |scopes: &str, resources: &[&str]| {
        Ok((scopes.to_owned(), resources.iter().map(|resource| (*resource).to_owned()).collect::<Vec<_>>()))
    };
    let several = asked(&[]).expect_err("two APIs, and neither is named");
    assert_eq!(several.code(), "invalid_target");
    assert!(several.to_string().contains("https://api.example.com, https://notes.example.com"), "{several}");
    assert_eq!(asked(&["https://notes.example.com"]), is("openid notes", &["https://notes.example.com"]));
    assert_eq!(asked(&["https://notes.example.com/"]), is("openid notes", &["https://notes.example.com"]));
    let both = ["https://notes.example.com", "https://api.example.com"];
    assert_eq!(asked(&both), is("openid a:b.read notes", &both));
    assert_eq!(asked(&["https://notes.example.com/x"]), Err(Rejection::NotEntitled(NotEntitled::Resource)));
    assert_eq!(
        asked(&["https://notes.example.com"; 9]),
        Err(Rejection::NotEntitled(NotEntitled::Resource)),
        "too many"
    );
}
