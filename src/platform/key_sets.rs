//! The keys that clients publish at their `jwks_uri`, as the isolate remembers them.
//!
//! Anybody can send an assertion that names a client and a key that nobody has. So a server is asked by one request of the
//! isolate at a time, while the others wait for what that one learns, and never again before a while has passed.

use std::collections::BTreeMap;

use super::outbound::{DEADLINE, OutboundFault};
use super::{Platform, outbound};
use crate::base::{Seconds, UnixTime};
use crate::http::outbound::{NotAdmitted, Outbound};
use crate::jose::key_set::{KeySetProblem, NoKey};
use crate::jose::{Algorithm, KeySet, PublicKey};

/// The most sets that an isolate remembers; with their longest size that is four megabytes.
const MOST: usize = 64;

/// How long a set is not fetched once more for a key that it does not have, and how long a server is left alone that did
/// not answer with one.
const PAUSE: Seconds = Seconds::new(60);
const PAUSE_AFTER_FAILURE: Seconds = Seconds::new(10);

/// How often a request looks whether another one has learned the keys, in milliseconds.
const LOOK_EVERY: u32 = 50;

/// Why there is no key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoClientKey {
    /// The address may not be asked, or not any more.
    #[error("the jwks_uri may not be asked: {0}")]
    Address(#[from] NotAdmitted),
    /// The address did not answer with a document.
    #[error("the jwks_uri did not answer: {0}")]
    Fetch(#[from] OutboundFault),
    /// The document is not a key set.
    #[error("the jwks_uri has no good key set: {0}")]
    KeySet(#[from] KeySetProblem),
    /// The set has no such key.
    #[error("the client's key set: {0}")]
    Key(#[from] NoKey),
    /// The server was asked a moment ago, in vain.
    #[error("the jwks_uri was asked a moment ago, in vain")]
    Recently,
}

/// Finds the key named `kid` in the set at `address`; `registered` is the algorithm that the client is bound to.
///
/// # Errors
/// [`NoClientKey`].
pub async fn find<P: Platform>(
    platform: &P,
    outbound: &Outbound,
    address: &str,
    kid: Option<&str>,
    registered: Option<Algorithm>,
    now: UnixTime,
) -> Result<PublicKey, NoClientKey> {
    let keys = key_set(platform, outbound, address, false, now).await?;
    match keys.find(kid, registered) {
        // The client may have got new keys since.
        Err(NoKey::None) => Ok(key_set(platform, outbound, address, true, now).await?.find(kid, registered)?),
        found => Ok(found?),
    }
}

/// The set at `address`; with `lacking`, a newer one than is remembered, if it may be fetched.
async fn key_set<P: Platform>(
    platform: &P,
    outbound: &Outbound,
    address: &str,
    lacking: bool,
    now: UnixTime,
) -> Result<KeySet, NoClientKey> {
    let mut waited = 0;
    loop {
        match platform.key_set_memory(|memory| memory.plan(address, lacking && waited == 0, now)) {
            Plan::Use(keys) => return Ok(keys),
            Plan::Leave => return Err(NoClientKey::Recently),
            Plan::Wait if waited > DEADLINE.get().saturating_mul(1_000) => return Err(NoClientKey::Recently),
            Plan::Wait => {
                waited = waited.saturating_add(LOOK_EVERY);
                platform.wait_until(waited).await;
            }
            Plan::Fetch => break,
        }
    }
    let fetched = fetch(platform, outbound, address).await;
    platform.key_set_memory(|memory| memory.learn(address, fetched.as_ref().ok(), now));
    fetched.map(|(keys, _)| keys)
}

async fn fetch<P: Platform>(
    platform: &P,
    outbound: &Outbound,
    address: &str,
) -> Result<(KeySet, Seconds), NoClientKey> {
    let document: outbound::Document = platform.fetch_document(&outbound.admit(address)?).await?;
    Ok((KeySet::published(&document.object()?)?, document.life()))
}

/// What an isolate remembers of the key sets of clients, by their addresses: values only, so requests may share it.
#[derive(Debug, Default)]
pub struct KeySetMemory(BTreeMap<String, Entry>);

#[derive(Debug)]
struct Entry {
    /// What was learned last, and until when it is good.
    keys: Option<(KeySet, UnixTime)>,
    /// When the server was asked last.
    asked_at: UnixTime,
    /// When it was asked last only for a key that was not there.
    sought_at: Option<UnixTime>,
    /// Whether its answer is still to come.
    is_awaited: bool,
}

/// What a request has to do for its keys.
#[derive(Debug, Eq, PartialEq)]
enum Plan {
    Fetch,
    Leave,
    Use(KeySet),
    Wait,
}

impl KeySetMemory {
    /// What to do for the set at `address`. Whoever is told to fetch it has to, and to say what came of it.
    fn plan(&mut self, address: &str, lacking: bool, now: UnixTime) -> Plan {
        let Some(entry) = self.0.get_mut(address) else {
            self.make_room();
            self.0.insert(address.to_owned(), Entry { keys: None, asked_at: now, sought_at: None, is_awaited: true });
            return Plan::Fetch;
        };
        let within = |at: UnixTime, seconds: Seconds| (0..=i64::from(seconds.get())).contains(&now.since(at));
        let good = entry.keys.as_ref().filter(|(_, good_until)| now < *good_until).map(|(keys, _)| keys);
        match good {
            Some(keys) if !lacking => return Plan::Use(keys.clone()),
            // Whose request died has asked in vain.
            _ if entry.is_awaited && within(entry.asked_at, DEADLINE) => return Plan::Wait,
            Some(keys) if entry.sought_at.is_some_and(|at| within(at, PAUSE)) => return Plan::Use(keys.clone()),
            Some(_) => entry.sought_at = Some(now),
            None if entry.keys.is_none() && within(entry.asked_at, PAUSE_AFTER_FAILURE) => return Plan::Leave,
            None => {}
        }
        entry.asked_at = now;
        entry.is_awaited = true;
        Plan::Fetch
    }

    /// Notes what came of asking. A failure takes nothing away that is still good.
    fn learn(&mut self, address: &str, fetched: Option<&(KeySet, Seconds)>, now: UnixTime) {
        let Some(entry) = self.0.get_mut(address) else {
            return;
        };
        entry.is_awaited = false;
        match fetched {
            Some((keys, life)) => entry.keys = Some((keys.clone(), now.plus(*life))),
            None => entry.keys = entry.keys.take().filter(|(_, good_until)| now < *good_until),
        }
    }

    fn make_room(&mut self) {
        if self.0.len() >= MOST
            && let Some(oldest) = self.0.iter().min_by_key(|(_, entry)| entry.asked_at).map(|(key, _)| key.clone())
        {
            self.0.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::encoding::base64url;

    const ADDRESS: &str = "https://app.example.com/jwks";

    fn keys() -> (KeySet, Seconds) {
        let key = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(&[1; 32])});
        (KeySet::published(json!({ "keys": [key] }).as_object().unwrap()).unwrap(), Seconds::new(600))
    }

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_secs(seconds)
    }

    /// G4 of the attacks.
    #[test]
    fn g4_one_request_asks_while_the_others_wait() {
        let mut memory = KeySetMemory::default();
        assert_eq!(memory.plan(ADDRESS, false, at(100)), Plan::Fetch);
        for _ in 0..10 {
            assert_eq!(memory.plan(ADDRESS, false, at(101)), Plan::Wait);
            assert_eq!(memory.plan(ADDRESS, true, at(101)), Plan::Wait);
        }
        assert_eq!(memory.plan("https://other.example.com/", false, at(101)), Plan::Fetch);
        memory.learn(ADDRESS, Some(&keys()), at(101));
        assert_eq!(memory.plan(ADDRESS, false, at(101)), Plan::Use(keys().0));
        assert_eq!(memory.plan(ADDRESS, true, at(101)), Plan::Fetch, "a key is not there");
        assert_eq!(memory.plan(ADDRESS, true, at(102)), Plan::Wait);
        assert_eq!(memory.plan(ADDRESS, false, at(102)), Plan::Use(keys().0), "whose key is there waits for nothing");
    }

    #[test]
    fn who_died_while_asking_holds_up_nobody_for_long() {
        let mut memory = KeySetMemory::default();
        assert_eq!(memory.plan(ADDRESS, false, at(100)), Plan::Fetch);
        assert_eq!(memory.plan(ADDRESS, false, at(103)), Plan::Wait);
        assert_eq!(memory.plan(ADDRESS, false, at(104)), Plan::Leave, "as after any failure");
        assert_eq!(memory.plan(ADDRESS, false, at(111)), Plan::Fetch);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut memory = KeySetMemory::default();
        for number in 0..1_000 {
            assert_eq!(memory.plan(&number.to_string(), false, at(number)), Plan::Fetch);
        }
        assert_eq!(memory.0.len(), MOST);
        assert!(memory.0.contains_key("999"), "the oldest made room");
    }
}
