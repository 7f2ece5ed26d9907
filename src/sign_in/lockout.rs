//! When guessing ends.
//!
//! Failures are counted for each pair of account and place: a known device, or for everybody else the prefix of the
//! network address. Strangers are counted together as well. A place that is locked is not asked for its password: even
//! the right one is refused there, and nothing more is counted, so that guessing neither goes on nor costs a write.
//!
//! What strangers do never touches the counter of a device, so nobody can lock users out of their own browsers.

use serde::{Deserialize, Serialize};

use super::device::DeviceKey;
use super::tag::tag;
use crate::base::{DeviceId, Seconds, UnixTime};
use crate::lifetimes;

/// Failures of one place within [`lifetimes::PLACE_WINDOW`] that lock it.
pub const PLACE_FAILURES: u32 = 5;

/// Failures of all strangers together within [`lifetimes::STRANGERS_WINDOW`] that lock all strangers.
pub const STRANGERS_FAILURES: u32 = 50;

/// The most places of each kind that are remembered for one account.
pub const MOST_PLACES: usize = 8;

/// Where a sign-in comes from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Place {
    /// A browser in which this user signed in before.
    Device([u8; 8]),
    /// Anywhere else: a part of the network.
    Network([u8; 8]),
}

impl Place {
    /// The place of a sign-in: the device, if the account with this key knows it, else the prefix of the network
    /// address. The state holds digests, so that it does not tell where users have been.
    #[must_use]
    pub fn of(key: &DeviceKey, device: Option<DeviceId>, address_prefix: &str) -> Self {
        match device.filter(|device| key.knows(*device)) {
            Some(device) => Self::Device(tag(key.expose(), &[b"failures of a device", device.as_bytes()])),
            None => Self::Network(tag(key.expose(), &[b"failures of a network", address_prefix.as_bytes()])),
        }
    }

    const fn is_device(self) -> bool {
        matches!(self, Self::Device(_))
    }
}

/// Failures of one place, or of all strangers.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Counter {
    /// Failures since `since`.
    failures: u32,
    since: UnixTime,
    /// The end of the last lock, or the beginning of time.
    locked_until: UnixTime,
    /// How many locks there have been.
    locks: u32,
}

/// What makes a lock, and how long it lasts.
struct Rule {
    failures: u32,
    window: Seconds,
    first_lock: Seconds,
    longest_lock: Seconds,
}

const PLACE: Rule = Rule {
    failures: PLACE_FAILURES,
    window: lifetimes::PLACE_WINDOW,
    first_lock: lifetimes::FIRST_LOCK,
    longest_lock: lifetimes::LONGEST_LOCK,
};

const STRANGERS: Rule = Rule {
    failures: STRANGERS_FAILURES,
    window: lifetimes::STRANGERS_WINDOW,
    first_lock: lifetimes::STRANGERS_WINDOW,
    longest_lock: lifetimes::STRANGERS_WINDOW,
};

impl Counter {
    const NONE: Self =
        Self { failures: 0, since: UnixTime::from_secs(0), locked_until: UnixTime::from_secs(0), locks: 0 };

    fn locked_until(&self, now: UnixTime) -> Option<UnixTime> {
        (now < self.locked_until).then_some(self.locked_until)
    }

    fn failed(self, rule: &Rule, now: UnixTime) -> Self {
        let failures = if self.failures == 0 || has_passed(self.since, rule.window, now) { 0 } else { self.failures };
        let since = if failures == 0 { now } else { self.since };
        let failures = failures.saturating_add(1);
        if failures < rule.failures {
            return Self { failures, since, ..self };
        }
        let locks = if has_passed(self.locked_until, lifetimes::LOCKOUT_MEMORY, now) { 0 } else { self.locks };
        let length = 1_u32.checked_shl(locks).and_then(|times| rule.first_lock.get().checked_mul(times));
        let length = length.map_or(rule.longest_lock, |length| Seconds::new(length).min(rule.longest_lock));
        // Not more locks are told apart than double up to the longest one.
        Self { failures: 0, since: now, locked_until: now.plus(length), locks: locks.saturating_add(1).min(31) }
    }

    fn is_forgotten(&self, now: UnixTime) -> bool {
        has_passed(self.since.max(self.locked_until), lifetimes::LOCKOUT_MEMORY, now)
    }
}

fn has_passed(since: UnixTime, length: Seconds, now: UnixTime) -> bool {
    now.since(since) >= i64::from(length.get())
}

/// The failures of one account. Bounded, whatever happens.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lockout {
    strangers: Counter,
    places: Vec<(Place, Counter)>,
}

impl Default for Lockout {
    fn default() -> Self {
        Self { strangers: Counter::NONE, places: Vec::new() }
    }
}

impl Lockout {
    /// Until when no password is compared for `place`, not even the right one; `None` when it may try.
    #[must_use]
    pub fn locked_until(&self, place: Place, now: UnixTime) -> Option<UnixTime> {
        let own = self.counter(place).and_then(|counter| counter.locked_until(now));
        let strangers = if place.is_device() { None } else { self.strangers.locked_until(now) };
        own.max(strangers)
    }

    /// After one more failure at `place`, which is not locked.
    #[must_use]
    pub fn failed(mut self, place: Place, now: UnixTime) -> Self {
        let counter = self.counter(place).unwrap_or(Counter::NONE).failed(&PLACE, now);
        self.places.retain(|(known, counter)| *known != place && !counter.is_forgotten(now));
        self.make_room(place.is_device());
        self.places.push((place, counter));
        if !place.is_device() {
            self.strangers = self.strangers.failed(&STRANGERS, now);
        }
        self
    }

    /// After a success at `place`; `None` when there is nothing to reset. What strangers did together stays counted: that
    /// the user signed in says nothing about them.
    #[must_use]
    pub fn succeeded(&self, place: Place) -> Option<Self> {
        self.counter(place)?;
        let places = self.places.iter().copied().filter(|(known, _)| *known != place).collect();
        Some(Self { strangers: self.strangers, places })
    }

    fn counter(&self, place: Place) -> Option<Counter> {
        self.places.iter().find(|(known, _)| *known == place).map(|(_, counter)| *counter)
    }

    /// Forgets the place that matters least of one kind if all seats are taken: one whose lock ends first, and among
    /// those that never were locked the one that failed first. Guessing from more places than these is what strangers
    /// are counted together for.
    fn make_room(&mut self, devices: bool) {
        let of_kind = |(place, _): &&(Place, Counter)| place.is_device() == devices;
        if self.places.iter().filter(of_kind).count() < MOST_PLACES {
            return;
        }
        let least = self.places.iter().filter(of_kind).min_by_key(|(_, counter)| (counter.locked_until, counter.since));
        if let Some((least, _)) = least.copied() {
            self.places.retain(|(place, _)| *place != least);
        }
    }
}

#[cfg(test)]
mod tests;
