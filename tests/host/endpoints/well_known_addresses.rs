//! Addresses that browsers and password managers ask for by themselves.

use crate::support::connected::Connected;

#[test]
fn a_password_manager_is_led_to_the_form() {
    let home = Connected::new();
    let answer = home.get("/.well-known/change-password", &[]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/account#account-security")));
    // Without this, a manager does not believe the redirect.
    let missing = home.get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200", &[]);
    assert_eq!(missing.status, 404);
}

#[test]
fn the_icon_may_be_kept_and_is_inert_as_a_document() {
    let answer = Connected::new().get("/favicon.ico", &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/svg+xml")));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=86400"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';") && policy.ends_with("sandbox"), "{policy}");
    assert!(answer.body.starts_with("<svg ") && answer.body.contains(">G</text>"), "{}", answer.body);
}
