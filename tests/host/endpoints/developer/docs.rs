//! The documentation for developers.

use crate::support::developer::Portal;
use crate::support::platform::request;
use grantry::config::{Config, DeveloperSettings, Readers};
use grantry::http::Method;

#[test]
fn the_documentation_is_for_everybody_unless_the_deployment_says_otherwise() {
    let read = |portal: &Portal| portal.world.send(request(Method::Get, "/developer/docs", &[], ""));
    let portal = Portal::new();
    let page = read(&portal);
    assert_eq!(page.status, 200);
    for part in [
        "https://auth.example.com/token",
        "See rooms",
        "rooms.read",
        "access_denied",
        "invalid_grant",
        "insufficient_scope",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    let portal = Portal::with(|config| Config {
        developers: DeveloperSettings { docs: Readers::Developers, ..config.developers },
        ..config
    });
    assert_eq!(read(&portal).status, 303);
    assert_eq!(portal.person("bob", None).get("/developer/docs").status, 403);
    assert_eq!(portal.developer("ada").get("/developer/docs").status, 200);
}
