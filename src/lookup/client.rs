//! Finds a client: in the isolate's memory, then in KV, then at the registry.
//!
//! Memory and KV can only make an answer older. No answer is older than the caller demands, no isolate returns to a version
//! older than one it has seen or made, and the records in KV are sealed by the registry. What administers is always read from the
//! registry.

use std::rc::Rc;

use serde_json::json;

use super::document::Occasion;
use crate::base::{Cache, UnixTime};
use crate::config::{Config, TENANT};
use crate::lifetimes;
use crate::oauth::client::id::{IdOrigin, LONGEST_REGISTERED};
use crate::oauth::client::metadata_document;
use crate::oauth::client::{Client, ClientId, ClientKey, ClientVersion};
use crate::platform::{Fault, Platform};
use crate::seal::client_record::{ClientRecord, Recorded};
use crate::seal::{Life, NotSealed, Opened, Sealer};
use crate::store::names;
use crate::store::registry::{FoundClient, Publish, Read};

/// The most clients that an isolate remembers, and the most identifiers that have no client.
const MOST: usize = 256;

/// The most changes whose version an isolate remembers. Look-ups do not push them out.
const MOST_CHANGED: usize = 4_096;

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
    let (remembered, floor) = platform.memory(|memory: &mut ClientMemory| memory.recall(id, now));
    let floor = floor.max(demanded);
    if freshness != Freshness::Now
        && let Some(known) = remembered.filter(|known| known.version >= floor)
    {
        return Ok(known.client);
    }
    let origin = id.origin(&config.client_id_key);
    if origin == IdOrigin::Forged || id.as_str().len() > LONGEST_REGISTERED {
        return Ok(None);
    }
    if freshness == Freshness::Now {
        let found = platform.ask_registry(Read { id: id.clone() }).await?;
        return Ok(remember(platform, id, Known::of(found), now));
    }
    let (in_kv, kv_answers) = match read_kv(platform, id, now).await {
        Ok(text) => (text.and_then(|text| opened(&config.sealer, &text, id, now)), true),
        Err(_) => (None, false),
    };
    let in_kv = in_kv.filter(|record| Some(record.version) >= floor);
    // Only the registry makes a genuine record, however old: such a client was registered.
    let is_genuine = in_kv.is_some();
    let asks = match in_kv {
        Some(InKv { version, recorded: Recorded::Client(client), is_current: true }) => {
            return Ok(remember(platform, id, Known { version: Some(version), client: Some(client) }, now));
        }
        // The registry puts it again.
        Some(InKv { recorded: Recorded::Client(_), .. }) | None => false,
        // What was deleted may have been registered again since.
        Some(InKv { recorded: Recorded::AskRegistry | Recorded::Deleted, .. }) => true,
    };
    if origin == IdOrigin::Elsewhere
        && floor.is_none()
        && !is_genuine
        && !platform.memory(|memory: &mut ClientMemory| memory.may_ask(now))
    {
        return Err(Fault::Busy("too many questions about clients that nobody registered"));
    }
    let found = if kv_answers && !asks {
        platform.ask_registry(Publish { id: id.clone() }).await?
    } else {
        // What KV has is as it should be, or KV does not answer: the record is not put again.
        platform.ask_registry(Read { id: id.clone() }).await?
    };
    Ok(remember(platform, id, Known::of(found), now))
}

/// What KV has. When it did not answer a moment ago it is left alone, so that not every request waits for it.
async fn read_kv<P: Platform>(platform: &P, id: &ClientId, now: UnixTime) -> Result<Option<String>, Fault> {
    if platform.memory(|memory: &mut ClientMemory| memory.kv_is_failing(now)) {
        return Err(Fault::Kv("it did not answer a moment ago".to_owned()));
    }
    let read = platform.read_client(&names::client(TENANT, id.as_str())).await;
    if let Err(fault) = &read {
        platform.memory(|memory: &mut ClientMemory| memory.kv_failed_at = Some(now));
        platform.log(&json!({ "event": "fault", "part": "kv", "cause": fault.to_string() }).to_string());
    }
    read
}

