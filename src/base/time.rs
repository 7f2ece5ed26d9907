//! Times as every specification of this field counts them: whole seconds.

use serde::{Deserialize, Serialize};

/// A point in time in seconds since 1970-01-01T00:00:00Z, leap seconds ignored: RFC 7519's `NumericDate`.
///
/// The core never reads a clock: a value of this type is a parameter, taken once per request at the edge or once per
/// command inside an object.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct UnixTime(i64);

impl UnixTime {
    /// From seconds since the epoch.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0
    }

    /// This time, later by `by`; saturates.
    #[must_use]
    pub const fn plus(self, by: Seconds) -> Self {
        Self(self.0.saturating_add(by.0 as i64))
    }

    /// Seconds from `earlier` until this time; negative if `earlier` is later; saturates.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Seconds(u32);

impl Seconds {
    /// One day.
    pub const DAY: Self = Self(86_400);

    /// A length of `seconds`.
    #[must_use]
    pub const fn new(seconds: u32) -> Self {
        Self(seconds)
    }

    /// The number of seconds.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Both lengths together; saturates.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Half of this length, rounded down.
    #[must_use]
    pub const fn half(self) -> Self {
        Self(self.0 >> 1)
    }
}
