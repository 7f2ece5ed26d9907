//! What tokens say: ID tokens, claims asked for by name, audiences and scopes, at redemption and at every refresh.

use crate::support::clients_platform::ISSUER;
use crate::support::connected::{A, App, B, Connected, SUB, claims, scopes, text};
use crate::support::later_format::Later;
use crate::support::platform::{request, signature};
use grantry::base::encoding::base64url;
use grantry::base::{FamilyId, OrganizationId, Seconds};
use grantry::http::Method;
use grantry::jose::Algorithm;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{Client, GrantType};
use grantry::oauth::token::sid::Sid;
use grantry::seal::access_claim::AccessClaim;
use grantry::seal::code::Code;
use grantry::seal::refresh_token::RefreshToken;
use grantry::seal::{FamilyHolder, Purpose};
use grantry::store::account::Redeem;
use serde_json::{Value, json};

fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

// spec: OpenID Connect Core section 2 - acr and amr say how, and nothing is said that was not asked for
// spec: OpenID Connect Core section 12.2 - a refreshed ID token says the same with a new iat
#[test]
fn an_id_token_names_the_user_the_method_and_the_session() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let code = app.code("openid email offline_access", |mut code| {
        code.authentication = Some("urn:grantry:password pwd otp".to_owned());
        code
    });
    let tokens = app.redeem(&code, &[]).json;
    let first = claims(&tokens["id_token"]);
    let plain = ["acr", "amr", "at_hash", "aud", "auth_time", "azp", "exp", "iat", "iss", "nonce", "sid", "sub"];
    assert_eq!(names(&first), plain, "no claim that was not asked for by name");
    assert_eq!((&first["acr"], &first["amr"]), (&json!("urn:grantry:password"), &json!(["pwd", "otp"])));
    assert_eq!(first["sid"], Sid::of(home.session, &app.client.id).as_str());
    assert_eq!(
        (&first["sub"], &first["aud"], &first["azp"], &first["nonce"]),
        (&json!(SUB), &json!("app"), &json!("app"), &json!("a nonce"))
    );
    let access = claims(&tokens["access_token"]);
    assert_eq!((&access["acr"], &access["auth_time"]), (&json!("urn:grantry:password"), &first["auth_time"]));

    // OpenID Connect Core section 12.2.
    home.world.pass(100);
    let again = claims(&app.refresh(text(&tokens, "refresh_token"), &[]).json["id_token"]);
    for name in ["iss", "sub", "aud", "azp", "auth_time", "sid", "acr", "amr"] {
        assert_eq!(again[name], first[name], "{name}");
    }
    assert_eq!(again["iat"].as_i64(), first["iat"].as_i64().map(|iat| iat + 100));
    assert_eq!(again.get("nonce"), None);
}

#[test]
fn without_knowing_how_nothing_is_said_of_it() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let token = claims(&app.tokens("openid")["id_token"]);
    assert_eq!((token.get("acr"), token.get("amr")), (None, None));
}

/// What a release before this one kept of a family.
#[test]
fn a_family_of_an_earlier_release_goes_on() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let world = &home.world;
    let family = FamilyId::allocate(world.at().plus(Seconds::DAY), world.clients.random());
    let tokens = app.redeem(&app.code("openid offline_access", |code| Code { family, ..code }), &[]);
    let mut accounts = world.accounts.borrow_mut();
    let sql = accounts.get_mut(&home.account).expect("the account");
    sql.arrange("UPDATE family SET context = '{\"auth_time\":1700000000}'", &[]);
    drop(accounts);
    let refreshed = app.refresh(text(&tokens.json, "refresh_token"), &[]);
    assert_eq!(claims(&refreshed.json["id_token"])["auth_time"], 1_700_000_000);
    assert_eq!(home.userinfo(text(&refreshed.json, "access_token")).json, json!({"sub": SUB}));
}

