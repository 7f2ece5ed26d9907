//! What users read when the request of an app is refused.

use crate::support::clients_platform::client;
use crate::support::connected::Connected;
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::{Client, Voucher};

#[test]
fn the_page_begins_with_the_fault_and_says_of_the_app_what_is_true() {
    for (voucher, said, not_said) in [
        (Voucher::Developer, "was registered by a developer", "registered itself"),
        (Voucher::Nobody, "registered itself", "was registered by a developer"),
    ] {
        let home = Connected::new();
        let mut app = Client { voucher, ..client("app", "Planner") };
        app.registration.redirect_uris = vec![RedirectUri::parse("https://app.example/callback").expect("an address")];
        home.register(app);
        let page = home.get(
            "/authorize?client_id=app&response_type=token&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&state=s",
            &[],
        );
        assert_eq!(page.status, 400, "{voucher:?} {}", page.body);
        assert!(page.body.contains(said) && !page.body.contains(not_said), "{voucher:?} {}", page.body);
        let (before, fault) = page.body.split_once("id=\"error-message\"").expect("the fault");
        assert!(before.contains("<h1>This app’s request was refused</h1>") && !before.contains("Planner"), "{before}");
        assert!(fault.contains("<code>unsupported_response_type</code>"), "{fault}");
    }
}
