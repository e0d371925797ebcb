//! The office's worked examples, then the limits; properties and refusals have files of their own.

mod properties;
mod refusals;
mod slots;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::{Calendar, CalendarDraft, DayOff, DayOffKind, WIB};
use crate::office_hours::default_calendar;

/// A moment on the office's wall clock, `YYYY-MM-DD HH:MM[:SS]`.
fn wib(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"))
        .unwrap();
    local.and_local_timezone(WIB).unwrap().to_utc()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn min(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

fn edited(edit: impl FnOnce(&mut CalendarDraft)) -> Calendar {
    let mut draft = CalendarDraft::from(default_calendar());
    edit(&mut draft);
    Calendar::try_from(draft).unwrap()
}

#[track_caller]
fn falls_due(start: &str, minutes: i64, due: &str) {
    let reckoned = default_calendar().add(wib(start), min(minutes)).unwrap();
    assert_eq!(reckoned.with_timezone(&WIB), wib(due).with_timezone(&WIB));
}

#[track_caller]
fn lasts(from: &str, to: &str, minutes: i64) {
    assert_eq!(default_calendar().elapsed(wib(from), wib(to)), min(minutes));
}

#[test]
fn work_begun_on_a_weekend_starts_on_monday() {
    falls_due("2026-07-04 10:00", 15, "2026-07-06 07:45");
}

#[test]
fn work_begun_at_lunch_starts_after_it() {
    falls_due("2026-07-08 12:20", 30, "2026-07-08 13:30");
}

#[test]
fn work_begun_at_closing_starts_the_next_morning() {
    falls_due("2026-07-08 16:00", 15, "2026-07-09 07:45");
}

#[test]
fn work_that_fits_the_day_exactly_is_due_at_closing_and_not_the_next_morning() {
    falls_due("2026-07-08 15:45", 15, "2026-07-08 16:00");
}

#[test]
fn work_across_lunch_leaves_lunch_out() {
    falls_due("2026-07-07 11:30", 120, "2026-07-07 14:30");
}

#[test]
fn work_across_friday_prayer_leaves_the_longer_break_out() {
    falls_due("2026-07-10 11:00", 60, "2026-07-10 13:30");
}

#[test]
fn friday_closes_half_an_hour_later() {
    falls_due("2026-07-10 16:00", 120, "2026-07-13 09:00");
}

#[test]
fn a_holiday_after_the_weekend_lengthens_it() {
    falls_due("2026-05-29 16:00", 120, "2026-06-02 09:00");
}

#[test]
fn collective_leave_and_christmas_are_no_working_time() {
    falls_due("2026-12-23 15:30", 120, "2026-12-28 09:00");
}

#[test]
fn work_begun_in_ramadan_resumes_after_the_feast_in_ordinary_hours() {
    falls_due("2026-03-17 14:30", 120, "2026-03-25 09:00");
}

#[test]
fn the_whole_office_budget_fits_one_morning() {
    falls_due("2026-07-06 07:30", 225, "2026-07-06 11:15");
}

#[test]
fn an_ordinary_week_lasts_2250_minutes() {
    lasts("2026-07-06 00:00", "2026-07-13 00:00", 2250);
}

#[test]
fn a_ramadan_week_lasts_1950_minutes() {
    lasts("2026-03-02 00:00", "2026-03-09 00:00", 1950);
}

#[test]
fn eleven_to_two_lasts_120_minutes() {
    lasts("2026-07-08 11:00", "2026-07-08 14:00", 120);
}

#[test]
fn friday_morning_to_monday_morning_lasts_one_working_day() {
    lasts("2026-07-10 07:30", "2026-07-13 07:30", 450);
}

#[test]
fn the_weeks_around_the_feast_last_two_ramadan_days_and_one_ordinary_day() {
    lasts("2026-03-16 08:00", "2026-03-26 07:30", 1230);
}

#[test]
fn no_work_is_used_up_at_once_even_when_closed() {
    let sunday = wib("2026-07-05 03:00");
    assert_eq!(
        default_calendar().add(sunday, TimeDelta::zero()),
        Some(sunday)
    );
    assert_eq!(default_calendar().add(sunday, min(-5)), Some(sunday));
    assert_eq!(default_calendar().add(sunday, TimeDelta::MIN), Some(sunday));
}

#[test]
fn seconds_and_fractions_are_kept() {
    let calendar = default_calendar();
    let from = wib("2026-07-08 15:59:58") + TimeDelta::milliseconds(250);
    assert_eq!(
        calendar.elapsed(from, wib("2026-07-09 07:30:03")),
        TimeDelta::milliseconds(4_750)
    );
    let due = calendar.add(from, TimeDelta::milliseconds(4_750));
    assert_eq!(due, Some(wib("2026-07-09 07:30:03")));
}

#[test]
fn a_range_that_ends_before_it_begins_lasts_nothing() {
    let (early, late) = (wib("2026-07-06 08:00"), wib("2026-07-10 08:00"));
    assert_eq!(default_calendar().elapsed(late, early), TimeDelta::zero());
    assert_eq!(default_calendar().elapsed(early, early), TimeDelta::zero());
    assert_eq!(
        default_calendar().elapsed(wib("2026-07-06 10:00"), wib("2026-07-06 08:00")),
        TimeDelta::zero()
    );
}

#[test]
fn the_local_day_counts_and_not_the_day_in_utc() {
    // 07:30 on Monday in WIB is 00:30 in UTC; 06:00 on Saturday in WIB is still Friday in UTC.
    let calendar = edited(|draft| draft.week.saturday = draft.week.friday.clone());
    let saturday = calendar.elapsed(wib("2026-07-11 00:00"), wib("2026-07-11 07:45"));
    assert_eq!(saturday, min(15));
    assert_eq!(
        default_calendar().elapsed(wib("2026-07-11 00:00"), wib("2026-07-11 07:45")),
        TimeDelta::zero()
    );
}

#[test]
fn a_night_shift_counts_up_to_midnight_and_on_from_it() {
    let calendar = edited(|draft| {
        draft.week.saturday =
            serde_json::from_str(r#"[{"opens":"22:00","closes":"24:00"}]"#).unwrap();
        draft.week.sunday =
            serde_json::from_str(r#"[{"opens":"00:00","closes":"02:00"}]"#).unwrap();
    });
    assert_eq!(
        calendar.elapsed(wib("2026-07-11 23:00"), wib("2026-07-12 01:00")),
        min(120)
    );
    assert_eq!(
        calendar.add(wib("2026-07-11 23:00"), min(60)),
        Some(wib("2026-07-12 00:00"))
    );
}

#[test]
fn a_special_period_holds_on_its_first_and_last_day_and_not_beside_them() {
    let calendar = edited(|draft| {
        draft.days_off.clear();
        draft.special_periods[0].first_day = date("2026-07-07");
        draft.special_periods[0].last_day = date("2026-07-08");
    });
    let lengths = ["2026-07-06", "2026-07-07", "2026-07-08", "2026-07-09"].map(|day| {
        let midnight = wib(&format!("{day} 00:00"));
        calendar
            .elapsed(midnight, midnight + TimeDelta::days(1))
            .num_minutes()
    });
    assert_eq!(lengths, [450, 390, 390, 450]);
}

#[test]
fn a_day_off_in_a_special_period_is_off() {
    let calendar = edited(|draft| {
        let name = "Rapat kerja".to_owned();
        draft.days_off.push(DayOff {
            date: date("2026-03-03"),
            name,
            kind: DayOffKind::CollectiveLeave,
        });
    });
    assert_eq!(
        calendar.elapsed(wib("2026-03-02 00:00"), wib("2026-03-09 00:00")),
        min(1950 - 390)
    );
}

#[test]
fn a_year_becomes_certain_when_its_decree_is_entered() {
    let decreed = edited(|draft| {
        draft.decreed_years.insert(2027);
    });
    assert!(default_calendar().is_provisional(date("2027-06-01")));
    assert!(!decreed.is_provisional(date("2027-06-01")));
    assert!(decreed.is_provisional(date("2028-01-01")));
}

#[test]
fn without_a_decree_only_weekends_are_free() {
    lasts("2027-12-20 00:00", "2028-01-03 00:00", 2 * 2250);
}

#[test]
fn a_resumed_clock_is_due_when_what_was_left_is_used_up() {
    let due = default_calendar().due_at(min(120), min(45), wib("2026-07-08 15:00"));
    assert_eq!(due, Some(wib("2026-07-09 07:45")));
}

#[test]
fn a_clock_with_nothing_left_is_due_the_moment_it_runs() {
    let sunday = wib("2026-07-05 03:00");
    for used in [min(120), min(121), TimeDelta::MAX] {
        assert_eq!(
            default_calendar().due_at(min(120), used, sunday),
            Some(sunday)
        );
    }
    assert_eq!(
        default_calendar().due_at(TimeDelta::MIN, TimeDelta::MAX, sunday),
        Some(sunday)
    );
}

#[test]
fn a_remainder_beyond_all_measure_is_never_due() {
    let monday = wib("2026-07-06 08:00");
    assert_eq!(
        default_calendar().due_at(TimeDelta::MAX, TimeDelta::MIN, monday),
        None
    );
    assert_eq!(
        default_calendar().due_at(TimeDelta::MAX, TimeDelta::zero(), monday),
        None
    );
    assert_eq!(default_calendar().add(monday, TimeDelta::MAX), None);
}

/// Closed from 6 July 2026 to 6 July 2031; Monday 7 July 2031 is open as usual.
fn closed_for_years() -> Calendar {
    edited(|draft| {
        draft.days_off.clear();
        let days = date("2026-07-06")
            .iter_days()
            .take_while(|day| *day < date("2031-07-07"));
        let off = |date| DayOff {
            date,
            name: "Tutup".to_owned(),
            kind: DayOffKind::Holiday,
        };
        draft.days_off.extend(days.map(off));
    })
}

#[test]
fn a_calendar_that_is_all_holidays_gives_no_due_time() {
    assert_eq!(
        closed_for_years().add(wib("2026-07-06 08:00"), min(1)),
        None
    );
}

#[test]
fn a_due_time_is_found_up_to_five_years_ahead_and_not_a_second_later() {
    let calendar = closed_for_years();
    let from = wib("2026-07-07 07:45");
    assert_eq!(calendar.add(from, min(1)), Some(wib("2031-07-07 07:31")));
    assert_eq!(calendar.add(from, min(15)), Some(wib("2031-07-07 07:45")));
    assert_eq!(calendar.add(from, min(15) + TimeDelta::seconds(1)), None);
}

#[test]
fn absurd_dates_neither_panic_nor_run_on() {
    let calendar = default_calendar();
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    assert_eq!(calendar.add(first, min(1)), None);
    assert_eq!(calendar.add(last, min(1)), None);
    assert_eq!(calendar.add(first, TimeDelta::zero()), Some(first));
    assert_eq!(calendar.elapsed(last, first), TimeDelta::zero());
    let before = calendar.elapsed(first, wib("2026-07-06 00:00"));
    let after = calendar.elapsed(wib("2026-07-06 00:00"), last);
    assert!(before > TimeDelta::days(365) && after > TimeDelta::days(365));
    assert_eq!(before + after, calendar.elapsed(first, last));
}

#[test]
fn no_calendar_is_open_before_2000_or_after_2099() {
    let calendar = edited(|draft| draft.week.saturday = draft.week.friday.clone());
    // 1999-12-31 is a Friday, 2000-01-01 a Saturday; 2099-12-31 a Thursday.
    assert_eq!(
        calendar.elapsed(wib("1999-12-27 00:00"), wib("2000-01-01 08:00")),
        min(30)
    );
    assert_eq!(
        calendar.add(wib("1999-12-27 00:00"), min(30)),
        Some(wib("2000-01-01 08:00"))
    );
    assert_eq!(
        calendar.elapsed(wib("2099-12-31 15:30"), wib("2100-01-08 00:00")),
        min(30)
    );
    assert_eq!(
        calendar.add(wib("2099-12-31 15:30"), min(30)),
        Some(wib("2099-12-31 16:00"))
    );
    assert_eq!(calendar.add(wib("2099-12-31 15:30"), min(31)), None);
}
