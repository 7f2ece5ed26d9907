//! A platform in memory: a registry on SQLite with its alarm, and a KV that may be as stale as a test wants.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use grantry::base::encoding::base64url;
use grantry::base::{AccountId, AttemptId, RegistrationAccessId, Secret, UnixTime};
use grantry::config::{Config, TENANT};
use grantry::http::{Body, Method, OutboundUrl, Request, Response};
use grantry::jose::{Algorithm, PublicKey, SigningKey};
use grantry::lookup::client::{Freshness, Outgoing, find};
use grantry::oauth::client::presentation::Presentation;
use grantry::oauth::client::redirect_uri::RedirectUri;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::settings::{AccessTokenFormat, Assertions, LogoutSettings, Subjects};
use grantry::oauth::client::{
    AuthenticationMethod, Client, ClientId, ClientKey, ClientVersion, GrantType, SecretDigest, Voucher,
};
use grantry::oauth::scope::Scopes;
use grantry::platform::memory::IsolateMemory;
use grantry::platform::outbound::{FetchedDocument, OutboundFault};
use grantry::platform::{Fault, Platform, Usage};
use grantry::seal::client_record::{ClientRecord, Recorded};
use grantry::store::names;
use grantry::store::sql::Sql as _;
use grantry::store::wire::{PROTOCOL, decode_answer, decode_command, encode_command};
use grantry::store::{Ask, account, directory, hasher, registry, replay};
use grantry::tasks::publish::{NotPut, Outlet, publish};
use sha2::{Digest as _, Sha256};

use super::sqlite::Sqlite;

pub const START: i64 = 1_800_000_000;
pub const ISSUER: &str = "https://auth.example.com";
pub const ADMIN_TOKEN: &str = "gr_admin_0123456789abcdefghijklmnopqrstuv";
pub const SECRET: &str = "a secret of at least 32 characters";

/// Runs what never has to wait.
pub fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// Where an alarm dies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Crash {
    Never,
    BeforePut(usize),
    AfterPut(usize),
}

/// How KV answers puts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Puts {
    Refused,
    Taken,
    /// They are carried out, but the answer does not arrive in time.
    Unanswered,
}

/// One tenant, seen by one isolate at a time.
pub struct World {
    pub config: Config,
    pub registry: Sqlite,
    /// The replay objects, by their names.
    pub replay: RefCell<BTreeMap<String, Sqlite>>,
    /// Everything that was ever put, in order.
    pub kv: RefCell<BTreeMap<String, Vec<String>>>,
    /// How many puts a reader of KV lags behind; beyond the first one there is nothing yet.
    pub lag: Cell<usize>,
    /// Whether reads of KV fail, at once or at their deadline.
    pub kv_is_down: Cell<bool>,
    pub kv_puts: Cell<Puts>,
    pub registry_is_down: Cell<bool>,
    /// Whether the registry runs a release that speaks the next protocol.
    pub registry_is_newer: Cell<bool>,
    pub now: Cell<i64>,
    pub alarm: Cell<bool>,
    pub puts: Cell<usize>,
    pub usage: Cell<Usage>,
    pub isolates: Vec<IsolateMemory>,
    pub isolate: Cell<usize>,
    pub log: RefCell<Vec<String>>,
    /// What servers elsewhere answer, by address; all others cannot be reached.
    pub elsewhere: RefCell<BTreeMap<String, FetchedDocument>>,
    /// The addresses that were asked, in order.
    pub asked: RefCell<Vec<String>>,
    /// Where requests over HTTP come from, if that is known.
    pub address: RefCell<Option<String>>,
    /// The status with which servers elsewhere answer a form, by address; all others cannot be reached.
    pub receivers: RefCell<BTreeMap<String, u16>>,
    /// The forms that were sent, and where to, in order.
    pub posted: RefCell<Vec<(String, String)>>,
    entropy: Cell<u64>,
}

