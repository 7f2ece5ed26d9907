//! Documents of other servers, as the isolate remembers them, by their address.
//!
//! Any request can name an address. So only one request of the isolate at a time fetches a document, while the others wait for
//! its result, and the same document is not fetched again for a while.

use crate::base::address::receiver;
use crate::base::{Cache, Seconds, UnixTime};
use crate::lifetimes;
use crate::platform::Platform;

/// The most documents that a memory holds; with their longest size that is four megabytes.
const MOST: usize = 64;

/// How many documents strangers make the isolate fetch within [`lifetimes::AFTER_FAILED_FETCH`]: of one origin, and in all.
const MOST_OF_AN_ORIGIN: usize = 10;
const MOST_IN_ALL: usize = 40;

/// Why a document is needed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Occasion {
    /// For a client that somebody vouches for, or for something that this server issued.
    Ours,
    /// For any request: an attacker may name one address after the other.
    Strangers,
}

/// Why a document is not fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the server was asked a moment ago, without success or often enough")]
pub struct LeftAlone;

/// What a request has to do to get a document.
#[derive(Debug, Eq, PartialEq)]
pub enum Plan<T> {
    /// Fetch it, and pass the result to [`DocumentMemory::learn`].
    Fetch,
    /// Do without it.
    Leave,
    /// Use the one that is known.
    Use(T),
    /// Look again in a moment: another request is fetching it.
    Wait,
}

/// The documents that an isolate remembers. They are values, so requests may share them.
#[derive(Debug)]
pub struct DocumentMemory<T> {
    /// Addresses that have answered with a document.
    good: Cache<String, Entry<T>, MOST>,
    /// All others. They are kept apart, so that invented addresses cannot push out documents.
    tried: Cache<String, Entry<T>, MOST>,
}

#[derive(Debug)]
struct Entry<T> {
    /// The latest document, and when it expires.
    known: Option<(T, UnixTime)>,
    /// When it was fetched last.
    asked_at: UnixTime,
    /// When it was fetched last although it had not expired, for something that it did not say.
    sought_at: Option<UnixTime>,
    /// Whether a request is fetching it.
    is_awaited: bool,
}

impl<T> Default for DocumentMemory<T> {
    fn default() -> Self {
        Self { good: Cache::new(), tried: Cache::new() }
    }
}

/// The document that `look`, which is [`DocumentMemory::plan`], finds; `None` if the caller has to fetch it. With `lacking`, a newer one
/// than the remembered one is needed.
///
/// # Errors
/// [`LeftAlone`].
pub async fn recall<P: Platform, T>(
    platform: &P,
    lacking: bool,
    look: impl Fn(bool) -> Plan<T>,
) -> Result<Option<T>, LeftAlone> {
    let mut waited = 0;
    loop {
        match look(lacking && waited == 0) {
            Plan::Fetch => return Ok(None),
            Plan::Leave => return Err(LeftAlone),
            Plan::Use(known) => return Ok(Some(known)),
            Plan::Wait if waited > lifetimes::OUTBOUND.get().saturating_mul(1_000) => return Err(LeftAlone),
            Plan::Wait => {
                waited = waited.saturating_add(lifetimes::LOOK_MILLISECONDS);
                platform.wait_until(waited).await;
            }
        }
    }
}

