//! Where a browser goes after a sign-out: at once only where an administrator vouches for the app, or where the app names a
//! session of this browser.

use crate::support::clients_platform::{ISSUER, client};
use crate::support::connected::{Connected, text};
use crate::support::platform::{Answer, request};
use grantry::base::Seconds;
use grantry::http::Method;
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::{Client, Voucher};
use grantry::oauth::request::logout::PostLogoutReturn;
use grantry::seal::Life;
use grantry::seal::browser::{Browser, BrowserId, SessionRef};

const BYE: &str = "https://elsewhere.example/bye";

fn returning(client: Client, to: &str) -> Client {
    let mut client = client;
    client.registration.logout.post_logout_redirect_uris = vec![RedirectUri::parse(to).expect("an address")];
    client
}

/// The cookie of a browser in which Ada signed in a second time.
fn signed_in(home: &Connected) -> String {
    let session = home.world.sign_in(home.account, home.world.at().plus(Seconds::DAY));
    cookie(home, SessionRef { account: home.account, session })
}

fn cookie(home: &Connected, at: SessionRef) -> String {
    let browser = Browser::new(BrowserId([3; 16])).with_current(at);
    let life = Life { sealed_at: home.world.at(), expires_at: home.world.at().plus(Seconds::DAY) };
    let sealer = &home.world.clients.config.sealer;
    ["__Host-grantry=", &sealer.seal(&browser, life, home.world.clients.random()).expect("sealed")].concat()
}

fn query(id_token: &str, more: &str) -> String {
    let pairs = [("id_token_hint", id_token), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    [query.as_str(), more].concat()
}

fn leads_to(answer: &Answer) -> Option<&str> {
    answer.header("location")
}

// spec: OpenID Connect RP-Initiated Logout section 3 - the address after a sign-out must not make the server an open redirector
#[test]
fn attack_a_link_leads_a_signed_out_browser_to_no_app_that_nobody_vouches_for() {
    for (voucher, at_once, offered) in
        [(Voucher::Administrator, true, false), (Voucher::Developer, false, true), (Voucher::Nobody, false, false)]
    {
        let home = Connected::new();
        let app = home.app("app", |app| Client { voucher, ..returning(app, BYE) });
        let id_token = text(&app.tokens("openid"), "id_token").to_owned();
        let link = format!("/logout?{}", query(&id_token, ""));

        let signed_out = home.get(&link, &[]);
        let elsewhere = signed_in(&home);
        let asked = home.get(&link, &[("cookie", &elsewhere)]);
        assert!(asked.body.contains("id=\"logout-form\""), "{voucher:?}: a session that the hint does not name");
        let headers =
            [("cookie", elsewhere.as_str()), ("origin", ISSUER), ("content-type", "application/x-www-form-urlencoded")];
        let confirmed =
            home.world.send(request(Method::Post, "/logout", &headers, &query(&id_token, "&decision=confirm")));
        for answer in [signed_out, confirmed] {
            let back = format!("{BYE}?state=s");
            assert_eq!(leads_to(&answer) == Some(back.as_str()), at_once, "{voucher:?}: {:?}", leads_to(&answer));
            assert_eq!(answer.body.contains("id=\"logged-out-back\""), offered, "{voucher:?}");
            assert_eq!(answer.body.contains("href=\"https://elsewhere.example/bye?state=s\""), offered, "{voucher:?}");
            if !at_once && !offered {
                assert_eq!(leads_to(&answer), Some("/logged-out"), "{voucher:?}");
            }
        }

        let own = cookie(&home, SessionRef { account: home.account, session: home.session });
        let named = home.get(&link, &[("cookie", &own)]);
        assert_eq!(leads_to(&named), Some(format!("{BYE}?state=s").as_str()), "{voucher:?}: it names a session here");
    }
}

// spec: RFC 8252 section 7.3 - any port of a loopback address, but not that of an issuer there
#[test]
fn attack_a_loopback_issuer_is_no_target_of_its_own() {
    let app = returning(client("app", "App"), "http://localhost/bye");
    let leads = |issuer: &str| PostLogoutReturn::verify(&app, "http://localhost:8787/bye", None, issuer).is_some();
    assert!(leads("https://auth.example.com") && leads("http://localhost:8788"));
    assert!(!leads("http://localhost:8787"));
}
