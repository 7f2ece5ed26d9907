//! Tokens for APIs that a client may not use.

use crate::support::clients_platform::ISSUER;
use crate::support::connected::{A, App, B, Connected, claims, scopes, text};
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{Client, GrantType};
use serde_json::json;

/// A client that gets tokens in its own name.
fn service<'a>(home: &'a Connected, may: &str) -> App<'a> {
    home.app("service", |client| Client {
        registration: Registration {
            grant_types: vec![GrantType::ClientCredentials],
            scopes: scopes(may),
            ..client.registration
        },
        ..client
    })
}

/// RFC 8707 section 2: who names an API gets no token for it without a scope of it.
#[test]
fn attack_a_client_names_an_api_that_it_has_no_scope_of() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    for (apis, allowed) in [(&[A][..], "openid"), (&[A, B], "openid email"), (&[B], "openid offline_access")] {
        let tokens = app.redeem(&app.code_for(apis, allowed), &[]).json;
        let token = text(&tokens, "access_token");
        assert_eq!(claims(&tokens["access_token"])["aud"], ISSUER, "{apis:?} {allowed}");
        for server in ["server-a", "server-b", "server-ab"] {
            assert_eq!(home.introspect(server, token), json!({"active": false}), "{server}");
        }
        for api in apis {
            let named = app.redeem(&app.code_for(apis, allowed), &[("resource", api)]);
            assert_eq!(named.json["error"], "invalid_target", "{api}");
        }
    }
    let both = app.redeem(&app.code_for(&[A, B], "openid a.read"), &[("resource", B)]);
    assert_eq!(both.json["error"], "invalid_target", "a scope of one is none of the other");
}

#[test]
fn attack_a_client_in_its_own_name_names_all_apis() {
    let home = Connected::new();
    let app = service(&home, "a.read");
    let ask = |resources: &[&str]| {
        let resources = resources.iter().map(|resource| ("resource", *resource));
        let fields: Vec<_> = [("grant_type", "client_credentials")].into_iter().chain(resources).collect();
        app.post("/token", &fields)
    };
    for resources in [&[A, B][..], &[B], &[A, ISSUER], &[ISSUER]] {
        let refused = ask(resources);
        assert_eq!((refused.status, &refused.json["error"]), (400, &json!("invalid_target")), "{resources:?}");
    }
    assert_eq!(claims(&ask(&[A]).json["access_token"])["aud"], A);
}

/// RFC 9700 section 2.3: an API that receives a token cannot use it at another one, nor to find out who the user is.
#[test]
fn attack_an_api_uses_the_token_that_it_got_at_another_api() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let all = "openid email offline_access a.read b.read";
    let for_a = app.redeem(&app.code_for(&[A, B], all), &[]).json;
    assert_eq!(claims(&for_a["access_token"])["aud"], json!([A, ISSUER]));
    assert_eq!(home.introspect("server-b", text(&for_a, "access_token")), json!({"active": false}));
    let narrow = app.refresh(text(&for_a, "refresh_token"), &[("scope", "a.read")]).json;
    assert_eq!(claims(&narrow["access_token"])["aud"], A);
    assert_eq!(home.userinfo(text(&narrow, "access_token")).status, 401, "it was not for us");
    for both in [
        app.redeem(&app.code_for(&[A, B], all), &[("resource", A), ("resource", B)]),
        app.refresh(text(&for_a, "refresh_token"), &[("resource", A), ("resource", B)]),
    ] {
        assert_eq!(both.json["error"], "invalid_target");
    }
}
