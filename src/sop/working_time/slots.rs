//! Slots: times of day, kept on working days only, at which what has gathered since the one before is done together.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::{Calendar, REACH, WIB, local_day};

impl Calendar {
    /// The first of `times` (WIB, in order) strictly after `now` on a day with working time, whether or not the office is open at that minute.
    ///
    /// A calendar without such a day in the next five years, or no times at all, gives the next midnight: what has gathered must be done some day, and
    /// the moment must say no more of `now` than its day.
    #[must_use]
    pub fn next_slot(&self, times: &[NaiveTime], now: DateTime<Utc>) -> DateTime<Utc> {
        let today = local_day(now);
        let last = today.checked_add_months(REACH).unwrap_or(NaiveDate::MAX);
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
