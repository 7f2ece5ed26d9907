//! A user who allowed apps what they asked for, and resource servers that get the tokens: everything after the
//! browser was sent back, over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grantry::base::{AccountId, AttemptId, CodeId, FamilyId, GrantId, Seconds, SessionId};
use grantry::config::Config;
use grantry::http::Method;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::{Client, FaceDigest};
use grantry::oauth::person::claims::{ClaimCatalogue, ClaimSet};
use grantry::oauth::request::pkce::CodeChallenge;
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::entitlement::Granted;
use grantry::platform::{Platform as _, Usage};
use grantry::seal::code::Code;
use grantry::seal::{FamilyHolder, Life};
use grantry::sign_in::device::DeviceKey;
use grantry::store::account::{AddGrant, Create};
use serde_json::{Value, json};

use super::api::api;
use super::clients_platform::{SECRET, client, config};
use super::person::{credential, shown_face};
use super::platform::{Answer, World, request};

/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const SUB: &str = "u-ada";
pub const A: &str = "https://a.example";
pub const B: &str = "https://b.example";

/// Everything that Ada allows.
pub const ALLOWED: &str = "openid profile email offline_access acme a.read a.write b.read";

pub struct Connected {
    pub world: World,
    pub account: AccountId,
    pub session: SessionId,
}

impl Connected {
    pub fn new() -> Self {
        let mut world = World::new();
        let account = AccountId::from_bytes([7; 32]);
        let apis = [
            r#"{"audience":"https://a.example","scopes":{"a.read":"See a","a.write":"Change a"},"access_token_lifetime":600,
                "introspection_clients":["server-a","server-ab"],"facade":"a"}"#,
            r#"{"audience":"https://b.example","scopes":{"b.read":"See b"},
                "introspection_clients":["server-b","server-ab"],"facade":"b"}"#,
        ];
        let acme = r#"{"scope":"acme","sentence":"See where you work","claims":{"dept":"department"}}"#;
        world.config = Ok(Config {
            apis: apis.map(api).to_vec(),
            claims: ClaimCatalogue::new(vec![ClaimSet::parse(acme).expect("claims")]),
            ..config()
        });
        let profile = json!({"userName": "ada", "name": {"givenName": "Ada", "familyName": "Lovelace"}, "department": "Yard",
            "emails": [{"value": "ada@example.com"}], "emailVerified": true});
        let create = Create {
            attempt: world.clients.attempt(),
            sub: SUB.to_owned(),
            device_key: DeviceKey::from_bytes([1; 32]),
            profile: serde_json::from_value(profile).expect("a profile"),
            active: true,
            credential: Some(credential()),
            lease: None,
        };
        world.account(account, create);
        let expires_at = world.at().plus(Seconds::new(12 * 3_600));
        let session = world.sign_in(account, expires_at);
        let home = Self { world, account, session };
        for name in ["server-a", "server-b", "server-ab"] {
            home.register(client(name, name));
        }
        home
    }

    /// Registers a client that the isolate then knows, as it does of all but the first request.
    pub fn register(&self, client: Client) -> Client {
        let registered = self.world.clients.register(client);
        self.world.clients.found(&registered.id, Freshness::Now).expect("registered")
    }

    /// Registers an app that Ada allowed everything.
    pub fn app(&self, id: &str, change: impl FnOnce(Client) -> Client) -> App<'_> {
        let app = {
            let mut client = client(id, id);
            client.registration.scopes = scopes(ALLOWED);
            client
        };
        let client = self.register(change(app));
        let grant = self.allowed(&client, FaceDigest::from_slice(&[2; 16]).expect("sixteen bytes"));
        App { home: self, client, grant }
    }

    /// Ada allows a client that looks so everything.
    pub fn allowed(&self, client: &Client, face: FaceDigest) -> GrantId {
        let grant = GrantId::from_bytes(self.world.clients.random());
        let ask = AddGrant {
            session: self.session,
            grant,
            client: client.id.clone(),
            face,
            shown: shown_face(),
            scopes: scopes(ALLOWED),
            declined: Scopes::default(),
            authenticated_since: None,
        };
        self.world.account(self.account, ask).expect("granted");
        grant
    }

    pub fn attempt(&self) -> AttemptId {
        self.world.clients.attempt()
    }

    /// Posts a form as a client with the secret of all.
    pub fn post(&self, path: &str, client: &str, fields: &[(&str, &str)]) -> Answer {
        self.form(path, &[("authorization", &basic(client))], fields)
    }

    pub fn form(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [&[("content-type", "application/x-www-form-urlencoded")], headers].concat();
        self.world.send(request(Method::Post, path, &headers, &body))
    }

    pub fn userinfo(&self, token: &str) -> Answer {
        self.get("/userinfo", &[("authorization", &format!("Bearer {token}"))])
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.world.send(request(Method::Get, path, headers, ""))
    }

    pub fn introspect(&self, server: &str, token: &str) -> Value {
        let answer = self.post("/introspect", server, &[("token", token)]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json
    }

    /// Calls of objects and rows written by the request before.
    pub fn cost(&self) -> (u32, u64) {
        let Usage { object_calls, rows_written, .. } = self.world.usage();
        (object_calls, rows_written)
    }
}

