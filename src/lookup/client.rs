//! Finds a client: in the isolate's memory, then in KV, then at the registry.
//!
//! Memory and KV can only make an answer older. No answer is older than the caller demands, no isolate returns to a version
//! older than one it has seen, and the records in KV are sealed by the registry.

use std::rc::Rc;

use super::document::Occasion;
use crate::base::{Cache, UnixTime};
use crate::config::{Config, TENANT};
use crate::lifetimes;
use crate::oauth::client::id::{IdOrigin, LONGEST_REGISTERED};
use crate::oauth::client::metadata_document;
use crate::oauth::client::{Client, ClientId, ClientKey, ClientVersion};
use crate::platform::{Fault, Platform};
use crate::seal::client_record::ClientRecord;
use crate::seal::{Life, NotSealed, Sealer};
use crate::store::names;
use crate::store::registry::{FoundClient, Publish, Read};

/// The most clients that an isolate remembers, and the most identifiers that have no client.
const MOST: usize = 256;

/// How often an isolate asks the registry about identifiers that may be invented, in one window.
const QUESTIONS: u32 = 20;
/// How many self-registrations an isolate passes on to the registry in one window. The registry has its own limit, but each
/// request costs it time.
const REGISTRATIONS: u32 = 10;

/// How often an isolate asks the registry for pages of the catalogue, which is public, in one window, and how often for a search,
/// which reads the whole catalogue.
const LOOKS: u32 = 1_000;
const SEARCHES: u32 = 100;

/// How old the answer may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// Not older than this version of the client: for a code, token or ticket that was issued under it.
    AtLeast(ClientVersion),
    /// It may be some minutes old if KV is slow.
    Cached,
    /// As the registry has it now.
    Now,
}

/// Finds a client; `None` when there never was one, or it was deleted.
///
/// # Errors
/// When the registry has to be asked, or the server of a metadata document, and does not answer.
pub async fn find<P: Platform>(
    platform: &P,
    config: &Config,
    id: &ClientId,
    freshness: Freshness,
    now: UnixTime,
) -> Result<Option<Rc<Client>>, Fault> {
    if config.is_an_audience(id.as_str()) {
        return Ok(None);
    }
    if metadata_document::is_address(id) {
        if !config.registration.metadata_documents {
            return Ok(None);
        }
        // A request that demands a version has a code, a token or a ticket of this server.
        let occasion = if freshness == Freshness::Cached { Occasion::Strangers } else { Occasion::Ours };
        let found = super::metadata_document::find(platform, config, id, occasion, now).await?;
        return Ok(found.map(Rc::new));
    }
    let demanded = if let Freshness::AtLeast(version) = freshness { Some(version) } else { None };
    // A remembered identifier was checked before, so it is not forged.
    let remembered = platform.memory(|memory: &mut ClientMemory| memory.recall(id, now));
    let floor = match remembered {
        Some((known, true)) if freshness != Freshness::Now && known.version >= demanded => return Ok(known.client),
        remembered => demanded.max(remembered.and_then(|(known, _)| known.version)),
    };
    let origin = id.origin(&config.client_id_key);
    if origin == IdOrigin::Forged || id.as_str().len() > LONGEST_REGISTERED {
        return Ok(None);
    }
    if freshness == Freshness::Now {
        let found = platform.ask_registry(Read { id: id.clone() }).await?;
        return Ok(remember(platform, id, Known::of(found), now));
    }
    let in_kv = platform.read_client(&names::client(TENANT, id.as_str())).await;
    if let Ok(Some(text)) = &in_kv
        && let Some(known) = opened(&config.sealer, text, id, now)
        && known.version >= floor
    {
        return Ok(remember(platform, id, known, now));
    }
    if origin == IdOrigin::Elsewhere
        && floor.is_none()
        && !platform.memory(|memory: &mut ClientMemory| memory.may_ask(now))
    {
        return Err(Fault::Busy("too many questions about clients that nobody registered"));
    }
    let found = match in_kv {
        Ok(_) => platform.ask_registry(Publish { id: id.clone() }).await?,
        // KV does not answer, so the record is not put again.
        Err(_) => platform.ask_registry(Read { id: id.clone() }).await?,
    };
    Ok(remember(platform, id, Known::of(found), now))
}

/// Forgets a client that was just changed, so that at least this isolate sees the change at once.
pub fn forget(platform: &impl Platform, id: &ClientId) {
    platform.memory(|memory: &mut ClientMemory| memory.forget(id));
}

/// Counts a page of the catalogue or a search in it. Whether the registry may be asked.
pub fn may_browse(platform: &impl Platform, searches: bool, now: UnixTime) -> bool {
    platform.memory(|memory: &mut ClientMemory| memory.may_browse(searches, now))
}

/// Counts a self-registration. Whether the registry may be asked.
pub fn may_register(platform: &impl Platform, now: UnixTime) -> bool {
    platform.memory(|memory: &mut ClientMemory| memory.may_register(now))
}

