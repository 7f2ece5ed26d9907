//! The whole platform in memory: an SQLite database for each object, and everything that is about clients as in
//! [`super::clients_platform`].

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use grantry::base::{AccountId, SessionId, UnixTime};
use grantry::config::{Config, ConfigProblem};
use grantry::endpoints::respond;
use grantry::http::{Body, Method, OutboundUrl, Request, Response};
use grantry::jose::{PublicKey, SigningKey};
use grantry::oauth::client::ClientKey;
use grantry::platform::outbound::{FetchedDocument, OutboundFault};
use grantry::platform::{Fault, Platform, Usage};
use grantry::store::account::{PersonRecord, ReadProfile, ReplaceProfile};
use grantry::store::sql::Sql as _;
use grantry::store::wire::{decode_command, encode_command};
use grantry::store::{Ask, account, directory, hasher, registry, replay};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::clients_platform::{self, ADMIN_TOKEN, ISSUER, config, now_or_never};
use super::person;
use super::sqlite::Sqlite;

/// One tenant.
pub struct World {
    pub config: Result<Config, Vec<ConfigProblem>>,
    /// Clients, clock, randomness, log.
    pub clients: clients_platform::World,
    pub accounts: RefCell<BTreeMap<AccountId, Sqlite>>,
    pub directory: Sqlite,
    /// The moments, in milliseconds after their arrival, until which requests waited.
    pub waits: RefCell<Vec<u32>>,
    /// Whether each call of an object of users waits for its turn first, so that requests can be interleaved.
    pub takes_turns: Cell<bool>,
    usage: Cell<Usage>,
}

/// A request under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = Response> + 'a>>;

impl World {
    pub fn new() -> Self {
        Self {
            config: Ok(config()),
            clients: clients_platform::World::new(),
            accounts: RefCell::default(),
            directory: Sqlite::opened(directory::open),
            waits: RefCell::default(),
            takes_turns: Cell::new(false),
            usage: Cell::default(),
        }
    }

    pub fn at(&self) -> UnixTime {
        self.clients.at()
    }

    pub fn pass(&self, seconds: i64) {
        self.clients.pass(seconds);
    }

    /// Sends a request that never has to wait; its usage begins at nothing.
    pub fn send(&self, request: Request) -> Answer {
        self.usage.set(Usage::default());
        Answer::of(&now_or_never(self.start(request)))
    }

    /// Begins a request.
    pub fn start(&self, request: Request) -> Running<'_> {
        let now = self.at();
        Box::pin(async move { respond(&self.config, self, now, &request).await })
    }

    /// What one account answers.
    pub fn account<A: Ask + Into<account::Command>>(&self, id: AccountId, ask: A) -> A::Reply {
        let mut accounts = self.accounts.borrow_mut();
        let sql = accounts.entry(id).or_insert_with(Sqlite::new);
        let reply = account::handle(sql, &sql.memory, self.at(), transferred(&ask.into())).expect("the database works");
        reply.decode().expect("a reply")
    }

    /// Signs in with the password of [`person::credential`], in a browser of its own.
    pub fn sign_in(&self, account: AccountId, expires_at: UnixTime) -> SessionId {
        let session = SessionId::allocate(expires_at, self.clients.random());
        let ask = person::sign_in(self.clients.attempt(), session, expires_at);
        self.account(account, ask).expect("signed in");
        session
    }

    /// An administrator disables an account.
    pub fn disable(&self, account: AccountId) {
        let PersonRecord { version, profile, .. } = self.account(account, ReadProfile {}).expect("an account");
        let attempt = self.clients.attempt();
        let ask = ReplaceProfile { profile, ..person::set_active(attempt, version, false) };
        self.account(account, ask).expect("disabled");
    }

    /// What the directory answers.
    pub fn directory<A: Ask + Into<directory::Command>>(&self, ask: A) -> A::Reply {
        let reply = transferred(&ask.into()).carry_out(&self.directory, self.at());
        reply.expect("the database works").decode().expect("a reply")
    }

    fn rows(&self) -> u64 {
        let accounts = self.accounts.borrow();
        let registry = self.clients.registry.rows_written();
        accounts.values().map(Sqlite::rows_written).sum::<u64>() + self.directory.rows_written() + registry
    }

    /// Waits for its turn, then counts what `step` costs.
    async fn counted<T>(&self, step: impl FnOnce() -> T) -> T {
        let mut turns = u32::from(self.takes_turns.get());
        std::future::poll_fn(|_| {
            if turns == 0 {
                Poll::Ready(())
            } else {
                turns -= 1;
                Poll::Pending
            }
        })
        .await;
        let before = self.rows();
        let result = step();
        let Usage { object_calls, rows_written, kv_reads } = self.usage.get();
        let rows_written = rows_written + self.rows() - before;
        self.usage.set(Usage { object_calls: object_calls + 1, rows_written, kv_reads });
        result
    }
}

/// A command as it arrives.
fn transferred<C: serde::Serialize + serde::de::DeserializeOwned>(command: &C) -> C {
    decode_command(&encode_command(command).expect("encodes")).expect("decodes")
}

