//! The office calendar: the shape of a week, periods with another shape, and days off.
//! A draft is the input; a calendar is a checked draft (see `check.rs`) that can be used for
//! arithmetic.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CalendarFaults, LocalTime};

/// One opening of a day, `[opens, closes)` in local time (WIB). A night shift is two spans, cut at
/// midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// When work begins.
    pub opens: LocalTime,
    /// When work ends; later than `opens`, at most `24:00`.
    #[schema(example = "16:00")]
    pub closes: LocalTime,
}

/// The openings of each weekday, in order of time; breaks are the gaps, an empty list is a closed
/// day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// Senin.
    pub monday: Vec<Span>,
    /// Selasa.
    pub tuesday: Vec<Span>,
    /// Rabu.
    pub wednesday: Vec<Span>,
    /// Kamis.
    pub thursday: Vec<Span>,
    /// Jumat.
    pub friday: Vec<Span>,
    /// Sabtu.
    pub saturday: Vec<Span>,
    /// Minggu.
    pub sunday: Vec<Span>,
}

/// A run of days with a week shape of its own, such as Ramadan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecialPeriod {
    /// The office's name for the period.
    #[schema(min_length = 1)]
    pub name: String,
    /// The first local day of it.
    pub first_day: NaiveDate,
    /// The last local day of it, itself included.
    pub last_day: NaiveDate,
    /// The openings that hold instead of the usual ones.
    pub week: Week,
}

/// The kind of a day off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayOffKind {
    /// Hari libur nasional.
    Holiday,
    /// Cuti bersama.
    CollectiveLeave,
}

/// A local day without working time, overriding the week.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayOff {
    /// The local day.
    pub date: NaiveDate,
    /// The name in the decree.
    #[schema(min_length = 1)]
    pub name: String,
    /// Holiday or collective leave.
    pub kind: DayOffKind,
}

/// An unchecked calendar.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarDraft {
    /// The usual openings.
    pub week: Week,
    /// Periods with other openings; they may not overlap.
    pub special_periods: Vec<SpecialPeriod>,
    /// Days off; each date once.
    pub days_off: Vec<DayOff>,
    /// Years with an entered decree (SKB 3 Menteri); due times in any other year are provisional.
    pub decreed_years: BTreeSet<i32>,
}

/// An office calendar in WIB: the openings of the week, periods with other openings, and days off,
/// in order of date.
// Valid by construction: deserializing runs the same checks as `try_from`. To change one, take its
// draft, edit that, and convert it again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "CalendarDraft")]
pub struct Calendar(CalendarDraft);

impl Calendar {
    /// The content of this calendar, for display or editing.
    pub fn as_draft(&self) -> &CalendarDraft {
        &self.0
    }

    /// The openings of one local day: none on a day off, else those of the week that holds then.
    pub(super) fn spans_on(&self, date: NaiveDate) -> &[Span] {
        let Self(draft) = self;
        if draft
            .days_off
            .binary_search_by_key(&date, |day| day.date)
            .is_ok()
        {
            return &[];
        }
        // Periods are sorted and do not overlap, so only the last one begun by this date can apply.
        let begun = draft
            .special_periods
            .partition_point(|period| period.first_day <= date);
        let special = draft.special_periods[..begun]
            .last()
            .filter(|period| date <= period.last_day);
        special
            .map_or(&draft.week, |period| &period.week)
            .on(date.weekday())
    }
}

impl TryFrom<CalendarDraft> for Calendar {
    type Error = CalendarFaults;

    fn try_from(mut draft: CalendarDraft) -> Result<Self, CalendarFaults> {
        draft.check()?;
        // Sorted for binary search, and so that equal calendars compare equal in any input order.
        draft.days_off.sort_by_key(|day| day.date);
        draft.special_periods.sort_by_key(|period| period.first_day);
        Ok(Self(draft))
    }
}

impl From<Calendar> for CalendarDraft {
    fn from(Calendar(draft): Calendar) -> Self {
        draft
    }
}

impl Week {
    /// The openings of one weekday.
    pub fn on(&self, day: Weekday) -> &[Span] {
        match day {
            Weekday::Mon => &self.monday,
            Weekday::Tue => &self.tuesday,
            Weekday::Wed => &self.wednesday,
            Weekday::Thu => &self.thursday,
            Weekday::Fri => &self.friday,
            Weekday::Sat => &self.saturday,
            Weekday::Sun => &self.sunday,
        }
    }
}