impl World {
    pub fn new() -> Self {
        Self {
            config: config(),
            registry: Sqlite::opened(registry::open),
            replay: RefCell::default(),
            kv: RefCell::default(),
            lag: Cell::new(0),
            kv_is_down: Cell::new(false),
            kv_puts: Cell::new(Puts::Taken),
            registry_is_down: Cell::new(false),
            registry_is_newer: Cell::new(false),
            now: Cell::new(START),
            alarm: Cell::new(false),
            puts: Cell::new(0),
            usage: Cell::default(),
            isolates: vec![IsolateMemory::default(), IsolateMemory::default()],
            isolate: Cell::new(0),
            log: RefCell::default(),
            elsewhere: RefCell::default(),
            asked: RefCell::default(),
            address: RefCell::default(),
            receivers: RefCell::default(),
            posted: RefCell::default(),
            entropy: Cell::new(0),
        }
    }

    pub fn at(&self) -> UnixTime {
        UnixTime::from_secs(self.now.get())
    }

    pub fn pass(&self, seconds: i64) {
        self.now.set(self.now.get() + seconds);
    }

    pub fn random<const N: usize>(&self) -> [u8; N] {
        grantry::platform::random(self)
    }

    pub fn attempt(&self) -> AttemptId {
        AttemptId::from_bytes(self.random())
    }

    /// One command of the registry, with the alarm that the object sets for it.
    pub fn ask<A: Ask + Into<registry::Command>>(&self, ask: A) -> A::Reply {
        let before = self.registry.rows_written();
        let command: registry::Command =
            decode_command(&encode_command(&ask.into()).expect("encodes")).expect("decodes");
        let reply = command.carry_out(&self.registry, self.at()).expect("the database works");
        if self.registry.rows_written() > before {
            self.alarm.set(true);
        }
        reply.decode().expect("a reply")
    }

    /// Registers a client as an administrator would.
    pub fn register(&self, client: Client) -> Client {
        let access = RegistrationAccessId::from_bytes(self.random());
        self.ask(registry::Register { attempt: self.attempt(), client, access }).expect("registered").client
    }

    /// Asks for a client as an endpoint does.
    pub fn found(&self, id: &ClientId, freshness: Freshness) -> Option<Client> {
        let found = now_or_never(find(self, &self.config, id, freshness, self.at())).expect("found out");
        found.map(Rc::unwrap_or_clone)
    }

    /// A new isolate has taken over.
    pub fn client_memory_is_lost(&self) {
        self.isolates.iter().for_each(IsolateMemory::clear);
    }

    /// A change that is made without reading the client first.
    pub fn update(&self, client: Client) -> registry::Update {
        registry::Update { attempt: self.attempt(), client, access: None, expected_version: None }
    }

    /// What the object's alarm does. The platform repeats an alarm that died.
    pub fn ring(&self, crash: Crash) {
        self.ring_while(crash, |_| {});
    }

