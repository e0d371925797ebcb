//! Slots: fixed times of working days at which collected work is released together.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::{Calendar, MAX_LOOKAHEAD, WIB, local_day};

impl Calendar {
    /// The first of `times` (WIB, in order) strictly after `now` on a day with working time, also
    /// if the office is closed at that minute.
    ///
    /// Without such a day in the next five years, or without `times`, the result is the next
    /// midnight: the collected work must be released some day, and the result must reveal no more
    /// of `now` than its day.
    pub fn next_slot(&self, times: &[NaiveTime], now: DateTime<Utc>) -> DateTime<Utc> {
        let today = local_day(now);
        let last = today
            .checked_add_months(MAX_LOOKAHEAD)
            .unwrap_or(NaiveDate::MAX);
        let working_days = today
            .iter_days()
            .take_while(|date| *date <= last)
            .filter(|date| !self.spans_on(*date).is_empty());
        let mut slots =
            working_days.flat_map(|date| times.iter().map(move |time| instant(date, *time)));
        slots
            .find(|slot| *slot > now)
            .unwrap_or_else(|| instant(today.succ_opt().unwrap_or(today), NaiveTime::MIN))
    }
}

fn instant(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    (date.and_time(time) - WIB).and_utc()
}
