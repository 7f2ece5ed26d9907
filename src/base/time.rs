//! Times in whole seconds, as the specifications count them.

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

    /// This time in RFC 3339, in UTC: `2027-01-15T08:00:00Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let Civil { year, month, day, hour, minute, second } = self.to_civil();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// This time by the Gregorian calendar, in UTC.
    #[must_use]
    pub const fn to_civil(self) -> Civil {
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        Civil { year, month, day, hour: seconds / 3_600, minute: seconds / 60 % 60, second: seconds % 60 }
    }

    /// This time, later by `by`; saturates.
    #[must_use]
    pub const fn plus(self, by: Seconds) -> Self {
        Self(self.0.saturating_add(by.0 as i64))
    }

    /// This time, earlier by `by`; saturates.
    #[must_use]
    pub const fn minus(self, by: Seconds) -> Self {
        Self(self.0.saturating_sub(by.0 as i64))
    }

    /// The day in UTC, counted from 1970-01-01.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(86_400)
    }

    /// The first moment of the next day in UTC.
    #[must_use]
    pub const fn next_day(self) -> Self {
        Self(self.day().saturating_add(1).saturating_mul(86_400))
    }

    /// Seconds from `earlier` until this time; negative if `earlier` is later; saturates.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A point in time by the Gregorian calendar, in UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Civil {
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
}

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Seconds(u32);

impl Seconds {
    pub const DAY: Self = Self(86_400);

    /// A length of `minutes`; saturates.
    #[must_use]
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// A length of `hours`; saturates.
    #[must_use]
    pub const fn hours(hours: u32) -> Self {
        Self::minutes(hours.saturating_mul(60))
    }

    /// A length of `days`; saturates.
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self::hours(days.saturating_mul(24))
    }

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

/// Year, month and day of a number of days since 1970-01-01, after Howard Hinnant's `civil_from_days`: years begin in
/// March there, so that the leap day is the last one.
#[expect(clippy::arithmetic_side_effects, reason = "days of 64-bit seconds are far within the range of i64")]
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RFC 3339 section 5.6 - times as text
    #[test]
    fn rfc_3339() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_800_000_000, "2027-01-15T08:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(UnixTime::from_secs(seconds).to_rfc3339(), text);
        }
    }
}