    /// The same, while requests come in: `meanwhile` runs when a record was put and before that is noted.
    pub fn ring_while(&self, crash: Crash, mut meanwhile: impl FnMut(usize)) {
        if !self.alarm.replace(false) {
            return;
        }
        let outlet = Outlets { world: self, crash, count: Cell::new(0), meanwhile: RefCell::new(&mut meanwhile) };
        let alarm = pin!(publish(&self.registry, &self.config.sealer, &outlet));
        match alarm.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => done.expect("the database works"),
            Poll::Pending => self.alarm.set(true),
        }
        if registry::next_put(&self.registry).expect("the database works").is_some() {
            self.alarm.set(true);
        }
    }

    /// Lets time pass until nothing is left to put, with an alarm whenever something is due.
    pub fn settle(&self) {
        self.alarm.set(true);
        self.ring(Crash::Never);
        while let Some(due) = registry::next_put(&self.registry).expect("the database works") {
            self.now.set(self.now.get().max(due.as_secs()));
            self.alarm.set(true);
            self.ring(Crash::Never);
        }
    }

    /// What is newest in KV under a client's key.
    pub fn newest_in_kv(&self, id: &ClientId) -> Option<String> {
        self.kv.borrow().get(&names::client(TENANT, id.as_str()))?.last().cloned()
    }

    /// What the newest record in KV says of a client.
    pub fn recorded_in_kv(&self, id: &ClientId) -> Option<Recorded> {
        let record =
            self.config.sealer.open::<ClientRecord>(&self.newest_in_kv(id)?, self.at()).expect("genuine").value;
        Some(record.recorded().expect("well-formed"))
    }

    /// One request over HTTP.
    pub fn send(&self, method: Method, path: &str, authorization: Option<&str>, body: Option<&str>) -> Answer {
        let mut headers = Vec::new();
        if let Some(authorization) = authorization {
            headers.push(("authorization".to_owned(), authorization.to_owned()));
        }
        headers.extend(self.address.borrow().clone().map(|address| ("cf-connecting-ip".to_owned(), address)));
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query.to_owned())));
        let body = Body::Complete(body.unwrap_or_default().as_bytes().to_vec());
        let request = Request::new(method, ISSUER.to_owned(), path.to_owned(), query, headers, body);
        // The configuration goes in as it came out of parsing, but for what the test changed.
        let Config { apis, outbound, registration, .. } = &self.config;
        let (apis, outbound, registration) = (apis.clone(), outbound.clone(), *registration);
        let config = Ok(Config { apis, outbound, registration, ..config() });
        let response = now_or_never(grantry::endpoints::respond(&config, self, self.at(), &request));
        Answer::of(&response)
    }
}

/// A response, read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub json: serde_json::Value,
}

impl Answer {
    fn of(response: &Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().to_vec(),
            json: serde_json::from_slice(response.body()).unwrap_or_default(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self, member: &str) -> &str {
        self.json[member].as_str().unwrap_or_default()
    }
}

/// KV as an alarm sees it.
struct Outlets<'a> {
    world: &'a World,
    crash: Crash,
    count: Cell<usize>,
    meanwhile: RefCell<&'a mut dyn FnMut(usize)>,
}

impl Outlet for Outlets<'_> {
    fn now(&self) -> UnixTime {
        self.world.at()
    }

    fn nonce(&self) -> Result<[u8; 24], String> {
        Ok(self.world.random())
    }

    async fn put(&self, outgoing: Outgoing) -> Result<(), NotPut> {
        let count = self.count.replace(self.count.get() + 1);
        if self.crash == Crash::BeforePut(count) {
            std::future::pending::<()>().await;
        }
        if self.world.kv_puts.get() == Puts::Refused {
            return Err(NotPut::Refused("the quota is spent".to_owned()));
        }
        self.world.kv.borrow_mut().entry(outgoing.key).or_default().push(outgoing.value);
        self.world.puts.set(self.world.puts.get() + 1);
        if self.world.kv_puts.get() == Puts::Unanswered {
            return Err(NotPut::Late);
        }
        if self.crash == Crash::AfterPut(count) {
            std::future::pending::<()>().await;
        }
        (self.meanwhile.borrow_mut())(count);
        Ok(())
    }

    fn log(&self, cause: &str) {
        self.world.log.borrow_mut().push(cause.to_owned());
    }
}

