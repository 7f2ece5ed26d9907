//! What the endpoints compute for one request: every operation of a client, some times, each behind a function of its own.
//! Here every answer has to be the right one; `tests/guard` runs the same program under callgrind and counts instructions.

use std::hint::black_box;

use crate::support::clients_platform::now_or_never;
use crate::support::connected::{Connected, VERIFIER, basic, scopes, text};
use crate::support::platform::{World, request};
use grantry::http::{Method, Request, Response};
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{AuthenticationMethod, Client, GrantType};
use serde_json::Value;

/// How often each operation is done. `tests/guard` divides by it.
const TIMES: usize = 20;

/// Functions that differ in nothing but their names, which is what callgrind tells them apart by.
macro_rules! measured {
    ($($name:ident)*) => {
        $(#[inline(never)]
        fn $name(world: &World, request: Request) -> Response {
            black_box(stringify!($name));
            now_or_never(world.start(request))
        })*
    };
}
measured! { code_exchange refresh_rotating refresh_not_rotating client_credentials introspection userinfo }

fn form(path: &str, authorization: Option<&str>, fields: &[(&str, &str)]) -> Request {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    headers.extend(authorization.map(|value| ("authorization", value)));
    request(Method::Post, path, &headers, &body)
}

fn answered(response: &Response) -> Value {
    assert_eq!(response.status(), 200, "{}", String::from_utf8_lossy(response.body()));
    serde_json::from_slice(response.body()).expect("JSON")
}

#[test]
fn every_operation_of_a_client_is_answered_again_and_again() {
    let home = Connected::new();
    let world = &home.world;
    let app = home.app("app", |client| client);
    let single = home.app("single", |client| Client {
        secrets: Vec::new(),
        registration: Registration {
            authentication: AuthenticationMethod::None,
            rotates_refresh_tokens: true,
            ..client.registration
        },
        ..client
    });
    home.app("service", |client| Client {
        registration: Registration {
            grant_types: vec![GrantType::ClientCredentials],
            scopes: scopes("a.read"),
            ..client.registration
        },
        ..client
    });
    let [app_secret, service_secret, server_secret] = ["app", "service", "server-a"].map(basic);
    let allowed = "openid offline_access a.read";

    let code = single.code(allowed, |code| code);
    let fields =
        [("grant_type", "authorization_code"), ("client_id", "single"), ("code", &code), ("code_verifier", VERIFIER)];
    let mut rotating = answered(&now_or_never(world.start(form("/token", None, &fields))));

    for _ in 0..TIMES {
        let code = app.code(allowed, |code| code);
        let fields = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
        let tokens = answered(&code_exchange(world, form("/token", Some(&app_secret), &fields)));

        let before = text(&rotating, "refresh_token").to_owned();
        let fields = [("grant_type", "refresh_token"), ("client_id", "single"), ("refresh_token", &before)];
        rotating = answered(&refresh_rotating(world, form("/token", None, &fields)));
        assert_ne!(text(&rotating, "refresh_token"), before);

        let fields = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
        let kept = answered(&refresh_not_rotating(world, form("/token", Some(&app_secret), &fields)));
        assert!(kept.get("refresh_token").is_none());

        let fields = [("grant_type", "client_credentials")];
        answered(&client_credentials(world, form("/token", Some(&service_secret), &fields)));

        let fields = [("token", text(&tokens, "access_token"))];
        let told = answered(&introspection(world, form("/introspect", Some(&server_secret), &fields)));
        assert_eq!(told["active"], true);

        let bearer = ["Bearer ", text(&tokens, "access_token")].concat();
        let claims = answered(&userinfo(world, request(Method::Get, "/userinfo", &[("authorization", &bearer)], "")));
        assert!(claims["sub"].is_string());
    }
}