/// Lets a request do its next step; its answer, if it has one.
pub fn step(running: &mut Running<'_>) -> Option<Answer> {
    match running.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(response) => Some(Answer::of(&response)),
        Poll::Pending => None,
    }
}

/// A request with these headers.
pub fn request(method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query.to_owned())));
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body = Body::Complete(body.as_bytes().to_vec());
    Request::new(method, ISSUER.to_owned(), path.to_owned(), query, headers, body)
}

/// The same request, with the break-glass token and in SCIM's media type.
pub fn administration(method: Method, path: &str, body: &str) -> Request {
    let bearer = ["Bearer ", ADMIN_TOKEN].concat();
    request(method, path, &[("authorization", &bearer), ("content-type", "application/scim+json")], body)
}

/// A response, read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub json: Value,
}

/// Asserts that a redirect leads to `path` with a notice that only its browser shows, and gives what the page says then.
pub fn said(answer: &Answer, path: &str, look: impl FnOnce(&str) -> Answer) -> String {
    let location = answer.header("location").unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
    let joint = if path.contains('?') { '&' } else { '?' };
    assert!(location.starts_with(&format!("{path}{joint}notice=gr_nt_")), "{location}");
    let page = look(location).body;
    let (_, notice) = page.split_once("id=\"account-notice\"").unwrap_or_else(|| panic!("no notice: {page}"));
    notice.split_once("</p>").expect("its end").0.to_owned()
}

/// The user whom the forms of a page name, as a field of a form; empty where the page has no such form.
pub fn user_field(page: &Answer) -> String {
    let user = page.body.split_once("name=\"user\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    user.map(|user| format!("&user={user}")).unwrap_or_default()
}

impl Answer {
    fn of(response: &Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().to_vec(),
            body: String::from_utf8(response.body().to_vec()).expect("UTF-8"),
            json: serde_json::from_slice(response.body()).unwrap_or_default(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// What stands for the signature by a key.
pub fn signature(kid: &str, input: &[u8]) -> Vec<u8> {
    Sha256::digest([kid.as_bytes(), b"\0", input].concat()).to_vec()
}

impl Platform for World {
    fn entropy(&self, bytes: &mut [u8]) {
        self.clients.entropy(bytes);
    }

    fn new_account_id(&self) -> Result<AccountId, Fault> {
        Ok(AccountId::from_bytes(self.clients.random()))
    }

    async fn ask_account<A: Ask + Into<account::Command>>(&self, id: AccountId, ask: A) -> Result<A::Reply, Fault> {
        Ok(self.counted(|| self.account(id, ask)).await)
    }

    async fn ask_directory<A: Ask + Into<directory::Command>>(&self, ask: A) -> Result<A::Reply, Fault> {
        Ok(self.counted(|| self.directory(ask)).await)
    }

    async fn ask_registry<A: Ask + Into<registry::Command>>(&self, ask: A) -> Result<A::Reply, Fault> {
        Ok(self.counted(|| self.clients.ask(ask)).await)
    }

    async fn ask_hasher<A: Ask + Into<hasher::Command>>(&self, any: u8, ask: A) -> Result<A::Reply, Fault> {
        self.counted(|| ()).await;
        self.clients.ask_hasher(any, ask).await
    }

    async fn ask_replay<A: Ask + Into<replay::Command>>(&self, client: ClientKey, ask: A) -> Result<A::Reply, Fault> {
        self.clients.ask_replay(client, ask).await
    }

    async fn read_client(&self, key: &str) -> Result<Option<String>, Fault> {
        self.usage.set(Usage { kv_reads: self.usage.get().kv_reads + 1, ..self.usage.get() });
        self.clients.read_client(key).await
    }

    async fn check_kv(&self, key: &str, value: &str) -> Result<Option<String>, Fault> {
        self.clients.check_kv(key, value).await
    }

    fn memory<M: Default + 'static, R>(&self, use_it: impl FnOnce(&mut M) -> R) -> R {
        self.clients.memory(use_it)
    }

    /// Stands for a signature: no other code of a test can make it, and it is of this key and this text.
    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, Fault> {
        Ok(signature(key.kid(), input))
    }

    async fn verify(&self, key: &PublicKey, input: &[u8], presented: &[u8]) -> Result<bool, Fault> {
        Ok(signature(key.kid(), input) == presented)
    }

    async fn fetch_document(&self, address: &OutboundUrl) -> Result<FetchedDocument, OutboundFault> {
        self.clients.fetch_document(address).await
    }

    async fn post_form(&self, address: &OutboundUrl, form: &str) -> Result<u16, OutboundFault> {
        self.clients.post_form(address, form).await
    }

    async fn wait_until(&self, milliseconds: u32) {
        self.waits.borrow_mut().push(milliseconds);
    }

    fn log(&self, line: &str) {
        self.clients.log(line);
    }

    fn usage(&self) -> Usage {
        self.usage.get()
    }
}
