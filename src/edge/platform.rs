//! The ports on Workers.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::Uint8Array;
use worker::{Date, Delay, Env, Method, RequestInit, Stub};

use super::{outbound, webcrypto};
use crate::base::AccountId;
use crate::config::TENANT;
use crate::http::OutboundUrl;
use crate::jose::{PublicKey, SigningKey};
use crate::oauth::client::ClientKey;
use crate::platform::clients::ClientMemory;
use crate::platform::key_sets::KeySetMemory;
use crate::platform::metadata_documents::MetadataMemory;
use crate::platform::outbound::{Document, OutboundFault};
use crate::platform::{Fault, Platform, Usage, names};
use crate::store::{Ask, account, directory, hasher, registry, replay, wire};

thread_local! {
    /// Shared by the requests of the isolate.
    static CLIENTS: RefCell<ClientMemory> = RefCell::default();
    static KEY_SETS: RefCell<KeySetMemory> = RefCell::default();
    static METADATA: RefCell<MetadataMemory> = RefCell::default();
}

/// The platform for one request.
pub struct Workers<'a> {
    env: &'a Env,
    /// In milliseconds since 1970.
    arrived_at: u64,
    usage: Cell<Usage>,
}

/// How long an object may take to answer.
const DEADLINE: Duration = Duration::from_secs(5);

/// Objects are asked with a full URL, of which they look at nothing.
const OBJECT_URL: &str = "https://object/";

impl<'a> Workers<'a> {
    pub fn new(env: &'a Env) -> Self {
        Self { env, arrived_at: Date::now().as_millis(), usage: Cell::default() }
    }

    fn count(&self, change: impl FnOnce(&mut Usage)) {
        let mut usage = self.usage.get();
        change(&mut usage);
        self.usage.set(usage);
    }

    async fn ask<A: Ask>(&self, stub: Stub, ask: A) -> Result<A::Reply, Fault> {
        let command: A::Command = ask.into();
        let answer = self.send(&stub, &wire::encode_command(&command)?).await?;
        let (head, reply) = wire::decode_answer(&answer)?;
        self.count(|usage| usage.rows_written = usage.rows_written.saturating_add(head.rows_written));
        Ok(wire::decode_reply(reply)?)
    }

    /// Asks once more when the object was reset: every changing command names its attempt, so the same answer comes back.
    async fn send(&self, stub: &Stub, command: &[u8]) -> Result<Vec<u8>, Fault> {
        match self.send_once(stub, command).await {
            Err(fault @ Fault::Object(_)) => {
                self.log_retry(&fault);
                self.send_once(stub, command).await
            }
            answer => answer,
        }
    }

    async fn send_once(&self, stub: &Stub, command: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(Uint8Array::from(command).into()));
        let request = worker::Request::new_with_init(OBJECT_URL, &init).map_err(object)?;
        self.count(|usage| usage.object_calls = usage.object_calls.saturating_add(1));
        let answer = async {
            let mut response = stub.fetch_with_request(request).await.map_err(object)?;
            let bytes = response.bytes().await.map_err(object)?;
            Ok::<_, Fault>((response.status_code(), bytes))
        };
        let (status, bytes) = match select(pin!(answer), pin!(Delay::from(DEADLINE))).await {
            Either::Left((answer, _)) => answer?,
            Either::Right(_) => return Err(Fault::Late),
        };
        if status != 200 {
            // The object's own answer: asking again would bring the same.
            return Err(Fault::Malformed(format!("an object answered with status {status}")));
        }
        Ok(bytes)
    }

    fn log_retry(&self, fault: &Fault) {
        self.log(&serde_json::json!({ "event": "object_retry", "cause": fault.to_string() }).to_string());
    }
}

impl Platform for Workers<'_> {
    fn entropy(&self, bytes: &mut [u8]) {
        // WebCrypto's generator has no way to fail; zeros would be worse than no answer.
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }

    async fn ask_account<A: Ask<Command = account::Command>>(&self, id: AccountId, ask: A) -> Result<A::Reply, Fault> {
        let stub = self
            .env
            .durable_object("ACCOUNT")
            .and_then(|namespace| namespace.id_from_string(&hex(id.as_bytes()))?.get_stub())
            .map_err(object)?;
        self.ask(stub, ask).await
    }

    fn new_account_id(&self) -> Result<AccountId, Fault> {
        let namespace = self.env.durable_object("ACCOUNT").map_err(object)?;
        let id = namespace.unique_id().map_err(object)?;
        from_hex(&id.to_string()).ok_or_else(|| Fault::Object("the id of a new object is malformed".to_owned()))
    }

    async fn ask_directory<A: Ask<Command = directory::Command>>(&self, ask: A) -> Result<A::Reply, Fault> {
        let stub = self
            .env
            .durable_object("DIRECTORY")
            .and_then(|namespace| namespace.get_by_name(&names::directory(TENANT)))
            .map_err(object)?;
        self.ask(stub, ask).await
    }

    async fn ask_registry<A: Ask<Command = registry::Command>>(&self, ask: A) -> Result<A::Reply, Fault> {
        let stub = self
            .env
            .durable_object("REGISTRY")
            .and_then(|namespace| namespace.get_by_name(&names::registry(TENANT)))
            .map_err(object)?;
        self.ask(stub, ask).await
    }

    async fn ask_hasher<A: Ask<Command = hasher::Command>>(&self, any: u8, ask: A) -> Result<A::Reply, Fault> {
        let stub = self
            .env
            .durable_object("HASHER")
            .and_then(|namespace| namespace.get_by_name(&names::hasher(TENANT, any)))
            .map_err(object)?;
        self.ask(stub, ask).await
    }

    async fn ask_replay<A: Ask<Command = replay::Command>>(
        &self,
        client: ClientKey,
        ask: A,
    ) -> Result<A::Reply, Fault> {
        let stub = self
            .env
            .durable_object("REPLAY")
            .and_then(|namespace| namespace.get_by_name(&names::replay(TENANT, client)))
            .map_err(object)?;
        self.ask(stub, ask).await
    }

    async fn read_client(&self, key: &str) -> Result<Option<String>, Fault> {
        self.count(|usage| usage.kv_reads = usage.kv_reads.saturating_add(1));
        let store = self.env.kv("CLIENTS").map_err(kv)?;
        store.get(key).cache_ttl(30).text().await.map_err(kv)
    }

    fn client_memory<R>(&self, use_it: impl FnOnce(&mut ClientMemory) -> R) -> R {
        CLIENTS.with_borrow_mut(use_it)
    }

    fn key_set_memory<R>(&self, use_it: impl FnOnce(&mut KeySetMemory) -> R) -> R {
        KEY_SETS.with_borrow_mut(use_it)
    }

    fn metadata_memory<R>(&self, use_it: impl FnOnce(&mut MetadataMemory) -> R) -> R {
        METADATA.with_borrow_mut(use_it)
    }

    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, Fault> {
        webcrypto::sign(key, input).await
    }

    async fn verify(&self, key: &PublicKey, input: &[u8], signature: &[u8]) -> Result<bool, Fault> {
        webcrypto::verify(key, input, signature).await
    }

    async fn fetch_document(&self, address: &OutboundUrl) -> Result<Document, OutboundFault> {
        outbound::fetch_document(address).await
    }

    async fn post_form(&self, address: &OutboundUrl, form: &str) -> Result<u16, OutboundFault> {
        outbound::post_form(address, form).await
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

fn object(error: worker::Error) -> Fault {
    Fault::Object(error.to_string())
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
