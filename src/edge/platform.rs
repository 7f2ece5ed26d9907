//! The ports on Workers.

use std::cell::Cell;
use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;
use wasm_bindgen::JsValue;
use worker::{Date, Delay, Env};

use super::js::{glue, message};
use super::task::{settled, within};
use super::{convert, outbound, webcrypto};
use crate::base::AccountId;
use crate::base::encoding::{base64url, from_base64url};
use crate::config::TENANT;
use crate::http::{Location, OutboundUrl};
use crate::jose::{PublicKey, SigningKey};
use crate::lifetimes;
use crate::oauth::client::ClientKey;
use crate::platform::memory::IsolateMemory;
use crate::platform::outbound::{FetchedDocument, OutboundFault};
use crate::platform::{Fault, Platform, Usage};
use crate::store::names;
use crate::store::{Ask, account, directory, hasher, registry, replay, wire};

thread_local! {
    /// Shared by the requests of the isolate.
    static MEMORY: IsolateMemory = IsolateMemory::default();
}

/// The platform for one request.
pub struct Workers<'a> {
    env: &'a Env,
    /// The request, as the platform has it; none when the platform works for an object.
    request: Option<JsValue>,
    /// In milliseconds since 1970.
    arrived_at: u64,
    usage: Cell<Usage>,
}

/// The object that receives a command.
struct Whom<'a> {
    /// The name of its class's binding.
    class: &'a str,
    key: Key,
}

/// The key of an object within its class.
enum Key {
    Id(String),
    Name(String),
}

impl<'a> Workers<'a> {
    pub fn new(env: &'a Env, request: Option<JsValue>) -> Self {
        Self { env, request, arrived_at: Date::now().as_millis(), usage: Cell::default() }
    }

    fn count(&self, change: impl FnOnce(&mut Usage)) {
        let mut usage = self.usage.get();
        change(&mut usage);
        self.usage.set(usage);
    }

    async fn ask<C: Serialize, A: Ask + Into<C>>(&self, whom: Whom<'_>, ask: A) -> Result<A::Reply, Fault> {
        let command: C = ask.into();
        let answer = self.send(&whom, &base64url(&wire::encode_command(&command)?)).await?;
        let (head, reply) = wire::decode_answer(&answer)?;
        self.count(|usage| usage.rows_written = usage.rows_written.saturating_add(head.rows_written));
        Ok(wire::decode_reply(reply)?)
    }

    /// Asks again when the object was reset. Every changing command names its attempt, so the answer is the same.
    async fn send(&self, whom: &Whom<'_>, command: &str) -> Result<Vec<u8>, Fault> {
        match self.send_once(whom, command).await {
            Err(fault @ Fault::Object(_)) => {
                self.log_retry(&fault);
                self.send_once(whom, command).await
            }
            answer => answer,
        }
    }

    async fn send_once(&self, whom: &Whom<'_>, command: &str) -> Result<Vec<u8>, Fault> {
        self.count(|usage| usage.object_calls = usage.object_calls.saturating_add(1));
        let (id, name) = match &whom.key {
            Key::Id(id) => (Some(id.as_str()), None),
            Key::Name(name) => (None, Some(name.as_str())),
        };
        let answer = settled(&glue::ask(self.env, whom.class, id, name, command, lifetimes::OBJECT_MILLISECONDS))
            .await
            .map_err(object)?;
        let answer = answer.as_string().ok_or(Fault::Late)?;
        // A malformed answer is the object's own: it would be the same if asked again.
        let answer = from_base64url(&answer).filter(|answer| !answer.is_empty());
        answer.ok_or_else(|| Fault::Malformed("the object failed".to_owned()))
    }

    fn log_retry(&self, fault: &Fault) {
        self.log(&serde_json::json!({ "event": "object_retry", "cause": fault.to_string() }).to_string());
    }
}

