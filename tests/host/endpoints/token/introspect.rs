//! Introspection and revocation, of signed and of opaque tokens: what each caller learns, and when a token becomes inactive for all.

use crate::support::clients_platform::{ISSUER, client};
use crate::support::connected::{A, App, Connected, SUB, claims, scopes, text};
use crate::support::platform::request;
use grantry::http::Method;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::settings::AccessTokenFormat;
use grantry::oauth::client::{AuthenticationMethod, Client, GrantType};
use grantry::seal::access_claim::AccessClaim;
use grantry::seal::opaque::OpaqueToken;
use grantry::store::account::{Delete, Disconnect, EndSession, RaiseEpoch};
use grantry::store::registry;
use serde_json::{Value, json};

fn inactive() -> Value {
    json!({"active": false})
}

fn opaque(client: Client) -> Client {
    Client {
        registration: Registration { access_token_format: AccessTokenFormat::Opaque, ..client.registration },
        ..client
    }
}

fn machine(client: Client) -> Client {
    Client {
        registration: Registration {
            grant_types: vec![GrantType::ClientCredentials],
            scopes: scopes("a.read"),
            ..client.registration
        },
        ..client
    }
}

/// Signed tokens, and opaque ones.
fn each_format(run: impl Fn(&Connected, &App<'_>)) {
    for format in [(|client| client) as fn(Client) -> Client, opaque] {
        let home = Connected::new();
        run(&home, &home.app("app", format));
    }
}

// spec: RFC 7662 section 2.2 - what is told of an active token
#[test]
fn a_resource_server_learns_what_is_its_business() {
    each_format(|home, app| {
        let code = app.code("openid email a.read a.write", |mut code| {
            code.authentication = Some("urn:grantry:password pwd".to_owned());
            code
        });
        let tokens = app.redeem(&code, &[]).json;
        let token = text(&tokens, "access_token");
        let mut answer = home.introspect("server-a", token);
        assert_eq!(home.cost(), (1, 0));
        let now = home.world.at().as_secs();
        assert!(answer["jti"].as_str().is_some_and(|jti| jti.len() == 22));
        answer.as_object_mut().expect("an object").remove("jti");
        let id = app.client.id.as_str();
        let expected = json!({"active": true, "iss": ISSUER, "sub": SUB, "aud": A, "client_id": id, "scope": "a.read a.write",
            "token_type": "Bearer", "exp": now + 600, "iat": now, "auth_time": now, "acr": "urn:grantry:password"});
        assert_eq!(answer, expected);
        let of_both = home.introspect("server-ab", token);
        assert_eq!((&of_both["aud"], &of_both["scope"]), (&json!(A), &json!("a.read a.write")));
        assert_eq!(home.introspect("server-b", token), inactive());
        let signed_in = app.redeem(&app.code_for(&[A], "openid"), &[]).json;
        assert_eq!(home.introspect("server-a", text(&signed_in, "access_token")), inactive(), "it has no scope of A");
        let hinted = home.post("/introspect", "server-a", &[("token", token), ("token_type_hint", "refresh_token")]);
        assert_eq!(hinted.json["active"], true, "a wrong hint is tolerated");
    });
}

// spec: RFC 7662 section 2.2 - of a token for another audience, the answer contains nothing but active
// spec: RFC 7662 section 4 - only a server of the token's audience learns of it
#[test]
fn a_token_of_another_audience_is_inactive_and_nothing_more() {
    each_format(|home, app| {
        let tokens = app.tokens("openid offline_access a.read");
        let token = text(&tokens, "access_token");
        home.register(client("stranger", "Stranger"));
        for caller in ["server-b", "stranger", app.client.id.as_str()] {
            assert_eq!(home.introspect(caller, token), inactive(), "{caller}");
            assert_eq!(home.cost(), (0, 0), "{caller}");
        }
        for garbage in [text(&tokens, "refresh_token"), text(&tokens, "id_token"), "x", "gr_op_AAAA", &token[1..]] {
            assert_eq!(home.introspect("server-a", garbage), inactive(), "{garbage}");
            assert_eq!(home.cost(), (0, 0), "{garbage}");
        }
        home.world.pass(600);
        assert_eq!(home.introspect("server-a", token), inactive(), "expired");
        home.world.pass(-600);
    });
}

// spec: RFC 7662 section 2.1 - the caller has to authenticate
// spec: RFC 7662 section 2.3 - wrong credentials are a 401
#[test]
fn only_clients_that_authenticate_may_ask() {
    let home = Connected::new();
    let public = client("public", "Public");
    home.register(Client {
        secrets: Vec::new(),
        registration: Registration { authentication: AuthenticationMethod::None, ..public.registration },
        ..public
    });
    let app = home.app("app", |client| client);
    let tokens = app.tokens("a.read");
    let token = text(&tokens, "access_token");
    let form = |headers: &[(&str, &str)], fields: &[(&str, &str)]| {
        let answer = home.form("/introspect", headers, fields);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let challenge = answer.header("www-authenticate").map(ToOwned::to_owned);
        (answer.status, text(&answer.json, "error").to_owned(), challenge.is_some())
    };
    let refused = |challenge| (401, "invalid_client".to_owned(), challenge);
    assert_eq!(form(&[], &[("token", token), ("client_id", "public")]), refused(false));
    assert_eq!(form(&[], &[("token", token)]), refused(false));
    assert_eq!(form(&[("authorization", "Basic YTpi")], &[("token", token)]), refused(true));
    assert_eq!(form(&[("authorization", &format!("Bearer {token}"))], &[("token", token)]), refused(true));
    let basic = crate::support::connected::basic("server-a");
    let header: &[(&str, &str)] = &[("authorization", &basic)];
    assert_eq!(form(header, &[]), (400, "invalid_request".to_owned(), false));
    let asked = home.world.send(request(Method::Get, &format!("/introspect?token={token}"), header, ""));
    assert_eq!((asked.status, asked.header("allow")), (405, Some("POST")));
    let good = home.form("/introspect", header, &[("token", token)]);
    assert_eq!(
        (good.header("cache-control"), good.header("content-type")),
        (Some("no-store"), Some("application/json"))
    );
}

// spec: RFC 7662 section 4 - a token is active as long as nothing has ended it
#[test]
fn whatever_ends_a_token_ends_it_at_once() {
    type End = fn(&Connected, &App<'_>, &str);
    let ends: [(&str, End); 7] = [
        ("the token is revoked", |_, app, token| {
            assert_eq!(app.post("/revoke", &[("token", token)]).status, 200);
        }),
        ("the session ends", |home, _, _| {
            home.world.account(home.account, EndSession { session: home.session }).expect("ended");
        }),
        ("the consent is taken back", |home, app, _| {
            home.world.account(home.account, Disconnect { client: app.client.id.clone() }).expect("disconnected");
        }),
        ("the person signs out everywhere", |home, _, _| {
            home.world.account(home.account, RaiseEpoch { attempt: home.attempt() }).expect("raised");
        }),
        ("the person is disabled", |home, _, _| {
            home.world.disable(home.account);
        }),
        ("the person is deleted", |home, _, _| {
            home.world.account(home.account, Delete { attempt: home.attempt() }).expect("deleted");
        }),
        ("the client is deleted", |home, app, _| {
            let (attempt, id) = (home.attempt(), app.client.id.clone());
            home.world.clients.ask(registry::Delete { attempt, id }).expect("deleted");
            home.world.clients.found(&app.client.id, Freshness::Now);
        }),
    ];
    for (what, end) in ends {
        for format in [(|client| client) as fn(Client) -> Client, opaque] {
            let home = Connected::new();
            let app = home.app("app", format);
            let tokens = app.tokens("openid a.read");
            let token = text(&tokens, "access_token");
            assert_eq!(home.introspect("server-a", token)["active"], true, "{what}");
            assert_eq!(home.userinfo(token).status, 200, "{what}");
            end(&home, &app, token);
            assert_eq!(home.introspect("server-a", token), inactive(), "{what}");
            assert_eq!(home.cost().1, 0);
            assert_eq!(home.userinfo(token).status, 401, "{what}");
        }
    }
}

/// A client that was deleted and registered again is another client.
#[test]
fn tokens_of_a_client_that_was_registered_again_are_inactive() {
    for format in [(|client| client) as fn(Client) -> Client, opaque] {
        let home = Connected::new();
        let app = home.app("app", |client| format(machine(client)));
        let tokens = app.post("/token", &[("grant_type", "client_credentials")]).json;
        let token = text(&tokens, "access_token");
        let active = home.introspect("server-a", token);
        assert_eq!(home.cost(), (0, 0), "a token of the client itself is in no object");
        assert_eq!(
            (&active["active"], &active["sub"], &active["scope"]),
            (&json!(true), &json!("client:app"), &json!("a.read"))
        );
        assert_eq!(active.get("auth_time"), None);
        home.world.pass(1);
        let (attempt, id) = (home.attempt(), app.client.id.clone());
        home.world.clients.ask(registry::Delete { attempt, id }).expect("deleted");
        home.world.pass(1);
        home.register(Client { revoked_before: None, ..app.client.clone() });
        assert_eq!(home.introspect("server-a", token), inactive());
    }
}

#[test]
fn an_opaque_token_says_nothing_and_does_the_same() {
    let home = Connected::new();
    let app = home.app("sealed", opaque);
    let tokens = app.tokens("openid email offline_access a.read");
    let token = text(&tokens, "access_token");
    assert!(token.starts_with("gr_op_") && !token.contains('.'));
    assert_eq!(home.userinfo(token).json, json!({"sub": SUB, "email": "ada@example.com", "email_verified": true}));
    assert_eq!(home.cost(), (1, 0));
    let id_token = claims(&tokens["id_token"]);
    assert!(id_token["at_hash"].is_string());
    let refreshed = app.refresh(text(&tokens, "refresh_token"), &[]).json;
    assert!(text(&refreshed, "access_token").starts_with("gr_op_"));
    let service = home.app("service", |client| opaque(machine(client)));
    let machine = service.post("/token", &[("grant_type", "client_credentials")]).json;
    assert!(text(&machine, "access_token").starts_with("gr_op_"));
    assert_eq!(home.introspect("server-a", text(&machine, "access_token"))["client_id"], "service");
}

/// Invariant 5: the master keys without a signing key are not enough to make an access token.
// spec: Invariant 5 - a sealed value creates no right by itself
#[test]
fn a_seal_alone_is_no_access_token() {
    let home = Connected::new();
    let app = home.app("sealed", opaque);
    let tokens = app.tokens("openid a.read");
    let world = &home.world;
    let sealer = &world.clients.config.sealer;
    let opened = sealer.open::<OpaqueToken>(text(&tokens, "access_token"), world.at()).expect("sealed by us");
    let seal = |inner: &str| {
        let token = OpaqueToken(inner.to_owned());
        sealer.seal(&token, opened.life, world.clients.random()).expect("sealed")
    };
    let inner = &opened.value.0;
    assert_eq!(home.introspect("server-a", &seal(inner))["active"], true);
    let (signed, _) = inner.rsplit_once('.').expect("a JWT");
    let id_token = text(&tokens, "id_token");
    for forged in [format!("{signed}."), format!("{signed}.AAAA"), id_token.to_owned(), seal(inner), String::new()] {
        assert_eq!(home.introspect("server-a", &seal(&forged)), inactive(), "{forged}");
        assert_eq!(home.userinfo(&seal(&forged)).status, 401, "{forged}");
    }
    let place = claims(&json!(inner))["gr"].as_str().expect("a place").to_owned();
    assert!(sealer.open::<AccessClaim>(&place, world.at()).is_ok());
    assert_eq!(home.introspect("server-a", &place), inactive(), "nor is the claim of one");
}

// spec: RFC 7009 section 2.1 - a wrong hint does no harm, a foreign token is refused
// spec: RFC 7009 section 2.2.1 - tokens of a client itself are of an unsupported type
#[test]
fn rfc_7009_takes_every_kind_of_token() {
    each_format(|home, app| {
        let tokens = app.tokens("openid offline_access a.read");
        let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
        let revoke = |client: &str, token: &str, hint: &str| {
            home.post("/revoke", client, &[("token", token), ("token_type_hint", hint)]).status
        };
        for token in [access, refresh] {
            assert_eq!(revoke("server-a", token, "access_token"), 400, "a foreign token");
            assert_eq!(home.cost(), (0, 0));
        }
        assert_eq!(home.userinfo(access).status, 200, "and it is untouched");
        assert_eq!(revoke(app.client.id.as_str(), access, "refresh_token"), 200);
        assert_eq!(home.userinfo(access).status, 401);
        let again = app.refresh(refresh, &[]).json;
        assert_eq!(home.userinfo(text(&again, "access_token")).status, 200, "the family lives");
        assert_eq!(revoke(app.client.id.as_str(), refresh, "nonsense"), 200);
        assert_eq!(home.userinfo(text(&again, "access_token")).status, 401);
        assert_eq!(text(&app.refresh(refresh, &[]).json, "error"), "invalid_grant");
        for garbage in ["x", "gr_op_AAAA", "gr_rt_AAAA", "e30.e30.AAAA"] {
            assert_eq!(revoke(app.client.id.as_str(), garbage, "access_token"), 200, "{garbage}");
        }
    });
    let home = Connected::new();
    let service = home.app("service", |client| opaque(machine(client)));
    let machine = service.post("/token", &[("grant_type", "client_credentials")]).json;
    let refused = service.post("/revoke", &[("token", text(&machine, "access_token"))]);
    assert_eq!((refused.status, text(&refused.json, "error")), (400, "unsupported_token_type"));
}

#[test]
fn discovery_says_how() {
    let home = Connected::new();
    let metadata = home.get("/.well-known/openid-configuration", &[]).json;
    assert_eq!(metadata["introspection_endpoint"], format!("{ISSUER}/introspect"));
    let methods = metadata["introspection_endpoint_auth_methods_supported"].as_array().expect("a list");
    assert!(methods.contains(&json!("client_secret_basic")) && !methods.contains(&json!("none")));
    assert_eq!(metadata["claims_parameter_supported"], true);
    for claim in ["acr", "amr", "sid", "email", "dept"] {
        assert!(metadata["claims_supported"].as_array().expect("a list").contains(&json!(claim)), "{claim}");
    }
}
