//! What a platform does for the core.

use serde::Serialize;

use super::fault::Fault;
use super::outbound::{FetchedDocument, OutboundFault};
use crate::base::AccountId;
use crate::http::{Location, OutboundUrl};
use crate::jose::{PublicKey, SigningKey};
use crate::oauth::client::ClientKey;
use crate::store::{Ask, account, directory, hasher, registry, replay};

/// What the platform does for one request.
///
/// Futures are not `Send`: an isolate has one thread.
#[expect(async_fn_in_trait, reason = "nothing here crosses a thread")]
pub trait Platform {
    /// Fills `bytes` with randomness fit for keys.
    fn entropy(&self, bytes: &mut [u8]);

    /// Asks a person's object.
    async fn ask_account<A: Ask + Into<account::Command>>(&self, id: AccountId, ask: A) -> Result<A::Reply, Fault>;

    /// The id of an account that is to be made. Making it reserves nothing and costs nothing.
    ///
    /// # Errors
    /// [`Fault::Object`].
    fn new_account_id(&self) -> Result<AccountId, Fault>;

    /// Asks the directory of people.
    async fn ask_directory<A: Ask + Into<directory::Command>>(&self, ask: A) -> Result<A::Reply, Fault>;

    /// Asks the registry of clients.
    async fn ask_registry<A: Ask + Into<registry::Command>>(&self, ask: A) -> Result<A::Reply, Fault>;

    /// Asks one of the objects that hash passwords; `any` says which.
    async fn ask_hasher<A: Ask + Into<hasher::Command>>(&self, any: u8, ask: A) -> Result<A::Reply, Fault>;

    /// Asks the object that remembers which assertions of this client were used.
    async fn ask_replay<A: Ask + Into<replay::Command>>(&self, client: ClientKey, ask: A) -> Result<A::Reply, Fault>;

    /// Reads the client record stored under `key`; what it says may be some minutes old.
    ///
    /// # Errors
    /// [`Fault::Kv`], within [`crate::lifetimes::KV_READ_MILLISECONDS`].
    async fn read_client(&self, key: &str) -> Result<Option<String>, Fault>;

    /// Writes to KV what ends by itself soon, and reads it back.
    ///
    /// # Errors
    /// [`Fault::Kv`], within [`crate::lifetimes::KV_WRITE`] and the deadline of a read.
    async fn check_kv(&self, key: &str, value: &str) -> Result<Option<String>, Fault>;

    /// Lets `use_it` work with what the isolate remembers in an `M`. A platform without memory forgets at once.
    fn memory<M: Default + 'static, R>(&self, use_it: impl FnOnce(&mut M) -> R) -> R {
        use_it(&mut M::default())
    }

    /// Signs `input` with the algorithm of `key`.
    async fn sign(&self, key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, Fault>;

    /// Whether `signature` over `input` is one of `key`, by the key's own algorithm.
    async fn verify(&self, key: &PublicKey, input: &[u8], signature: &[u8]) -> Result<bool, Fault>;

    /// Asks a server elsewhere for a document with one GET. Redirects are not followed: they come back as the status that
    /// they are.
    ///
    /// # Errors
    /// [`OutboundFault`], within [`super::outbound::DEADLINE`].
    async fn fetch_document(&self, address: &OutboundUrl) -> Result<FetchedDocument, OutboundFault>;

    /// Sends a server elsewhere a form with one POST, and answers with the status. Of the body nothing is read.
    ///
    /// # Errors
    /// [`OutboundFault`], within [`super::outbound::DEADLINE`].
    async fn post_form(&self, address: &OutboundUrl, form: &str) -> Result<u16, OutboundFault>;

    /// Where the network says that the request comes from; nothing where it says nothing.
    fn place(&self) -> Location {
        Location::default()
    }

    /// Waits until so many milliseconds have passed since the request arrived; not at all when they have.
    async fn wait_until(&self, milliseconds: u32);

    /// Writes one line of JSON to the log.
    fn log(&self, line: &str);

    /// What the request has cost so far.
    fn usage(&self) -> Usage;
}

/// What a request cost, as the platform counts it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Usage {
    /// Requests to objects.
    pub object_calls: u32,
    /// Rows that objects wrote, alarms included.
    pub rows_written: u64,
    /// Keys read from KV.
    pub kv_reads: u32,
}
