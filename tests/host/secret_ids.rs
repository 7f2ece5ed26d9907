//! Ids of accounts, sessions, consents, families and codes are treated as secrets: a holder of a master key could seal them into a
//! cookie or a token. So no page, address, answer or log line has one, in any spelling.

use std::collections::BTreeSet;

use crate::support::browser::{Browser, world};
use crate::support::clients_platform::{client, config, id, now_or_never};
use crate::support::connected::{A, Connected, SUB, VERIFIER, basic, scopes, text};
use crate::support::developer::Portal;
use crate::support::platform::{Answer, World, administration, request};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use grantry::http::Method;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::settings::{AccessTokenFormat, LogoutSettings};
use grantry::oauth::token::entitlement::Granted;
use grantry::seal::code::Code;
use grantry::seal::link::LinkRequest;
use grantry::store::account::Logout;
use grantry::tasks::logout::tell;
use serde_json::json;

/// The tables whose rows have ids in blobs.
const TABLES: [&str; 3] = ["session: ", "consent: ", "family: "];

/// Everything that was told, and all ids that there were.
#[derive(Default)]
struct Watch {
    ids: BTreeSet<Vec<u8>>,
    told: Vec<String>,
}

impl Watch {
    fn saw(&mut self, world: &World, answer: Answer) -> Answer {
        let headers: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        self.told.push(format!("{}\n{}", headers.join("\n"), answer.body));
        self.learn(world);
        answer
    }

    fn learn(&mut self, world: &World) {
        for (account, sql) in world.accounts.borrow().iter() {
            self.ids.insert(account.as_bytes().to_vec());
            for row in sql.dump().iter().filter(|row| TABLES.iter().any(|table| row.starts_with(table))) {
                self.ids.extend(blobs(row).into_iter().filter(|blob| [16, 20].contains(&blob.len())));
            }
        }
    }

    /// What was told and logged in `world` has none of the ids.
    fn finds_nothing(mut self, world: &World, least: usize) {
        self.told.extend(world.clients.log.borrow().iter().cloned());
        self.told.extend(world.clients.posted.borrow().iter().map(|(address, form)| format!("{address}\n{form}")));
        assert!(self.ids.len() >= least, "the flows made {} ids", self.ids.len());
        for told in &self.told {
            for id in &self.ids {
                assert!(!has(told, id), "{id:?} is told: {told}");
            }
        }
    }
}

/// The blobs in a printed row.
fn blobs(row: &str) -> Vec<Vec<u8>> {
    let texts = row.split("Blob([").skip(1).filter_map(|rest| rest.split(']').next());
    texts.map(|text| text.split(", ").filter_map(|byte| byte.parse().ok()).collect()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Whether `told` has `id` in hexadecimal, base64, base64url or as a list of numbers, or the random part of it; also inside of
/// what is encoded itself, as the parts of a JWT are.
fn has(told: &str, id: &[u8]) -> bool {
    let random = id.get(id.len() - 16..).unwrap_or(id);
    let spelled = [id, random].iter().any(|bytes| {
        let list = format!("{bytes:?}");
        let list = list.trim_matches(['[', ']']);
        let lower = told.to_lowercase();
        lower.contains(&hex(bytes))
            || told.contains(&URL_SAFE_NO_PAD.encode(bytes))
            || told.contains(&STANDARD_NO_PAD.encode(bytes))
            || told.contains(list)
            || told.contains(&list.replace(' ', ""))
    });
    spelled
        || decoded(told).any(|bytes| bytes.windows(random.len()).any(|window| window == random) || nested(&bytes, id))
}

/// A JWT's payload is text again.
fn nested(bytes: &[u8], id: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.starts_with('{') && has(text, id))
}

/// What the words of a text are in base64 and base64url.
fn decoded(told: &str) -> impl Iterator<Item = Vec<u8>> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_+/".contains(letter);
    let words = told.split(move |letter| !is_letter(letter)).filter(|word| word.len() >= 22);
    words.flat_map(|word| {
        let word = word.trim_start_matches("gr_");
        [URL_SAFE_NO_PAD.decode(word).ok(), STANDARD_NO_PAD.decode(word).ok()].into_iter().flatten()
    })
}

