//! Compares the seed with the figures of its sources.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

use super::{DayOffKind, default_calendar};
use crate::working_time::{Span, Week};

fn minutes_a_week(week: &Week) -> i64 {
    let length = |span: &Span| span.closes.since_midnight() - span.opens.since_midnight();
    let mut day = Weekday::Mon;
    let mut total = TimeDelta::zero();
    for _ in 0..7 {
        total += week.on(day).iter().map(length).sum::<TimeDelta>();
        day = day.succ();
    }
    total.num_minutes()
}

fn dates(kind: DayOffKind) -> Vec<(u32, u32)> {
    let calendar = default_calendar();
    let days = calendar
        .as_draft()
        .days_off
        .iter()
        .filter(|day| day.kind == kind);
    days.map(|day| (day.date.month(), day.date.day())).collect()
}

#[test]
fn an_ordinary_week_has_thirty_seven_and_a_half_hours() {
    assert_eq!(
        minutes_a_week(&default_calendar().as_draft().week),
        37 * 60 + 30
    );
}

#[test]
fn a_ramadan_week_has_thirty_two_and_a_half_hours() {
    assert_eq!(
        minutes_a_week(&default_calendar().as_draft().special_periods[0].week),
        32 * 60 + 30
    );
}

#[test]
fn every_working_day_of_a_week_is_equally_long() {
    let calendar = default_calendar();
    let draft = calendar.as_draft();
    for (week, hours) in [(&draft.week, 7.5), (&draft.special_periods[0].week, 6.5)] {
        for day in [
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
        ] {
            let total: TimeDelta = week
                .on(day)
                .iter()
                .map(|s| s.closes.since_midnight() - s.opens.since_midnight())
                .sum();
            assert!(
                (total.as_seconds_f64() / 3600.0 - hours).abs() < f64::EPSILON,
                "{day}"
            );
        }
        assert!(week.saturday.is_empty() && week.sunday.is_empty());
    }
}

#[test]
fn the_seventeen_holidays_of_2026_are_those_of_the_decree() {
    let first_quarter = vec![(1, 1), (1, 16), (2, 17), (3, 19), (3, 21), (3, 22)];
    let second_quarter = vec![
        (4, 3),
        (4, 5),
        (5, 1),
        (5, 14),
        (5, 27),
        (5, 31),
        (6, 1),
        (6, 16),
    ];
    let second_half = vec![(8, 17), (8, 25), (12, 25)];
    assert_eq!(
        dates(DayOffKind::Holiday),
        [first_quarter, second_quarter, second_half].concat()
    );
}

#[test]
fn the_eight_days_of_collective_leave_in_2026_are_those_of_the_decree() {
    let decreed = [
        (2, 16),
        (3, 18),
        (3, 20),
        (3, 23),
        (3, 24),
        (5, 15),
        (5, 28),
        (12, 24),
    ];
    assert_eq!(dates(DayOffKind::CollectiveLeave), decreed);
}

#[test]
fn collective_leave_never_falls_on_a_weekend() {
    for (month, day) in dates(DayOffKind::CollectiveLeave) {
        let date = NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        assert!(
            !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
            "{date}"
        );
    }
}

#[test]
fn only_2026_is_decreed() {
    let calendar = default_calendar();
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    assert!(!calendar.is_provisional(date(2026, 1, 1)));
    assert!(!calendar.is_provisional(date(2026, 12, 31)));
    assert!(calendar.is_provisional(date(2025, 12, 31)));
    assert!(calendar.is_provisional(date(2027, 1, 1)));
}
