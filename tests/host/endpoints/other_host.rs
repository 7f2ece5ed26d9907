//! Requests for a host that is not the issuer's: the answer says what to set, and takes nothing but text from the host.

use grantry::http::{Body, Method, Request};

use crate::support::clients_platform::ISSUER;
use crate::support::platform::{Answer, World};

fn asked(origin: &str, path: &str, accept: &str) -> Answer {
    let headers = vec![("accept".to_owned(), accept.to_owned())];
    let body = Body::Complete(Vec::new());
    World::new().send(Request::new(Method::Get, origin.to_owned(), path.to_owned(), None, headers, body))
}

const BROWSER: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";

#[test]
fn the_operator_reads_what_was_asked_what_is_set_and_both_ways_out() {
    let other = "https://auth.other.example";
    let page = asked(other, "/", BROWSER);
    let plain = asked(other, "/", "*/*");
    assert_eq!((page.status, plain.status), (421, 421));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(plain.header("content-type"), Some("text/plain; charset=utf-8"));
    for answer in [&page.body, &plain.body] {
        let words = answer.replace("<bdi>", "").replace("</bdi>", "");
        assert!(words.contains(&format!("set ISSUER to {other},")), "{answer}");
        assert!(words.contains(&format!("To use {ISSUER}: make its host a custom domain")), "{answer}");
    }
    for answer in [&page, &plain] {
        let reference = answer.header("x-request-id").expect("a reference");
        assert!(answer.body.contains(reference), "the reference that the log has: {}", answer.body);
    }
    assert_eq!(asked(other, "/token", BROWSER).header("content-type"), Some("text/plain; charset=utf-8"));
}

#[test]
fn an_address_that_cannot_be_an_issuer_is_not_proposed() {
    let insecure = asked("http://auth.other.example", "/", "*/*").body;
    assert!(insecure.contains("http://auth.other.example") && !insecure.contains("set ISSUER to"), "{insecure}");
    assert!(insecure.contains(&format!("To use {ISSUER}")), "{insecure}");
}

// spec: Invariant 12 - the host of a request is shown as text and makes no link
#[test]
fn attack_a_host_becomes_no_markup_and_no_link() {
    for origin in
        ["https://evil.example", "https://<script>alert(1)</script>", "https://\"><a href=\"https://evil.example"]
    {
        let page = asked(origin, "/", BROWSER);
        assert_eq!(page.status, 421);
        assert!(!page.body.contains("<script") && !page.body.contains("<a "), "{}", page.body);
        let named = page.headers.iter().any(|(_, value)| value.contains("evil"));
        assert!(!named, "no header repeats it");
    }
}