/// An app that the user allowed everything.
pub struct App<'a> {
    pub home: &'a Connected,
    pub client: Client,
    pub grant: GrantId,
}

impl App<'_> {
    /// A code for these scopes that is for these APIs.
    pub fn code_for(&self, apis: &[&str], allowed: &str) -> String {
        let apis = apis.iter().map(|api| (*api).to_owned()).collect();
        self.code(allowed, |code| Code { granted: Granted { apis, ..code.granted.clone() }, ..code })
    }

    /// What an authorization request with these scopes gives, once `change` has made another of it.
    pub fn code(&self, allowed: &str, change: impl FnOnce(Code) -> Code) -> String {
        let world = &self.home.world;
        let now = world.at();
        let code = Code {
            holder: FamilyHolder::Account(self.home.account),
            session: self.home.session,
            grant: self.grant,
            epoch: 0,
            family: FamilyId::allocate(now.plus(Seconds::new(366 * 86_400)), world.clients.random()),
            code: CodeId::from_bytes(world.clients.random()),
            client: self.client.id.clone(),
            client_version: self.client.version,
            redirect_uri: "https://app.example.com/callback".to_owned(),
            challenge: CodeChallenge::parse(CHALLENGE),
            granted: Granted { scopes: scopes(allowed), apis: Vec::new() },
            nonce: Some("a nonce".to_owned()),
            auth_time: now,
            authentication: None,
            dpop_jkt: None,
            authorization_details: None,
            claims: None,
            link: None,
        };
        let life = Life { sealed_at: now, expires_at: now.plus(Seconds::new(60)) };
        let sealer = &world.clients.config.sealer;
        sealer.seal(&change(code), life, world.clients.random()).expect("sealed")
    }

    pub fn redeem(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
        self.post("/token", &[&fields, more].concat())
    }

    pub fn refresh(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        self.post("/token", &[&[("grant_type", "refresh_token"), ("refresh_token", token)], more].concat())
    }

    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.home.post(path, self.client.id.as_str(), fields)
    }

    /// Tokens for a request with these scopes.
    pub fn tokens(&self, allowed: &str) -> Value {
        let answer = self.redeem(&self.code(allowed, |code| code), &[]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json
    }
}

pub fn scopes(text: &str) -> Scopes {
    Scopes::parse(text).expect("scopes")
}

pub fn basic(client: &str) -> String {
    basic_with(client, SECRET)
}

pub fn basic_with(client: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{}", secret.replace(' ', "+"))))
}

/// What a signed token says.
pub fn claims(token: &Value) -> Value {
    let payload = token.as_str().expect("a token").split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
}

pub fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}"))
}