/// Reads a record of KV; `None` if it is not a genuine record of this client.
fn opened(sealer: &Sealer, text: &str, id: &ClientId, now: UnixTime) -> Option<Known> {
    let record = sealer.open::<ClientRecord>(text, now).ok()?.value;
    let client = record.client().ok()?.map(Rc::new);
    (record.id == *id).then_some(Known { version: Some(record.version), client })
}

fn remember<P: Platform>(platform: &P, id: &ClientId, known: Known, now: UnixTime) -> Option<Rc<Client>> {
    let client = known.client.clone();
    platform.memory(|memory: &mut ClientMemory| memory.keep(id, known, now));
    client
}

/// A record for KV.
#[derive(Debug, Eq, PartialEq)]
pub struct Outgoing {
    pub key: String,
    pub value: String,
}

/// Seals a record of the registry for KV. `nonce` must be fresh random bytes.
///
/// # Errors
/// When it cannot be sealed.
pub fn outgoing(sealer: &Sealer, record: &ClientRecord, now: UnixTime, nonce: [u8; 24]) -> Result<Outgoing, NotSealed> {
    let life = Life { sealed_at: now, expires_at: now.plus(lifetimes::CLIENT_RECORD) };
    Ok(Outgoing { key: names::client(TENANT, record.id.as_str()), value: sealer.seal(record, life, nonce)? })
}

/// What is known about an identifier.
#[derive(Clone, Debug)]
struct Known {
    /// The version of the client or of its tombstone; `None` if there never was a client.
    version: Option<ClientVersion>,
    client: Option<Rc<Client>>,
}

impl Known {
    fn of(found: FoundClient) -> Self {
        match found {
            FoundClient::Deleted(version) => Self { version: Some(version), client: None },
            FoundClient::Never => Self { version: None, client: None },
            FoundClient::Registered(registered) => {
                let client = registered.client;
                Self { version: Some(client.version), client: Some(Rc::new(client)) }
            }
        }
    }
}

/// The clients that an isolate remembers. They are values, so requests may share them.
#[derive(Debug, Default)]
struct ClientMemory {
    /// Clients and tombstones. They stay when they are too old to be an answer: no older version is accepted after them.
    known: Cache<ClientKey, (UnixTime, Known), MOST>,
    /// Identifiers that have no client. They are kept apart, so that invented ones cannot push out clients.
    nobody: Cache<ClientKey, UnixTime, MOST>,
    questions: Budget,
    registrations: Budget,
    looks: Budget,
    searches: Budget,
}

/// The number of requests in the current window.
#[derive(Debug, Default)]
struct Budget {
    began: Option<UnixTime>,
    spent: u32,
}

impl Budget {
    /// Counts a request. Whether it is among the first `most` of its window.
    fn spend(&mut self, most: u32, now: UnixTime) -> bool {
        let within = self
            .began
            .is_some_and(|began| (0..i64::from(lifetimes::QUESTIONS_WINDOW.get())).contains(&now.since(began)));
        if !within {
            *self = Self { began: Some(now), spent: 0 };
        }
        self.spent = self.spent.saturating_add(1);
        self.spent <= most
    }
}

impl ClientMemory {
    /// What is known, and whether it is young enough to be the answer.
    fn recall(&self, id: &ClientId, now: UnixTime) -> Option<(Known, bool)> {
        let key = id.key();
        if let Some((at, known)) = self.known.get(&key) {
            return Some((known.clone(), is_young(*at, now)));
        }
        let at = self.nobody.get(&key)?;
        Some((Known { version: None, client: None }, is_young(*at, now)))
    }

    /// Keeps `known`, unless another request has learned a newer version in the meantime.
    fn keep(&mut self, id: &ClientId, known: Known, now: UnixTime) {
        let key = id.key();
        if known.version.is_none() {
            self.nobody.put(key, now);
        } else if self.known.get(&key).is_none_or(|(_, before)| before.version <= known.version) {
            self.nobody.remove(&key);
            self.known.put(key, (now, known));
        }
    }

    fn forget(&mut self, id: &ClientId) {
        self.known.remove(&id.key());
        self.nobody.remove(&id.key());
    }

    /// Counts a question about an identifier that may be invented. Whether it may be asked.
    fn may_ask(&mut self, now: UnixTime) -> bool {
        self.questions.spend(QUESTIONS, now)
    }

    fn may_browse(&mut self, searches: bool, now: UnixTime) -> bool {
        if searches { self.searches.spend(SEARCHES, now) } else { self.looks.spend(LOOKS, now) }
    }

    fn may_register(&mut self, now: UnixTime) -> bool {
        self.registrations.spend(REGISTRATIONS, now)
    }
}

fn is_young(at: UnixTime, now: UnixTime) -> bool {
    (0..i64::from(lifetimes::CLIENT_IN_MEMORY.get())).contains(&now.since(at))
}
