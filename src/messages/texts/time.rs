//! Dates and lengths of time.

texts! {
    /// Days and times. The months stand as they do within a date.
    Dates {
        january = "January";
        february = "February";
        march = "March";
        april = "April";
        may = "May";
        june = "June";
        july = "July";
        august = "August";
        september = "September";
        october = "October";
        november = "November";
        december = "December";
        date(day, month, year) = "{day} {month} {year}";
        /// The time is 00:00 to 23:59.
        date_and_time(date, time) = "{date}, {time} UTC";
    }
}

texts! {
    /// Lengths of time.
    Durations {
        seconds(count) = one "{count} second", other "{count} seconds";
        minutes(count) = one "{count} minute", other "{count} minutes";
        hours(count) = one "{count} hour", other "{count} hours";
        days(count) = one "{count} day", other "{count} days";
    }
}
