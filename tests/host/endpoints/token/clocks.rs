//! Tokens that look as if they were sealed in the future, because the clock of a machine stepped back.

use crate::support::connected::{App, Connected, text};
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::settings::AccessTokenFormat;
use grantry::oauth::client::{Client, GrantType};
use serde_json::{Value, json};

/// More than clocks may differ.
const STEP: i64 = 20;

fn told_to_try_again(what: &str, answer: &crate::support::platform::Answer) {
    assert_eq!(answer.status, 503, "{what}: {}", answer.body);
    assert_eq!(answer.json["error"], json!("temporarily_unavailable"), "{what}");
    assert_eq!(answer.header("retry-after"), Some("10"), "{what}");
}

/// Everything that an app holds, shown to a machine whose clock is behind, and again when it is right.
fn stepped_back(home: &Connected, app: &App<'_>) {
    let tokens = app.tokens("openid offline_access a.read");
    let code = app.code("openid", |code| code);
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));

    home.world.pass(-STEP);
    told_to_try_again("code", &app.redeem(&code, &[]));
    told_to_try_again("refresh token", &app.refresh(refresh, &[]));
    told_to_try_again("userinfo", &home.userinfo(access));
    told_to_try_again("introspection", &home.post("/introspect", "server-a", &[("token", access)]));
    told_to_try_again("revoked refresh token", &app.post("/revoke", &[("token", refresh)]));
    told_to_try_again("revoked access token", &app.post("/revoke", &[("token", access)]));
    let forged = refresh.replace(&refresh[refresh.len() - 6..], "AAAAAA");
    assert_eq!(app.refresh(&forged, &[]).json["error"], json!("invalid_grant"), "garbage stays garbage");

    home.world.pass(STEP);
    assert_eq!(home.userinfo(access).status, 200);
    assert_eq!(home.introspect("server-a", access)["active"], json!(true));
    assert_eq!(app.redeem(&code, &[]).status, 200);
    assert_eq!(app.refresh(refresh, &[]).status, 200, "nothing was revoked in the meantime");
}

// spec: RFC 6749 section 5.2 - a client throws away what is invalid_grant, so what only a clock refuses is not
// spec: RFC 7009 section 2.2.1 - a token that was not revoked is not answered as revoked
#[test]
fn a_clock_that_steps_back_ends_no_token() {
    let home = Connected::new();
    stepped_back(&home, &home.app("signed", |client| client));
    let opaque = |client: Client| Client {
        registration: Registration { access_token_format: AccessTokenFormat::Opaque, ..client.registration },
        ..client
    };
    stepped_back(&home, &home.app("opaque", opaque));
}

// spec: RFC 9700 section 2.6 - an opaque token of a client itself as well
#[test]
fn a_clock_that_steps_back_ends_no_token_of_a_client_itself() {
    let home = Connected::new();
    let machine = home.app("machine", |client| Client {
        registration: Registration {
            grant_types: vec![GrantType::ClientCredentials],
            access_token_format: AccessTokenFormat::Opaque,
            ..client.registration
        },
        ..client
    });
    let answer: Value = machine.post("/token", &[("grant_type", "client_credentials"), ("scope", "a.read")]).json;
    let token = text(&answer, "access_token");
    home.world.pass(-STEP);
    told_to_try_again("introspection", &home.post("/introspect", "server-a", &[("token", token)]));
    home.world.pass(STEP);
    assert_eq!(home.introspect("server-a", token)["active"], json!(true));
}