fn asking(app: &App<'_>, allowed: &str, claims: &str) -> Value {
    let code = app.code(allowed, |code| Code { claims: Some(claims.to_owned()), ..code });
    let answer = app.redeem(&code, &[]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(app.home.cost(), (1, 1), "claims cost no call of their own");
    answer.json
}

// spec: OpenID Connect Core section 5.5 - ID token and userinfo have the claims that were asked for there
#[test]
fn claims_asked_for_by_name_are_told_where_they_were_asked_for() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let asked = r#"{"id_token":["birthdate","dept","email","updated_at"],"userinfo":["family_name","name"]}"#;
    let tokens = asking(&app, "openid offline_access", asked);
    let told = |token: &Value| -> Value {
        let names = ["name", "family_name", "given_name", "birthdate", "email", "email_verified", "dept"];
        let all = claims(token);
        assert!(all["updated_at"].is_i64());
        names.into_iter().filter_map(|name| Some((name.to_owned(), all.get(name)?.clone()))).collect()
    };
    let expected = json!({"email": "ada@example.com", "dept": "Yard"});
    assert_eq!(told(&tokens["id_token"]), expected, "what has no value is left out");
    let info = home.userinfo(text(&tokens, "access_token"));
    assert_eq!(info.json, json!({"sub": SUB, "name": "Ada Lovelace", "family_name": "Lovelace"}));
    assert_eq!(home.cost(), (1, 0));
    let refreshed = app.refresh(text(&tokens, "refresh_token"), &[]).json;
    assert_eq!(told(&refreshed["id_token"]), expected, "a refreshed ID token says the same");
    assert_eq!(home.userinfo(text(&refreshed, "access_token")).json, info.json);
}

