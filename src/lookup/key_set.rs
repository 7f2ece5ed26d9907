//! The keys that clients publish at their `jwks_uri`, as the isolate remembers them.

use super::document::{DocumentMemory, LeftAlone, Occasion, recall};
use crate::base::{Seconds, UnixTime};
use crate::http::outbound::{NotAdmitted, Outbound};
use crate::jose::key_set::{KeySetProblem, NoKey};
use crate::jose::{Algorithm, KeySet, PublicKey};
use crate::platform::outbound::OutboundFault;
use crate::platform::{Platform, outbound};

/// What an isolate remembers of the key sets of clients.
type KeySetMemory = DocumentMemory<KeySet>;

/// Why there is no key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoClientKey {
    /// The address may not be requested, or not any more.
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
    /// It was requested a moment ago.
    #[error("the jwks_uri: {0}")]
    LeftAlone(#[from] LeftAlone),
}

/// Where the keys of a client are.
#[derive(Clone, Copy, Debug)]
pub struct PublishedKeys<'a> {
    /// Its `jwks_uri`.
    pub address: &'a str,
    /// Why the keys are needed.
    pub occasion: Occasion,
}

/// Finds the key named `kid` in a set; `registered` is the algorithm that the client is bound to.
///
/// # Errors
/// [`NoClientKey`].
pub async fn find<P: Platform>(
    platform: &P,
    outbound: &Outbound,
    place: PublishedKeys<'_>,
    kid: Option<&str>,
    registered: Option<Algorithm>,
    now: UnixTime,
) -> Result<PublicKey, NoClientKey> {
    let keys = key_set(platform, outbound, place, false, now).await?;
    match keys.find(kid, registered) {
        // The client may have got new keys since.
        Err(NoKey::None) => Ok(key_set(platform, outbound, place, true, now).await?.find(kid, registered)?),
        found => Ok(found?),
    }
}

/// The set at an address; with `lacking`, a newer one than is remembered, if it may be fetched.
async fn key_set<P: Platform>(
    platform: &P,
    outbound: &Outbound,
    PublishedKeys { address, occasion }: PublishedKeys<'_>,
    lacking: bool,
    now: UnixTime,
) -> Result<KeySet, NoClientKey> {
    let look = |lacking| platform.memory(|memory: &mut KeySetMemory| memory.plan(address, lacking, occasion, now));
    if let Some(keys) = recall(platform, lacking, look).await? {
        return Ok(keys);
    }
    let fetched = fetch(platform, outbound, address).await;
    let learned = fetched.as_ref().ok().map(|(keys, life)| (keys, *life));
    platform.memory(|memory: &mut KeySetMemory| memory.learn(address, learned, now));
    fetched.map(|(keys, _)| keys)
}

async fn fetch<P: Platform>(
    platform: &P,
    outbound: &Outbound,
    address: &str,
) -> Result<(KeySet, Seconds), NoClientKey> {
    let document: outbound::FetchedDocument = platform.fetch_document(&outbound.admit(address)?).await?;
    Ok((KeySet::published(&document.object()?)?, document.life()))
}