impl<T: Clone> DocumentMemory<T> {
    /// What to do for the document at `address`. After [`Plan::Fetch`] the caller must fetch it and call [`DocumentMemory::learn`].
    pub fn plan(&mut self, address: &str, lacking: bool, occasion: Occasion, now: UnixTime) -> Plan<T> {
        let is_spent = occasion == Occasion::Strangers && self.is_spent(address, now);
        let Some(entry) = self.entry(address) else {
            if is_spent {
                return Plan::Leave;
            }
            let entry = Entry { known: None, asked_at: now, sought_at: None, is_awaited: true };
            self.tried.put(address.to_owned(), entry);
            return Plan::Fetch;
        };
        let good = entry.known.as_ref().filter(|(_, good_until)| now < *good_until).map(|(known, _)| known);
        match good {
            Some(known) if !lacking => return Plan::Use(known.clone()),
            // If the fetching request was aborted, fetch again.
            _ if entry.is_awaited && is_within(lifetimes::OUTBOUND, entry.asked_at, now) => return Plan::Wait,
            Some(known)
                if is_spent || entry.sought_at.is_some_and(|at| is_within(lifetimes::BETWEEN_FETCHES, at, now)) =>
            {
                return Plan::Use(known.clone());
            }
            Some(_) => entry.sought_at = Some(now),
            None if entry.known.is_none() && is_within(lifetimes::AFTER_FAILED_FETCH, entry.asked_at, now) => {
                return Plan::Leave;
            }
            None if is_spent => return Plan::Leave,
            None => {}
        }
        entry.asked_at = now;
        entry.is_awaited = true;
        self.good.renew(address);
        self.tried.renew(address);
        Plan::Fetch
    }

    /// Notes the result: the document and its life. After a failure, a document that has not expired stays.
    pub fn learn(&mut self, address: &str, fetched: Option<(&T, Seconds)>, now: UnixTime) {
        let Some(entry) = self.entry(address) else {
            return;
        };
        let known = match fetched {
            Some((document, life)) => Some((document.clone(), now.plus(life))),
            None => entry.known.take().filter(|(_, good_until)| now < *good_until),
        };
        let (asked_at, sought_at) = (entry.asked_at, entry.sought_at);
        let (kept, left) =
            if known.is_some() { (&mut self.good, &mut self.tried) } else { (&mut self.tried, &mut self.good) };
        left.remove(address);
        kept.put(address.to_owned(), Entry { known, asked_at, sought_at, is_awaited: false });
    }

    fn entry(&mut self, address: &str) -> Option<&mut Entry<T>> {
        self.good.get_mut(address).or_else(|| self.tried.get_mut(address))
    }

    /// Whether the budget of [`Occasion::Strangers`] is spent. No document is fetched twice in that time.
    fn is_spent(&self, address: &str, now: UnixTime) -> bool {
        let all = self.good.iter().chain(self.tried.iter());
        let recent = all.filter(|(_, entry)| is_within(lifetimes::AFTER_FAILED_FETCH, entry.asked_at, now));
        let origins: Vec<&str> = recent.map(|(address, _)| receiver(address)).collect();
        let of_this_one = origins.iter().filter(|recent| **recent == receiver(address)).count();
        origins.len() >= MOST_IN_ALL || of_this_one >= MOST_OF_AN_ORIGIN
    }
}