#[test]
fn the_object_tells_nothing_of_the_person_where_nothing_was_asked_for() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let world = &home.world;
    let ask = |context: &str| Redeem {
        attempt: home.attempt(),
        family: FamilyId::allocate(world.at().plus(Seconds::DAY), world.clients.random()),
        code: grantry::base::CodeId::from_bytes(world.clients.random()),
        code_expires_at: world.at().plus(Seconds::new(60)),
        client: app.client.id.clone(),
        grant: app.grant,
        session: home.session,
        epoch: 0,
        scopes: scopes("openid"),
        offline: false,
        refresh: None,
        access_lifetime: Seconds::new(600),
        context: context.to_owned(),
    };
    let told = |context| world.account(home.account, ask(context)).expect("issued").claims;
    assert_eq!(told(r#"{"auth_time":1}"#), None);
    assert_eq!(told(r#"{"auth_time":1,"claims":{"userinfo":["name"]}}"#), None);
    assert!(told(r#"{"auth_time":1,"claims":{"id_token":["name"]}}"#).is_some_and(|all| all["name"] == "Ada Lovelace"));
}

#[test]
fn a_scope_of_the_deployment_opens_its_claims() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let tokens = app.tokens("openid acme");
    assert_eq!(home.userinfo(text(&tokens, "access_token")).json, json!({"sub": SUB, "dept": "Yard"}));
}

/// Audience and scopes of an access token.
fn target(answer: &Value) -> (Value, String) {
    let token = claims(&answer["access_token"]);
    assert_eq!(token["scope"], answer["scope"], "the answer says what the token allows (RFC 6749 section 5.1)");
    (token["aud"].clone(), text(answer, "scope").to_owned())
}

// spec: RFC 8707 section 2.2 - a token request narrows to some of the resources that were granted
#[test]
fn scopes_go_to_the_api_that_owns_them_and_narrowing_never_widens() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let all = "openid email offline_access a.read b.read";
    let is = |aud: Value, scope: &str| (aud, scope.to_owned());
    let for_a = is(json!([A, ISSUER]), "openid email offline_access a.read");
    let tokens = app.redeem(&app.code_for(&[A, B], all), &[]).json;
    assert_eq!(target(&tokens), for_a, "the first of those that were named");
    let tokens = app.redeem(&app.code_for(&[B, A], all), &[]).json;
    assert_eq!(target(&tokens), is(json!([B, ISSUER]), "openid email offline_access b.read"));

    let code = app.code_for(&[A, B], all);
    for elsewhere in ["https://c.example", "https://a.example/x", "https://a.example#x", "/a", "a", "http://a.example"]
    {
        let refused = app.redeem(&code, &[("resource", A), ("resource", elsewhere)]);
        assert_eq!((refused.status, text(&refused.json, "error")), (400, "invalid_target"), "{elsewhere}");
        assert_eq!(home.cost(), (0, 0), "{elsewhere}");
    }
    let for_both = app.redeem(&code, &[("resource", A), ("resource", B)]);
    assert_eq!((text(&for_both.json, "error"), home.cost()), ("invalid_target", (0, 0)), "a token is for one API");
    // As a library writes it that keeps it as a URL: the token says what the deployment calls the API.
    let narrowed = app.redeem(&code, &[("resource", "HTTPS://B.example/")]).json;
    assert_eq!(target(&narrowed), is(json!([B, ISSUER]), "openid email offline_access b.read"));
    assert_eq!(narrowed["expires_in"], 3_600);

    let refresh_token = text(&narrowed, "refresh_token");
    assert_eq!(
        target(&app.refresh(refresh_token, &[]).json),
        for_a,
        "what was granted stays, and the first is the first"
    );
    let named = app.refresh(refresh_token, &[("resource", "https://a.example/")]).json;
    assert_eq!(target(&named), for_a);
    let only_a = app.refresh(refresh_token, &[("resource", A), ("scope", "a.read")]).json;
    assert_eq!(target(&only_a), is(json!(A), "a.read"), "and without openid, we are no audience");
    assert_eq!(only_a.get("id_token"), None);
    let only_us = app.refresh(refresh_token, &[("resource", ISSUER)]).json;
    assert_eq!(target(&only_us), is(json!(ISSUER), "openid email offline_access"));
    for (fields, error) in [
        (&[("resource", "https://c.example")][..], "invalid_target"),
        (&[("resource", A), ("scope", "b.read")], "invalid_target"),
        (&[("scope", "openid a.write")], "invalid_scope"),
        (&[("scope", "openid  a.read")], "invalid_scope"),
    ] {
        let refused = app.refresh(refresh_token, fields);
        assert_eq!((refused.status, text(&refused.json, "error")), (400, error), "{fields:?}");
        assert_eq!(home.cost().1, 0, "{fields:?}");
    }
}

// spec: RFC 8707 section 2 - what was not asked for is invalid_target
#[test]
fn a_resource_that_was_asked_for_is_the_limit() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let at = |resource: &str, allowed: &str| app.code_for(&[resource], allowed);
    let tokens = app.redeem(&at(A, "openid offline_access a.read b.read"), &[]).json;
    assert_eq!(target(&tokens), (json!([A, ISSUER]), "openid offline_access a.read".to_owned()));
    let widened = app.refresh(text(&tokens, "refresh_token"), &[("resource", B)]);
    assert_eq!(text(&widened.json, "error"), "invalid_target");
    let nothing = app.redeem(&at(B, "a.read"), &[]);
    assert_eq!((text(&nothing.json, "error"), home.cost()), ("invalid_scope", (0, 0)), "nothing was granted for it");
}

#[test]
fn the_shortest_lifetime_counts() {
    let home = Connected::new();
    for (name, of_client, allowed, expected) in [
        ("one", None, "a.read", 600),
        ("two", Some(Seconds::new(120)), "a.read", 120),
        ("three", Some(Seconds::new(1_200)), "a.read", 600),
        ("four", Some(Seconds::new(1_200)), "b.read", 1_200),
        ("five", Some(Seconds::new(7_200)), "b.read", 3_600),
    ] {
        let app = home.app(name, |client| Client {
            registration: Registration { access_token_lifetime: of_client, ..client.registration },
            ..client
        });
        assert_eq!(app.tokens(allowed)["expires_in"], expected, "{name}");
    }
}

#[test]
fn a_client_in_its_own_name_gets_its_scopes_for_the_audience_that_it_asks_for() {
    let home = Connected::new();
    let service = |id, may| {
        home.app(id, |client| Client {
            registration: Registration {
                grant_types: vec![GrantType::ClientCredentials],
                scopes: scopes(may),
                ..client.registration
            },
            ..client
        })
    };
    let answered = |app: &App<'_>, more: &[(&str, &str)], cost: (u32, u64)| {
        let answer = app.post("/token", &[&[("grant_type", "client_credentials")], more].concat());
        assert_eq!(home.cost(), cost);
        if answer.status == 200 { Ok(target(&answer.json)) } else { Err(text(&answer.json, "error").to_owned()) }
    };
    let ask = |app: &App<'_>, more: &[(&str, &str)]| answered(app, more, (0, 0));
    let is = |aud: Value, scope: &str| Ok((aud, scope.to_owned()));
    let both = service("both", "a.read b.read");
    assert_eq!(ask(&both, &[]), Err("invalid_target".to_owned()), "a token is for one API");
    assert_eq!(ask(&both, &[("resource", A), ("resource", B)]), Err("invalid_target".to_owned()));
    assert_eq!(ask(&both, &[("resource", B)]), is(json!(B), "b.read"));
    assert_eq!(ask(&both, &[("scope", "a.read")]), is(json!(A), "a.read"));
    assert_eq!(ask(&both, &[("scope", "a.read"), ("resource", B)]), Err("invalid_target".to_owned()));
    assert_eq!(ask(&both, &[("resource", "https://c.example")]), Err("invalid_target".to_owned()));
    assert_eq!(ask(&both, &[("scope", "openid")]), Err("invalid_scope".to_owned()));
    let administrator = service("administrator", "people:read a.read");
    // The registry says what administers.
    let ask = |app: &App<'_>, more: &[(&str, &str)]| answered(app, more, (1, 0));
    assert_eq!(ask(&administrator, &[]), Err("invalid_target".to_owned()), "no API gets a token that administers");
    assert_eq!(ask(&administrator, &[("resource", ISSUER)]), is(json!(ISSUER), "people:read"));
    assert_eq!(ask(&administrator, &[("resource", A)]), is(json!(A), "a.read"));
    let both = [("resource", ISSUER), ("resource", A)];
    assert_eq!(ask(&administrator, &both), Err("invalid_target".to_owned()));
}

// spec: RFC 6750 section 3 - the challenge has a realm, and the scope that is needed
// spec: RFC 6750 section 3.1 - no error code without a token, then invalid_request, invalid_token, insufficient_scope
// spec: RFC 6750 section 2.2 - a form of a POST can carry the token
// spec: RFC 6750 section 2.3 - a token in the query is refused
#[test]
fn challenges_of_rfc_6750_section_3() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let tokens = app.tokens("openid a.read");
    let good = text(&tokens, "access_token");
    let realm = format!("Bearer realm=\"{ISSUER}\"");
    let bearer = format!("Bearer {good}");
    let challenge =
        |answer: &crate::support::platform::Answer| answer.header("www-authenticate").unwrap_or_default().to_owned();

    for headers in [&[][..], &[("authorization", "Basic YTpi")], &[("authorization", "Token abc")]] {
        let answer = home.get("/userinfo", headers);
        assert_eq!((answer.status, challenge(&answer), answer.body.as_str()), (401, realm.clone(), ""), "{headers:?}");
    }
    let id_token = text(&tokens, "id_token");
    for token in ["x", &good[..good.len() - 1], id_token, "e30.e30.", "gr_op_AAAA"] {
        let answer = home.userinfo(token);
        assert_eq!((answer.status, challenge(&answer)), (401, format!("{realm}, error=\"invalid_token\"")), "{token}");
        assert_eq!(text(&answer.json, "error"), "invalid_token");
        assert_eq!(home.cost(), (0, 0), "{token}");
    }
    // A code without openid gives a token that is not for us.
    let elsewhere = home.userinfo(text(&app.tokens("a.read"), "access_token"));
    assert_eq!((elsewhere.status, challenge(&elsewhere)), (401, format!("{realm}, error=\"invalid_token\"")));
    let service = home.app("service", |client| Client {
        registration: Registration {
            grant_types: vec![GrantType::ClientCredentials],
            scopes: scopes("people:read"),
            ..client.registration
        },
        ..client
    });
    let machine = service.post("/token", &[("grant_type", "client_credentials")]).json;
    let scopeless = home.userinfo(text(&machine, "access_token"));
    assert_eq!(scopeless.status, 403);
    assert_eq!(challenge(&scopeless), format!("{realm}, error=\"insufficient_scope\", scope=\"openid\""));

    let header: &[(&str, &str)] = &[("authorization", &bearer)];
    let form = |path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]| home.form(path, headers, fields);
    for answer in [
        form("/userinfo", header, &[("access_token", good)]),
        form("/userinfo", &[], &[("access_token", good), ("access_token", good)]),
        home.get(&format!("/userinfo?access_token={good}"), &[]),
        home.get(&format!("/userinfo?access_token={good}"), header),
        home.get("/userinfo", &[("authorization", "Bearer")]),
        home.get("/userinfo", &[("authorization", &format!("{bearer}, {bearer}"))]),
    ] {
        assert_eq!((answer.status, challenge(&answer)), (400, format!("{realm}, error=\"invalid_request\"")));
        assert_eq!(text(&answer.json, "error"), "invalid_request");
    }
    for answer in [
        home.get("/userinfo", &[("authorization", &bearer.replace("Bearer", "bEARER"))]),
        form("/userinfo", &[], &[("access_token", good)]),
        form("/userinfo", header, &[]),
        home.world.send(request(Method::Post, "/userinfo", header, "")),
        home.world.send(request(Method::Post, "/userinfo", &[header[0], ("content-type", "application/json")], "{}")),
    ] {
        assert_eq!((answer.status, text(&answer.json, "sub")), (200, SUB));
    }
}