#[test]
fn the_search_finds_an_id_in_each_spelling() {
    let id: Vec<u8> = (100..120).collect();
    let claim = |text: &str| format!("e30.{}.e30", URL_SAFE_NO_PAD.encode(json!({"sid": text}).to_string()));
    for text in [hex(&id), hex(&id).to_uppercase(), URL_SAFE_NO_PAD.encode(&id), STANDARD_NO_PAD.encode(&id)] {
        assert!(has(&format!("/account?session={text}"), &id), "{text}");
        assert!(has(&claim(&text), &id), "{text}");
    }
    assert!(has(&format!("{id:?}"), &id) && has(&serde_json::to_string(&id).expect("JSON"), &id));
    assert!(has(&hex(&id[4..]), &id), "the time in front is no secret");
    assert!(has(&URL_SAFE_NO_PAD.encode([&[1], &id[..], &[2]].concat()), &id), "among other bytes");
    assert!(!has("/account?session=AAAAAAAAAAAAAAAAAAAAAAAAAAAA", &id));
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn hidden(page: &Answer, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    page.body.split_once(&mark).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default().to_owned()
}

// spec: Invariant 9 - ids of accounts, sessions, consents, families and codes reach no page, address, answer or log
#[test]
fn attack_a_reader_of_pages_and_logs_looks_for_ids() {
    let world = world();
    world.clients.register({
        let mut client = client("planner", "Planner");
        client.registration.scopes = scopes("openid email phone offline_access");
        client
    });
    world.clients.found(&id("planner"), Freshness::Now).expect("registered");
    let mut watch = Watch::default();
    let browser = Browser::default();
    let get = |watch: &mut Watch, path: &str| {
        let answer = browser.send(&world, Method::Get, path, "192.0.2.1", "");
        watch.saw(&world, answer)
    };
    let post = |watch: &mut Watch, path: &str, body: &str| {
        let answer = browser.send(&world, Method::Post, path, "192.0.2.1", body);
        watch.saw(&world, answer)
    };
    for password in ["wrong+horse", "correct+horse"] {
        let answer = browser.signs_in(&world, "ada", password, "192.0.2.1");
        watch.saw(&world, answer);
    }
    // Another browser is there to be ended.
    let other = Browser::default().signs_in(&world, "ada", "correct+horse", "192.0.2.2");
    watch.saw(&world, other);
    let query = form(&[
        ("response_type", "code"),
        ("client_id", "planner"),
        ("redirect_uri", "https://app.example.com/callback"),
        ("scope", "openid email offline_access"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ]);
    let asked = get(&mut watch, &format!("/authorize?{query}"));
    let consent = get(&mut watch, asked.header("location").expect("to the consent page"));
    let [interaction, ticket] = ["interaction", "ticket"].map(|name| hidden(&consent, name));
    let allowed = form(&[("interaction", &interaction), ("ticket", &ticket), ("decision", "allow")]);
    let answered = post(&mut watch, "/consent", &allowed);
    let callback = url::Url::parse(answered.header("location").expect("to the app")).expect("a URL");
    let code = callback.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();

    let basic = basic("planner");
    let as_client = [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let ask = |watch: &mut Watch, path: &str, fields: &[(&str, &str)]| {
        let answer = world.send(request(Method::Post, path, &as_client, &form(fields)));
        watch.saw(&world, answer)
    };
    let redeem = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", VERIFIER),
        ("redirect_uri", "https://app.example.com/callback"),
    ];
    let tokens = ask(&mut watch, "/token", &redeem).json;
    let bearer = format!("Bearer {}", text(&tokens, "access_token"));
    let userinfo = world.send(request(Method::Get, "/userinfo", &[("authorization", &bearer)], ""));
    assert_eq!(watch.saw(&world, userinfo).status, 200);
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    assert_eq!(ask(&mut watch, "/token", &refresh).status, 200);
    for path in ["/account", "/account?activity=all", "/apps", "/developer", "/developer/docs", "/health"] {
        get(&mut watch, path);
    }
    let account = get(&mut watch, "/account");
    let target = account.body.split("name=\"target\" value=\"").nth(2).and_then(|rest| rest.split('"').next());
    let target = target.expect("the other browser can be signed out").to_owned();
    for fields in [
        vec![("action", "end-session"), ("target", target.as_str())],
        vec![("action", "end-other-sessions")],
        vec![
            ("action", "change-password"),
            ("current-password", "x"),
            ("new-password", "yy"),
            ("new-password-again", "y"),
        ],
        vec![("action", "disconnect"), ("target", "planner")],
        vec![("action", "disconnect"), ("target", "nobody")],
        vec![("action", "delete-account"), ("username", "eve")],
    ] {
        post(&mut watch, "/account", &form(&fields));
    }
    // A code that was redeemed, and a token whose consent is gone.
    assert_eq!(ask(&mut watch, "/token", &redeem).status, 400);
    assert_eq!(ask(&mut watch, "/token", &refresh).status, 400);
    ask(&mut watch, "/revoke", &[("token", text(&tokens, "refresh_token"))]);
    get(&mut watch, &format!("/logout?id_token_hint={}", text(&tokens, "id_token")));
    for (method, path) in
        [(Method::Get, "/scim/v2/Users"), (Method::Get, "/register"), (Method::Post, "/scim/v2/Users")]
    {
        let answer = world.send(administration(method, path, ""));
        watch.saw(&world, answer);
    }
    watch.finds_nothing(&world, 8);
}

// spec: Invariant 9 - nor do they reach resource servers, the facade, apps that are told of a logout, or developers
#[test]
fn attack_an_app_and_a_resource_server_look_for_ids() {
    let home = Connected::new();
    let mut watch = Watch::default();
    let app = home.app("app", |client| client);
    let opaque = home.app("opaque", |mut client| {
        client.registration.access_token_format = AccessTokenFormat::Opaque;
        let backchannel_uri = Some("https://app.example.com/logout".to_owned());
        client.registration.logout = LogoutSettings { backchannel_uri, ..LogoutSettings::default() };
        client
    });
    for app in [&app, &opaque] {
        let answer = app.redeem(&app.code("openid offline_access a.read", |code| code), &[]);
        let tokens = watch.saw(&home.world, answer).json;
        let introspected = home.post("/introspect", "server-a", &[("token", text(&tokens, "access_token"))]);
        assert_eq!(watch.saw(&home.world, introspected).json["active"], json!(true));
    }
    let facade = |path: &str, body: serde_json::Value| {
        let authorization = basic("app");
        let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
        home.world.send(request(Method::Post, path, &headers, &body.to_string()))
    };
    let body = json!({"client_id": "app", "client_user_identity": "ada@home", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"});
    let headers = [("content-type", "application/json")];
    let answer = home.world.send(request(Method::Get, "/a/oauth2/provider/authorize", &headers, &body.to_string()));
    let address = watch.saw(&home.world, answer).json;
    let address = url::Url::parse(text(&address, "authorization_url")).expect("an address");
    let sealed = address.query_pairs().find(|(name, _)| name == "gr_link").expect("a link").1.into_owned();
    let link = home.world.clients.config.sealer.open::<LinkRequest>(&sealed, home.world.at()).expect("opens").value.key;
    let code = app.code("openid offline_access a.read", |code| {
        let granted = Granted { apis: vec![A.to_owned()], ..code.granted };
        Code { link: Some(link), granted, ..code }
    });
    let linked =
        facade("/a/oauth2/token", json!({"code": code, "code_verifier": VERIFIER, "client_user_identity": "ada@home"}));
    assert_eq!(watch.saw(&home.world, linked).status, 200);
    let again = facade("/a/oauth2/token", json!({"client_id": "app", "client_user_identity": "ada@home"}));
    assert_eq!(watch.saw(&home.world, again).status, 200);

    let logout = Logout { client: opaque.client.id.clone(), session: home.session, tries: 0, due_at: home.world.at() };
    now_or_never(tell(&config(), &home.world, SUB, &logout, home.world.at()));
    assert!(!home.world.clients.posted.borrow().is_empty(), "the app is told");
    watch.finds_nothing(&home.world, 5);

    let portal = Portal::new();
    let mut watch = Watch::default();
    let ada = portal.developer("ada");
    let (made, _) = ada.made(&[]);
    for path in ["/developer", "/developer/new", "/developer/docs", &format!("/developer/apps/{made}"), "/account"] {
        watch.saw(&portal.world, ada.get(path));
    }
    watch.saw(&portal.world, ada.act(&made, &[("action", "rotate")]));
    watch.finds_nothing(&portal.world, 2);
}