fn is_within(span: Seconds, at: UnixTime, now: UnixTime) -> bool {
    (0..=i64::from(span.get())).contains(&now.since(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://app.example.com/jwks";
    const GOOD: Option<(&u8, Seconds)> = Some((&7, Seconds::new(600)));

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_secs(seconds)
    }

    fn plan(memory: &mut DocumentMemory<u8>, lacking: bool, now: i64) -> Plan<u8> {
        memory.plan(ADDRESS, lacking, Occasion::Ours, at(now))
    }

    #[test]
    fn one_request_asks_while_the_others_wait() {
        let mut memory = DocumentMemory::default();
        assert_eq!(plan(&mut memory, false, 100), Plan::Fetch);
        for _ in 0..10 {
            assert_eq!(plan(&mut memory, false, 101), Plan::Wait);
            assert_eq!(plan(&mut memory, true, 101), Plan::Wait);
        }
        assert_eq!(memory.plan("https://other.example.com/", false, Occasion::Ours, at(101)), Plan::Fetch);
        memory.learn(ADDRESS, GOOD, at(101));
        assert_eq!(plan(&mut memory, false, 101), Plan::Use(7));
        assert_eq!(plan(&mut memory, true, 101), Plan::Fetch, "a key is not there");
        assert_eq!(plan(&mut memory, true, 102), Plan::Wait);
        assert_eq!(plan(&mut memory, false, 102), Plan::Use(7), "whose key is there waits for nothing");
    }

    #[test]
    fn who_died_while_asking_holds_up_nobody_for_long() {
        let mut memory = DocumentMemory::default();
        assert_eq!(plan(&mut memory, false, 100), Plan::Fetch);
        assert_eq!(plan(&mut memory, false, 103), Plan::Wait);
        assert_eq!(plan(&mut memory, false, 104), Plan::Leave, "as after any failure");
        assert_eq!(plan(&mut memory, false, 111), Plan::Fetch);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut memory = DocumentMemory::<u8>::default();
        for number in 0..1_000 {
            assert_eq!(memory.plan(&number.to_string(), false, Occasion::Ours, at(number)), Plan::Fetch);
        }
        assert_eq!((memory.good.iter().count(), memory.tried.iter().count()), (0, MOST));
        assert!(memory.tried.contains("999"), "the oldest made room");
        for number in 0..1_000 {
            memory.plan(&number.to_string(), false, Occasion::Ours, at(number));
            memory.learn(&number.to_string(), GOOD, at(number));
        }
        assert_eq!((memory.good.iter().count(), memory.tried.iter().count() <= MOST), (MOST, true));
    }

    #[test]
    fn attack_made_up_addresses_push_out_a_document_that_is_good() {
        let mut memory = DocumentMemory::default();
        assert_eq!(plan(&mut memory, false, 100), Plan::Fetch);
        memory.learn(ADDRESS, GOOD, at(100));
        let fetched = (0..2_000).filter(|number| {
            let address = format!("https://{number}.example/");
            let fetches = memory.plan(&address, false, Occasion::Strangers, at(101 + number / 4)) == Plan::Fetch;
            memory.learn(&address, None, at(101 + number / 4));
            fetches
        });
        assert!(fetched.count() > 1_500, "four a second are within the budget");
        assert_eq!(plan(&mut memory, false, 602), Plan::Use(7));
        memory.learn(ADDRESS, None, at(602));
        assert_eq!(plan(&mut memory, false, 603), Plan::Use(7), "a failure takes nothing away");
        assert_eq!(plan(&mut memory, false, 700), Plan::Fetch, "it has expired");
        memory.learn(ADDRESS, None, at(700));
        assert!(!memory.good.contains(ADDRESS) && memory.tried.contains(ADDRESS));
    }

    #[test]
    fn strangers_have_a_budget_for_each_origin_and_in_all() {
        let mut memory = DocumentMemory::<u8>::default();
        let fetches = |memory: &mut DocumentMemory<u8>, origin: &str, occasion: Occasion, now: i64| {
            let one = |number: &i32| {
                memory.plan(&format!("{origin}/{now}/{number}"), false, occasion, at(now)) == Plan::Fetch
            };
            (0..50).filter(one).count()
        };
        assert_eq!(fetches(&mut memory, "https://a.example", Occasion::Strangers, 100), MOST_OF_AN_ORIGIN);
        assert_eq!(fetches(&mut memory, "https://a.example.com", Occasion::Strangers, 100), MOST_OF_AN_ORIGIN);
        for host in 0..10 {
            fetches(&mut memory, &format!("https://{host}.example"), Occasion::Strangers, 100);
        }
        assert_eq!(memory.tried.iter().count(), MOST_IN_ALL);
        assert_eq!(fetches(&mut memory, "https://z.example", Occasion::Strangers, 110), 0);
        assert_eq!(
            memory.plan("https://a.example/x", false, Occasion::Ours, at(110)),
            Plan::Fetch,
            "what we issued counts"
        );
        memory.learn("https://a.example/x", GOOD, at(110));
        assert_eq!(
            memory.plan("https://a.example/x", false, Occasion::Strangers, at(111)),
            Plan::Use(7),
            "it is known"
        );
        assert_eq!(
            fetches(&mut memory, "https://z.example", Occasion::Strangers, 111),
            MOST_OF_AN_ORIGIN,
            "a while later"
        );
    }
}