/// The same value as a later release seals it, for another holder.
fn held_by<P: Purpose>(home: &Connected, holder: FamilyHolder, sealed: &str) -> String {
    let (envelope, now) = (&home.world.clients.config.sealer, home.world.at());
    let opened = envelope.open::<P>(sealed, now).expect("ours");
    envelope.seal(&Later::of(&opened.value, holder), opened.life, home.world.clients.random()).expect("sealed")
}

/// The access token with another place in a family, signed again.
fn with_place(home: &Connected, token: &str, change: impl FnOnce(&str) -> String) -> String {
    let mut said = claims(&json!(token));
    said["gr"] = json!(change(text(&said, "gr")));
    let (header, _) = token.split_once('.').expect("a JWT");
    let input = format!("{header}.{}", base64url(said.to_string().as_bytes()));
    let key = home.world.clients.config.keyring.signing(Algorithm::Es256).expect("a key");
    format!("{input}.{}", base64url(&signature(key.kid(), input.as_bytes())))
}

#[test]
fn what_an_organization_holds_is_refused_and_what_an_account_holds_is_not() {
    let home = Connected::new();
    let app = home.app("app", |client| client);
    let account = FamilyHolder::Account(home.account);
    let organization = FamilyHolder::Organization(OrganizationId::from_bytes([8; 16]));
    let code = || app.code("openid offline_access a.read", |code| code);

    let refused = app.redeem(&held_by::<Code>(&home, organization, &code()), &[]);
    assert_eq!((text(&refused.json, "error"), home.cost()), ("invalid_grant", (0, 0)));
    let tokens = app.redeem(&held_by::<Code>(&home, account, &code()), &[]).json;

    let refresh_token = text(&tokens, "refresh_token");
    let theirs = held_by::<RefreshToken>(&home, organization, refresh_token);
    let refused = app.refresh(&theirs, &[]);
    assert_eq!((text(&refused.json, "error"), home.cost()), ("invalid_grant", (0, 0)));
    let revoked = app.post("/revoke", &[("token", &theirs)]);
    assert_eq!((revoked.status, home.cost()), (200, (0, 0)), "there is nothing to revoke");
    assert_eq!(app.refresh(&held_by::<RefreshToken>(&home, account, refresh_token), &[]).status, 200);

    let access_token = text(&tokens, "access_token");
    let of = |holder| with_place(&home, access_token, |place| held_by::<AccessClaim>(&home, holder, place));
    assert_eq!(home.userinfo(&of(organization)).status, 401);
    assert_eq!(home.cost(), (0, 0));
    assert_eq!(home.introspect("server-a", &of(organization)), json!({"active": false}));
    assert_eq!(home.userinfo(&of(account)).status, 200);
    assert_eq!(home.introspect("server-a", &of(account))["active"], true);
}