impl Platform for World {
    fn entropy(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            let number = self.entropy.get() + 1;
            self.entropy.set(number);
            piece.copy_from_slice(&Sha256::digest(number.to_be_bytes())[..piece.len()]);
        }
    }

    async fn ask_account<A: Ask + Into<account::Command>>(&self, _: AccountId, _: A) -> Result<A::Reply, Fault> {
        self.usage.set(Usage { object_calls: self.usage.get().object_calls + 1, ..self.usage.get() });
        Err(Fault::Object("there are no accounts here".to_owned()))
    }

    fn new_account_id(&self) -> Result<AccountId, Fault> {
        Err(Fault::Object("there are no accounts here".to_owned()))
    }

    async fn ask_directory<A: Ask + Into<directory::Command>>(&self, _: A) -> Result<A::Reply, Fault> {
        self.usage.set(Usage { object_calls: self.usage.get().object_calls + 1, ..self.usage.get() });
        Err(Fault::Object("there is no directory here".to_owned()))
    }

    async fn fetch_document(&self, address: &OutboundUrl) -> Result<FetchedDocument, OutboundFault> {
        self.asked.borrow_mut().push(address.as_str().to_owned());
        let document = self.elsewhere.borrow().get(address.as_str()).cloned();
        document.ok_or_else(|| OutboundFault::Unreachable("nobody is there".to_owned()))
    }

    async fn post_form(&self, address: &OutboundUrl, form: &str) -> Result<u16, OutboundFault> {
        self.posted.borrow_mut().push((address.as_str().to_owned(), form.to_owned()));
        let status = self.receivers.borrow().get(address.as_str()).copied();
        status.ok_or_else(|| OutboundFault::Unreachable("nobody is there".to_owned()))
    }

    async fn wait_until(&self, _: u32) {}

    async fn ask_registry<A: Ask + Into<registry::Command>>(&self, ask: A) -> Result<A::Reply, Fault> {
        self.usage.set(Usage { object_calls: self.usage.get().object_calls + 1, ..self.usage.get() });
        if self.registry_is_newer.get() {
            decode_answer(&[PROTOCOL + 1])?;
        }
        if self.registry_is_down.get() { Err(Fault::Object("down".to_owned())) } else { Ok(self.ask(ask)) }
    }

    async fn ask_hasher<A: Ask + Into<hasher::Command>>(&self, _: u8, ask: A) -> Result<A::Reply, Fault> {
        self.usage.set(Usage { object_calls: self.usage.get().object_calls + 1, ..self.usage.get() });
        let command: hasher::Command = ask.into();
        let arrived: hasher::Command = decode_command(&encode_command(&command).expect("encodes")).expect("a command");
        let reply = arrived.carry_out(&self.registry, self.at()).expect("a reply");
        Ok(reply.decode().expect("a reply"))
    }

    async fn ask_replay<A: Ask + Into<replay::Command>>(&self, client: ClientKey, ask: A) -> Result<A::Reply, Fault> {
        self.usage.set(Usage { object_calls: self.usage.get().object_calls + 1, ..self.usage.get() });
        let mut objects = self.replay.borrow_mut();
        let sql = objects.entry(names::replay(TENANT, client)).or_insert_with(|| Sqlite::opened(replay::open));
        let command: replay::Command = ask.into();
        let reply = command.carry_out(sql, self.at()).expect("the database works");
        Ok(reply.decode().expect("a reply"))
    }

    async fn read_client(&self, key: &str) -> Result<Option<String>, Fault> {
        self.usage.set(Usage { kv_reads: self.usage.get().kv_reads + 1, ..self.usage.get() });
        if self.kv_is_down.get() {
            return Err(Fault::Kv("down".to_owned()));
        }
        let kv = self.kv.borrow();
        Ok(kv.get(key).and_then(|puts| puts.iter().rev().nth(self.lag.get()).cloned()))
    }

    async fn check_kv(&self, key: &str, value: &str) -> Result<Option<String>, Fault> {
        if self.kv_puts.get() != Puts::Taken {
            return Err(Fault::Kv("not written".to_owned()));
        }
        self.kv.borrow_mut().entry(key.to_owned()).or_default().push(value.to_owned());
        self.puts.set(self.puts.get() + 1);
        self.read_client(key).await
    }

    fn memory<M: Default + 'static, R>(&self, use_it: impl FnOnce(&mut M) -> R) -> R {
        self.isolates[self.isolate.get()].with(use_it)
    }

    async fn sign(&self, _: &SigningKey, _: &[u8]) -> Result<Vec<u8>, Fault> {
        Err(Fault::Crypto("nothing is signed here".to_owned()))
    }

    async fn verify(&self, key: &PublicKey, input: &[u8], signature: &[u8]) -> Result<bool, Fault> {
        Ok(signature == signature_in_form(key, input))
    }

    fn log(&self, line: &str) {
        self.log.borrow_mut().push(line.to_owned());
    }

    fn usage(&self) -> Usage {
        self.usage.get()
    }
}

