//! Where an answer goes: the redirect URI of the client that was sent, and what users and logs are told of it.

use crate::support::authorization_request::{CALLBACK, ISSUER, client};
use grantry::oauth::client::redirect_uri::RedirectKind;
use grantry::oauth::client::{Client, Voucher};
use grantry::oauth::request::verified_return::{Delivery, ResponseMode, VerifiedReturn};

fn verified(client: &Client, sent: &str, mode: ResponseMode) -> Option<VerifiedReturn> {
    VerifiedReturn::verify(client, sent, mode, Some("xyz".to_owned()), ISSUER)
}

// spec: RFC 8252 section 7 - an app's own scheme gets its answer in the query: no browser posts to it
#[test]
fn what_is_known_of_a_redirect_uri_is_what_was_sent() {
    let (query, form_post) = (ResponseMode::Query, ResponseMode::FormPost);
    for (sent, mode, kind, origin) in [
        (CALLBACK, form_post, RedirectKind::Https, "https://app.example.com"),
        ("http://127.0.0.1:51004/callback", form_post, RedirectKind::Loopback, "http://127.0.0.1:51004"),
        ("com.example.app:/callback", query, RedirectKind::PrivateScheme, "com.example.app"),
    ] {
        let answer = verified(&client(), sent, form_post).expect("a redirect URI of the client");
        assert_eq!((answer.redirect_uri(), answer.kind(), answer.mode()), (sent, kind, mode));
        assert_eq!((answer.origin(), answer.issuer(), answer.client_name()), (origin, ISSUER, "App"));
        assert_eq!(verified(&client(), sent, query).expect("the same").mode(), query);
    }
    assert_eq!(verified(&client(), "https://app.example.com/other", query), None);
}

// spec: RFC 9700 section 4.11.2 - a client that nobody vouches for makes the server lead no user anywhere
#[test]
fn only_the_administrator_vouches_for_where_an_answer_goes() {
    for (voucher, is_vouched) in [(Voucher::Administrator, true), (Voucher::Developer, false), (Voucher::Nobody, false)]
    {
        let client = Client { voucher, ..client() };
        let answer = verified(&client, CALLBACK, ResponseMode::Query).expect("a redirect URI of the client");
        assert_eq!(answer.is_vouched(), is_vouched, "{voucher:?}");
        assert_eq!(answer.registered_itself(), voucher == Voucher::Nobody, "{voucher:?}");
    }
}

#[test]
fn a_client_of_the_facade_gets_the_code_with_state_and_issuer_alone() {
    let answer = |sent| verified(&client(), sent, ResponseMode::Query).expect("a redirect URI of the client");
    let redirect = |sent| answer(sent).with_code_alone("gr_code_x".to_owned());
    let parameters = "code=gr_code_x&state=xyz&iss=https%3A%2F%2Fauth.example.com";
    assert_eq!(redirect(CALLBACK), Delivery::Redirect(format!("{CALLBACK}&{parameters}")));
    let without_query = "com.example.app:/callback";
    assert_eq!(redirect(without_query), Delivery::Redirect(format!("{without_query}?{parameters}")));
}
