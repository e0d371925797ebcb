//! Working time: the amount between two instants, and the instant at which a budget is used up.
//! Pure arithmetic over one [`Calendar`] in local time (WIB); it knows no steps, no clock and no
//! database.
//! Intervals are half-open, `[from, to)`: time outside the openings does not count.

mod calendar;
mod check;
mod fault;
mod local_time;
mod slots;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

pub use calendar::{Calendar, CalendarDraft, DayOff, DayOffKind, Span, SpecialPeriod, Week};
pub use fault::{BrokenRule, CalendarFault, CalendarFaults};
pub use local_time::{LocalTime, NotALocalTime};

/// Asia/Jakarta (WIB), UTC+7. Constant because the zone has no daylight saving and all three
/// provinces served lie in it.
pub const WIB: FixedOffset =
    FixedOffset::east_opt(7 * 60 * 60).expect("seven hours are less than a day");

/// The beginning of `day` in [`WIB`]; none at the end of the calendar.
pub fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.and_time(NaiveTime::MIN)
        .checked_sub_offset(WIB)
        .map(|midnight| midnight.and_utc())
}

/// The half-open range of moments from the day `from` to the end of the day `to`, in [`WIB`].
pub fn midnights(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let next = to.and_then(|to| to.succ_opt());
    (from.and_then(midnight), next.and_then(midnight))
}

/// The first local day that can hold working time. Before it every calendar is closed.
pub const FIRST_DAY: NaiveDate =
    NaiveDate::from_ymd_opt(2000, 1, 1).expect("1 January is in every year");

/// The last local day that can hold working time. After it every calendar is closed.
///
/// With [`FIRST_DAY`] it bounds the work of [`Calendar::elapsed`] for any range. It is a property
/// of the calendar and not a cut of the range, so that `elapsed(a, b) + elapsed(b, c) = elapsed(a,
/// c)` holds for any dates.
pub const LAST_DAY: NaiveDate =
    NaiveDate::from_ymd_opt(2099, 12, 31).expect("31 December is in every year");

/// The range of [`Calendar::add`]: five years. A due time beyond it would mean a calendar with
/// hardly any working time.
const MAX_LOOKAHEAD: Months = Months::new(5 * 12);

impl Calendar {
    /// The earliest instant at which `work`, begun at `from`, is used up.
    ///
    /// Earliest means that 15 minutes begun at 15:45 are used up at 16:00 the same day, not at the
    /// next opening.
    /// Zero or negative work is used up at once: `add(a, 0) = a`, open or not.
    /// `None` when there is no such instant within five years of `from`, or none in
    /// [`FIRST_DAY`]..=[`LAST_DAY`].
    pub fn add(&self, from: DateTime<Utc>, work: TimeDelta) -> Option<DateTime<Utc>> {
        if work <= TimeDelta::zero() {
            return Some(from);
        }
        let limit = from.checked_add_months(MAX_LOOKAHEAD)?;
        let mut left = work;
        for (opens, closes) in self.openings(from, limit) {
            let start = opens.max(from);
            let room = closes - start;
            if room <= TimeDelta::zero() {
                continue; // closed before the work began
            }
            if left <= room {
                return Some(start + left).filter(|due| *due <= limit);
            }
            left -= room;
        }
        None
    }

    /// The working time in `[from, to)`, exact to the fraction of a second; zero when `to <= from`.
    ///
    /// Costs one look-up a local day, and never more than the days of [`FIRST_DAY`]..=[`LAST_DAY`].
    pub fn elapsed(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        self.openings(from, to)
            .map(|(opens, closes)| (closes.min(to) - opens.max(from)).max(TimeDelta::zero()))
            .sum()
    }

    /// The due time of a clock that has `used` part of its `budget` and has been running since
    /// `running_since`.
    ///
    /// Pass the time that [`Calendar::elapsed`] measured for earlier segments, so that a paused
    /// clock resumes with the rest.
    /// A budget already used up is due at `running_since`. `None` as in [`Calendar::add`].
    pub fn due_at(
        &self,
        budget: TimeDelta,
        used: TimeDelta,
        running_since: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        if used >= budget {
            return Some(running_since);
        }
        // A remainder too long for the type is longer than five years.
        self.add(running_since, budget.checked_sub(&used)?)
    }

    /// True if the holidays of the date's year are not decreed yet, so that a due time in it may
    /// still change.
    ///
    /// Days off entered for such a year do count. Pass the date in [`WIB`], not in UTC.
    pub fn is_provisional(&self, date: NaiveDate) -> bool {
        !self.as_draft().decreed_years.contains(&date.year())
    }

    /// True if the office works on that local day.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.spans_on(day).is_empty()
    }

    /// The working days after `from`, to `to` itself, in order.
    pub fn working_days(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        from.iter_days()
            .skip(1)
            .take_while(move |day| *day <= to)
            .filter(|day| self.is_working_day(*day))
    }

    /// True if a working day lies after `from` and before `to`.
    pub fn has_working_day_between(&self, from: NaiveDate, to: NaiveDate) -> bool {
        self.working_days(from, to)
            .next()
            .is_some_and(|day| day < to)
    }

    /// The openings of every local day that `[from, to)` touches, in order, as instants; whole, not
    /// cut to the range.
    fn openings(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let last = local_day(to);
        local_day(from)
            .iter_days()
            .take_while(move |date| *date <= last)
            .flat_map(move |date| {
                let midnight = (date.and_time(NaiveTime::MIN) - WIB).and_utc();
                self.spans_on(date).iter().map(move |span| {
                    (
                        midnight + span.opens.since_midnight(),
                        midnight + span.closes.since_midnight(),
                    )
                })
            })
    }
}

/// The local day of an instant, or the nearest one that can hold working time.
fn local_day(instant: DateTime<Utc>) -> NaiveDate {
    // Seven hours before the end of the representable time the local time no longer exists; the
    // last day is nearest.
    let local = instant.naive_utc().checked_add_offset(WIB);
    local
        .map_or(LAST_DAY, |local| local.date())
        .clamp(FIRST_DAY, LAST_DAY)
}