/// A private key in form alone: it passes for one, and signs nothing.
fn key_in_form(algorithm: &str, byte: u8) -> String {
    let part = |length: usize, byte: u8| base64url(&vec![byte; length]);
    let (public, private) = match algorithm {
        "ES256" => {
            let (x, y, d) = (part(32, byte), part(32, byte + 1), part(32, byte + 2));
            (format!(r#""crv":"P-256","kty":"EC","x":"{x}","y":"{y}""#), format!(r#""d":"{d}""#))
        }
        _ => (format!(r#""e":"AQAB","kty":"RSA","n":"{}""#, part(256, byte)), {
            let (d, half) = (part(256, byte), part(128, byte));
            format!(r#""d":"{d}","p":"{half}","q":"{half}","dp":"{half}","dq":"{half}","qi":"{half}""#)
        }),
    };
    let kid = base64url(&Sha256::digest(format!("{{{public}}}").as_bytes()));
    format!(r#"{{{public},{private},"alg":"{algorithm}","use":"sig","kid":"{kid}"}}"#)
}

/// What passes here for a signature: whether real ones are told apart, the tests in workerd show.
pub fn signature_in_form(key: &PublicKey, input: &[u8]) -> Vec<u8> {
    Sha256::digest([key.kid().as_bytes(), key.algorithm().as_str().as_bytes(), input].concat()).to_vec()
}

/// A complete configuration.
pub fn config() -> Config {
    Config::parse(&settings(), UnixTime::from_secs(START)).expect("the configuration is complete")
}

/// The vars and secrets of [`config`].
pub fn settings() -> BTreeMap<String, String> {
    let keys = [("ES256", 1), ("RS256", 0x91), ("PS256", 0xa1)].map(|(algorithm, byte)| key_in_form(algorithm, byte));
    let master = format!(r#"[{{"kid":"0000000a","key":"{}","seals_from":0}}]"#, base64url(&[1; 32]));
    let vars = [
        ("ISSUER", ISSUER.to_owned()),
        ("MASTER_KEYS", master),
        ("SUBJECT_KEY", base64url(&[2; 32])),
        ("SIGNING_KEYS", format!(r#"{{"keys":[{}]}}"#, keys.join(","))),
        ("ADMIN_TOKEN", ADMIN_TOKEN.to_owned()),
        ("API_DEMO", r#"{"audience":"https://api.example.com","scopes":{"rooms.read":"See rooms"}}"#.to_owned()),
    ];
    vars.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub fn id(text: &str) -> ClientId {
    ClientId::parse(text).expect("a client id")
}

/// A confidential client with [`SECRET`].
pub fn client(id: &str, name: &str) -> Client {
    Client {
        id: self::id(id),
        version: ClientVersion(0),
        registered_at: UnixTime::from_secs(START),
        voucher: Voucher::Administrator,
        is_unused: false,
        self_registered: false,
        owner: None,
        secrets: vec![SecretDigest::of(&Secret::new(SECRET.to_owned()), None)],
        revoked_before: None,
        registration: Registration {
            name: name.to_owned(),
            site: None,
            redirect_uris: vec![RedirectUri::parse("https://app.example.com/callback").expect("a redirect URI")],
            authentication: AuthenticationMethod::SecretBasic,
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            scopes: Scopes::parse("openid offline_access").expect("scopes"),
            require_pkce: true,
            optional_scopes: Scopes::default(),
            rotates_refresh_tokens: false,
            id_token_algorithm: Algorithm::Rs256,
            access_token_lifetime: None,
            access_token_format: AccessTokenFormat::default(),
            subjects: Subjects::default(),
            logout: LogoutSettings::default(),
            default_max_age: None,
            require_auth_time: false,
            presentation: Presentation::default(),
            assertions: Assertions::default(),
        },
    }
}

/// What a registration access token may name.
pub fn access(byte: u8) -> RegistrationAccessId {
    RegistrationAccessId::from_bytes([byte; 16])
}