/// Notes that a client was just changed, so that this isolate never answers with what was before: `version` is the newest one, if the
/// caller knows it.
pub fn changed(platform: &impl Platform, id: &ClientId, version: Option<ClientVersion>) {
    platform.memory(|memory: &mut ClientMemory| memory.change(id, version));
}

/// Whether the registry may be asked about a client because of credentials that are not good by what is known of it.
pub fn may_ask_again(platform: &impl Platform, now: UnixTime) -> bool {
    platform.memory(|memory: &mut ClientMemory| memory.may_ask(now))
}

/// Counts a page of the catalogue or a search in it. Whether the registry may be asked.
pub fn may_browse(platform: &impl Platform, searches: bool, now: UnixTime) -> bool {
    platform.memory(|memory: &mut ClientMemory| memory.may_browse(searches, now))
}

/// Counts a self-registration. Whether the registry may be asked.
pub fn may_register(platform: &impl Platform, now: UnixTime) -> bool {
    platform.memory(|memory: &mut ClientMemory| memory.may_register(now))
}

/// A genuine record of KV.
struct InKv {
    version: ClientVersion,
    recorded: Recorded,
    /// Whether it is young enough to be believed.
    is_current: bool,
}

/// Reads a record of KV; `None` if it is not a genuine record of this client.
fn opened(sealer: &Sealer, text: &str, id: &ClientId, now: UnixTime) -> Option<InKv> {
    let Opened { value: record, life } = sealer.open_at_any_age::<ClientRecord>(text, now).ok()?;
    let recorded = record.recorded().ok()?;
    let is_current = now < life.sealed_at.plus(lifetimes::CLIENT_RECORD);
    (record.id == *id).then_some(InKv { version: record.version, recorded, is_current })
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
    /// The versions of clients that this isolate has changed. They stay when the client itself is forgotten.
    changed: Cache<ClientKey, ClientVersion, MOST_CHANGED>,
    kv_failed_at: Option<UnixTime>,
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
    /// What is known, if it is young enough to be the answer, and the version behind which no answer goes.
    fn recall(&self, id: &ClientId, now: UnixTime) -> (Option<Known>, Option<ClientVersion>) {
        let key = id.key();
        let known = self.known.get(&key);
        let floor = self.changed.get(&key).copied().max(known.and_then(|(_, known)| known.version));
        if let Some((_, known)) = known.filter(|(at, _)| is_young(*at, now)) {
            return (Some(known.clone()), floor);
        }
        let nobody = self.nobody.get(&key).filter(|at| is_young(**at, now));
        (nobody.map(|_| Known { version: floor, client: None }), floor)
    }

    /// Keeps `known`, unless another request has learned of a newer version in the meantime.
    fn keep(&mut self, id: &ClientId, known: Known, now: UnixTime) {
        let key = id.key();
        let (_, floor) = self.recall(id, now);
        if known.version.is_none() {
            self.nobody.put(key, now);
        } else if known.version >= floor {
            self.nobody.remove(&key);
            self.known.put(key, (now, known));
        }
    }

    fn change(&mut self, id: &ClientId, version: Option<ClientVersion>) {
        let key = id.key();
        let floor = self.changed.get(&key).copied().max(version);
        let floor = floor.max(self.known.get(&key).and_then(|(_, known)| known.version));
        self.known.remove(&key);
        self.nobody.remove(&key);
        if let Some(floor) = floor {
            self.changed.put(key, floor);
        }
    }

    fn kv_is_failing(&self, now: UnixTime) -> bool {
        let pause = 0..i64::from(lifetimes::AFTER_FAILED_READ.get());
        self.kv_failed_at.is_some_and(|at| pause.contains(&now.since(at)))
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
