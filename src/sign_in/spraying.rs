//! Guessing one password for many accounts: no account's own counter sees it, so failures are counted by where they come from.
//!
//! The counts are in the memory of one isolate, so nothing that strangers send is written. Other isolates count for themselves,
//! and what is full forgets the oldest: this slows guessing down, and a rule of the platform in front bounds it (`docs/operate.md`).

use crate::base::cache::Cache;
use crate::base::{DeviceId, UnixTime};
use crate::lifetimes;

/// The most failed sign-ins of one place within [`lifetimes::SPRAY_WINDOW`]: enough for the people of a large office who
/// mistype.
pub const SPRAY_FAILURES: u32 = 50;

/// The most places that an isolate remembers.
const MOST_PLACES: usize = 2_000;

/// Where a sign-in comes from: a browser in which a user signed in before, else a part of the network. So an attacker does not use up
/// the tries of users who share the network and have signed in before.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum TriedFrom {
    Device(DeviceId),
    Network(String),
}

/// The failed sign-ins of each place.
#[derive(Debug, Default)]
pub struct Spraying(Cache<TriedFrom, Tries, MOST_PLACES>);

#[derive(Clone, Copy, Debug)]
struct Tries {
    began: UnixTime,
    failed: u32,
}

impl TriedFrom {
    /// `None` where nothing is known: then nobody is in front of the server, as on a developer's machine.
    #[must_use]
    pub fn of(device: Option<DeviceId>, network: &str) -> Option<Self> {
        let network = (!network.is_empty()).then(|| Self::Network(network.to_owned()));
        device.map(Self::Device).or(network)
    }
}

impl Spraying {
    /// Counts a try as failed until [`Self::succeeded`] takes it back, so that tries side by side count too. `false` if there were
    /// too many: then no password is compared.
    pub fn may_try(&mut self, from: &TriedFrom, now: UnixTime) -> bool {
        let window = 0..i64::from(lifetimes::SPRAY_WINDOW.get());
        match self.0.get_mut(from) {
            Some(tries) if window.contains(&now.since(tries.began)) => {
                let may = tries.failed < SPRAY_FAILURES;
                tries.failed = tries.failed.saturating_add(u32::from(may));
                may
            }
            _ => {
                self.0.put(from.clone(), Tries { began: now, failed: 1 });
                true
            }
        }
    }

    /// The password was right.
    pub fn succeeded(&mut self, from: &TriedFrom) {
        if let Some(tries) = self.0.get_mut(from) {
            tries.failed = tries.failed.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixTime = UnixTime::from_secs(1_800_000_000);

    fn network(name: &str) -> TriedFrom {
        TriedFrom::of(None, name).unwrap()
    }

    #[test]
    fn each_place_has_its_tries_and_gets_them_again() {
        let mut spraying = Spraying::default();
        for _ in 0..SPRAY_FAILURES {
            assert!(spraying.may_try(&network("192.0.2.0/24"), START));
        }
        assert!(!spraying.may_try(&network("192.0.2.0/24"), START));
        assert!(spraying.may_try(&network("198.51.100.0/24"), START), "another network");
        let device = TriedFrom::of(Some(DeviceId::from_bytes([1; 32])), "192.0.2.0/24").unwrap();
        assert!(spraying.may_try(&device, START), "a browser that is known");
        spraying.succeeded(&network("192.0.2.0/24"));
        assert!(spraying.may_try(&network("192.0.2.0/24"), START), "what was right is no failure");
        assert!(!spraying.may_try(&network("192.0.2.0/24"), START));
        assert!(spraying.may_try(&network("192.0.2.0/24"), START.plus(lifetimes::SPRAY_WINDOW)));
    }

    #[test]
    fn a_place_that_is_not_known_is_not_counted() {
        assert_eq!(TriedFrom::of(None, ""), None);
    }
}