impl Platform for Workers<'_> {
    fn entropy(&self, bytes: &mut [u8]) {
        // WebCrypto's generator does not fail; zeros would be worse than no answer.
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }

    async fn ask_account<A: Ask + Into<account::Command>>(&self, id: AccountId, ask: A) -> Result<A::Reply, Fault> {
        self.ask::<account::Command, A>(Whom { class: "ACCOUNT", key: Key::Id(hex(id.as_bytes())) }, ask).await
    }

    fn new_account_id(&self) -> Result<AccountId, Fault> {
        let id = glue::new_id(self.env, "ACCOUNT").map_err(object)?;
        from_hex(&id).ok_or_else(|| Fault::Object("the id of a new object is malformed".to_owned()))
    }

    async fn ask_directory<A: Ask + Into<directory::Command>>(&self, ask: A) -> Result<A::Reply, Fault> {
        self.ask::<directory::Command, A>(Whom { class: "DIRECTORY", key: Key::Name(names::directory(TENANT)) }, ask)
            .await
    }

    async fn ask_registry<A: Ask + Into<registry::Command>>(&self, ask: A) -> Result<A::Reply, Fault> {
        self.ask::<registry::Command, A>(Whom { class: "REGISTRY", key: Key::Name(names::registry(TENANT)) }, ask).await
    }

    async fn ask_hasher<A: Ask + Into<hasher::Command>>(&self, any: u8, ask: A) -> Result<A::Reply, Fault> {
        self.ask::<hasher::Command, A>(Whom { class: "HASHER", key: Key::Name(names::hasher(TENANT, any)) }, ask).await
    }

    async fn ask_replay<A: Ask + Into<replay::Command>>(&self, client: ClientKey, ask: A) -> Result<A::Reply, Fault> {
        self.ask::<replay::Command, A>(Whom { class: "REPLAY", key: Key::Name(names::replay(TENANT, client)) }, ask)
            .await
    }

    async fn read_client(&self, key: &str) -> Result<Option<String>, Fault> {
        self.count(|usage| usage.kv_reads = usage.kv_reads.saturating_add(1));
        let store = self.env.kv("CLIENTS").map_err(kv)?;
        let reading = store.get(key).cache_ttl(lifetimes::KV_CACHE.get().into()).text();
        let deadline = Duration::from_millis(lifetimes::KV_READ_MILLISECONDS.into());
        within(deadline, reading).await.ok_or_else(|| kv(LATE))?.map_err(kv)
    }

    async fn check_kv(&self, key: &str, value: &str) -> Result<Option<String>, Fault> {
        let store = self.env.kv("CLIENTS").map_err(kv)?;
        let put = store.put(key, value).map_err(kv)?.expiration_ttl(lifetimes::KV_CHECK.get().into());
        let deadline = Duration::from_secs(lifetimes::KV_WRITE.get().into());
        within(deadline, put.execute()).await.ok_or_else(|| kv(LATE))?.map_err(kv)?;
        self.read_client(key).await
    }

    fn memory<M: Default + 'static, R>(&self, use_it: impl FnOnce(&mut M) -> R) -> R {
        MEMORY.with(|memory| memory.with(use_it))
    }

    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, Fault> {
        webcrypto::sign(key, input).await
    }

    async fn verify(&self, key: &PublicKey, input: &[u8], signature: &[u8]) -> Result<bool, Fault> {
        webcrypto::verify(key, input, signature).await
    }

    async fn fetch_document(&self, address: &OutboundUrl) -> Result<FetchedDocument, OutboundFault> {
        outbound::fetch_document(address).await
    }

    async fn post_form(&self, address: &OutboundUrl, form: &str) -> Result<u16, OutboundFault> {
        outbound::post_form(address, form).await
    }

    fn place(&self) -> Location {
        self.request.as_ref().map(convert::place).unwrap_or_default()
    }

    async fn wait_until(&self, milliseconds: u32) {
        // The clock stands still while we compute: it catches up when something is waited for.
        Delay::from(Duration::ZERO).await;
        let passed = Date::now().as_millis().saturating_sub(self.arrived_at);
        let left = u64::from(milliseconds).saturating_sub(passed);
        if left > 0 {
            Delay::from(Duration::from_millis(left)).await;
        }
    }

    fn log(&self, line: &str) {
        worker::console_log!("{line}");
    }

    fn usage(&self) -> Usage {
        self.usage.get()
    }
}

/// Why KV gave no answer.
const LATE: &str = "no answer in time";

fn object(thrown: JsValue) -> Fault {
    Fault::Object(message(&thrown))
}

fn kv(error: impl ToString) -> Fault {
    Fault::Kv(error.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<AccountId> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let bytes = bytes.collect::<Option<Vec<_>>>().filter(|_| rest.is_empty())?;
    AccountId::from_slice(&bytes)
}
