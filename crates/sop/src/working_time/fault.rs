//! The errors of a calendar draft: the location, the broken rule, and how to correct it.

use std::fmt;

use chrono::NaiveDate;

use super::{FIRST_DAY, LAST_DAY, LocalTime};

/// The minimum number of days off of a decreed year (SKB 3 Menteri). Those for 2022 to 2026 name
/// 20, 24, 27, 27 and 25: general knowledge, the figure for 2026 unverified. A calendar with fewer
/// was not filled in.
pub(super) const DECREED_DAYS_OFF: usize = 20;

/// One fault of a draft.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{pointer}: {rule}")]
pub struct CalendarFault {
    /// The location in the draft, as a JSON pointer (RFC 6901) such as `/week/friday/1`.
    pub pointer: String,
    /// The rule it breaks.
    pub rule: BrokenRule,
}

/// A broken rule. Its text tells the author what to change.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BrokenRule {
    /// A span closes after it opens.
    #[error("opens at {opens} and closes at {closes}; it must close after it opens")]
    EmptySpan {
        /// When the span opens.
        opens: LocalTime,
        /// When it closes, which is not later.
        closes: LocalTime,
    },
    /// A span opens after the span before it has closed.
    #[error(
        "opens at {opens}, before the span in front of it closes at {closes}; let it open at {closes} or later"
    )]
    OverlappingSpans {
        /// When the span opens.
        opens: LocalTime,
        /// When the span before it closes.
        closes: LocalTime,
    },
    /// Spans stand in order of time.
    #[error(
        "opens at {opens}, before the span in front of it opens at {earlier}; list the spans in order of time"
    )]
    UnsortedSpans {
        /// When the span opens.
        opens: LocalTime,
        /// When the span before it opens.
        earlier: LocalTime,
    },
    /// A week has working time.
    #[error(
        "has no working time on any day; give at least one span, or enter a closure as days off"
    )]
    NoWorkingTime,
    /// A special period ends when it begins, or later.
    #[error("ends on {last_day}, before it begins on {first_day}; swap the two days")]
    InvertedPeriod {
        /// The day it begins.
        first_day: NaiveDate,
        /// The day it ends.
        last_day: NaiveDate,
    },
    /// Special periods do not overlap.
    #[error(
        "begins on {first_day}, when {other} still holds; change one of the two so that they share no day"
    )]
    OverlappingPeriods {
        /// The day it begins.
        first_day: NaiveDate,
        /// The pointer to the overlapping period.
        other: String,
    },
    /// A date is listed once.
    #[error("{date} is off already by {other}; keep one of the two")]
    DuplicateDayOff {
        /// The date.
        date: NaiveDate,
        /// The pointer to the first entry of the date.
        other: String,
    },
    /// A name is not blank.
    #[error("is blank; write the name people know it by")]
    BlankName,
    /// A year is in the supported range; another year is most likely mistyped.
    #[error("the year {year} is outside {} to {}; correct it", FIRST_DAY.format("%Y"), LAST_DAY.format("%Y"))]
    YearOutOfRange {
        /// The year.
        year: i32,
    },
    /// A decreed year lists the days off of its decree.
    #[error(
        "names {found} days off in {year}; a decree names at least {}: enter them, or take {year} out of decreed_years",
        DECREED_DAYS_OFF
    )]
    TooFewDaysOff {
        /// The year.
        year: i32,
        /// The number of days off listed.
        found: usize,
    },
}

impl BrokenRule {
    /// A stable code for programs; the text may change, the code may not.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptySpan { .. } => "empty_span",
            Self::OverlappingSpans { .. } => "overlapping_spans",
            Self::UnsortedSpans { .. } => "unsorted_spans",
            Self::NoWorkingTime => "no_working_time",
            Self::InvertedPeriod { .. } => "inverted_period",
            Self::OverlappingPeriods { .. } => "overlapping_periods",
            Self::DuplicateDayOff { .. } => "duplicate_day_off",
            Self::BlankName => "blank_name",
            Self::YearOutOfRange { .. } => "year_out_of_range",
            Self::TooFewDaysOff { .. } => "too_few_days_off",
        }
    }
}

/// All errors of a refused draft, at least one, so that the author can correct all of them at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarFaults(Vec<CalendarFault>);

impl CalendarFaults {
    /// `Err` with the errors, or `Ok` when there are none.
    pub(super) fn refuse_any(faults: Vec<CalendarFault>) -> Result<(), Self> {
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Self(faults))
        }
    }

    /// The errors, in the order they were found.
    pub fn as_slice(&self) -> &[CalendarFault] {
        &self.0
    }
}

impl std::error::Error for CalendarFaults {}

impl fmt::Display for CalendarFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}
