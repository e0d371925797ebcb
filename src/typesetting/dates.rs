//! Dates and times in Indonesian words, in the office's time zone (WIB).

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};

use crate::sop::working_time::WIB;

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];
const WEEKDAYS: [&str; 7] = [
    "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu",
];

/// `6 Juli 2026`.
pub fn day_in_words(day: NaiveDate) -> String {
    format!(
        "{} {} {}",
        day.day(),
        MONTHS[day.month0() as usize],
        day.year()
    )
}

/// `Juli 2026`.
pub fn month_in_words(day: NaiveDate) -> String {
    format!("{} {}", MONTHS[day.month0() as usize], day.year())
}

/// `Senin, 6 Juli 2026`.
pub fn weekday_in_words(day: NaiveDate) -> String {
    format!(
        "{}, {}",
        WEEKDAYS[day.weekday().num_days_from_monday() as usize],
        day_in_words(day)
    )
}

/// `6 Juli 2026 pukul 16.00 WIB`.
pub fn moment_in_words(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&WIB);
    format!(
        "{} pukul {:02}.{:02} WIB",
        day_in_words(local.date_naive()),
        local.hour(),
        local.minute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_in_a_letter() {
        let day = NaiveDate::from_ymd_opt(2026, 7, 6).unwrap();
        assert_eq!(day_in_words(day), "6 Juli 2026");
        assert_eq!(weekday_in_words(day), "Senin, 6 Juli 2026");
    }

    #[test]
    fn a_moment_is_that_of_the_office() {
        assert_eq!(
            moment_in_words("2026-12-31T17:05:00Z".parse().unwrap()),
            "1 Januari 2027 pukul 00.05 WIB"
        );
    }
}
