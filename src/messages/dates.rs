//! Days and times as a language writes them, in UTC.

use super::texts::Dates;
use crate::base::UnixTime;

impl Dates {
    /// A day: `30 November 2026` in English.
    #[must_use]
    pub fn day(&self, time: UnixTime) -> String {
        let civil = time.to_civil();
        let month = match civil.month {
            1 => self.january,
            2 => self.february,
            3 => self.march,
            4 => self.april,
            5 => self.may,
            6 => self.june,
            7 => self.july,
            8 => self.august,
            9 => self.september,
            10 => self.october,
            11 => self.november,
            _ => self.december,
        };
        self.date(&civil.day.to_string(), month, &civil.year.to_string()).to_string()
    }

    /// A day and a minute of it: `30 November 2026, 17:09 UTC` in English.
    #[must_use]
    pub fn minute(&self, time: UnixTime) -> String {
        let civil = time.to_civil();
        let clock = format!("{:02}:{:02}", civil.hour, civil.minute);
        self.date_and_time(&self.day(time), &clock).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_days_and_minutes() {
        for (seconds, day, minute) in [
            (1_800_000_059, "15 January 2027", "15 January 2027, 08:00 UTC"),
            (1_796_058_599, "30 November 2026", "30 November 2026, 17:09 UTC"),
            (951_782_400, "29 February 2000", "29 February 2000, 00:00 UTC"),
            (-1, "31 December 1969", "31 December 1969, 23:59 UTC"),
        ] {
            let time = UnixTime::from_secs(seconds);
            let (shown_day, shown_minute) = (Dates::ENGLISH.day(time), Dates::ENGLISH.minute(time));
            assert_eq!((shown_day.as_str(), shown_minute.as_str()), (day, minute));
        }
    }
}
