//! The next slot: today's, tomorrow's, after weekends and holidays, and exactly at one.

use chrono::NaiveTime;

use super::{date, edited, wib};
use crate::office_hours::default_calendar;
use crate::working_time::{DayOff, DayOffKind, WIB};

const TIMES: [NaiveTime; 2] = [
    NaiveTime::from_hms_opt(7, 30, 0).unwrap(),
    NaiveTime::from_hms_opt(13, 0, 0).unwrap(),
];

#[track_caller]
fn comes(now: &str, slot: &str) {
    assert_eq!(
        default_calendar()
            .next_slot(&TIMES, wib(now))
            .with_timezone(&WIB),
        wib(slot).with_timezone(&WIB)
    );
}

#[test]
fn the_next_one_of_the_day_comes_first() {
    comes("2026-07-06 00:00:00", "2026-07-06 07:30:00");
    comes("2026-07-06 08:00:00", "2026-07-06 13:00:00");
    comes("2026-07-06 12:30:00", "2026-07-06 13:00:00");
    comes("2026-07-06 13:00:01", "2026-07-07 07:30:00");
    comes("2026-07-06 23:59:59", "2026-07-07 07:30:00");
}

#[test]
fn at_a_slot_the_next_one_is_meant_and_just_before_it_this_one() {
    comes("2026-07-06 07:29:59", "2026-07-06 07:30:00");
    comes("2026-07-06 07:30:00", "2026-07-06 13:00:00");
    comes("2026-07-06 13:00:00", "2026-07-07 07:30:00");
}

#[test]
fn a_weekend_is_passed_over() {
    comes("2026-07-10 13:00:00", "2026-07-13 07:30:00");
    comes("2026-07-11 09:00:00", "2026-07-13 07:30:00");
    comes("2026-07-12 23:00:00", "2026-07-13 07:30:00");
}

#[test]
fn holidays_and_collective_leave_are_passed_over() {
    comes("2026-05-29 16:00:00", "2026-06-02 07:30:00");
    comes("2026-12-25 10:00:00", "2026-12-28 07:30:00");
    comes("2026-03-17 13:00:00", "2026-03-25 07:30:00");
}

#[test]
fn a_slot_before_the_late_opening_of_ramadan_is_a_slot() {
    comes("2026-03-02 00:00:00", "2026-03-02 07:30:00");
}

#[test]
fn the_day_is_that_of_palembang() {
    let late_on_sunday_in_greenwich = "2026-07-05T20:00:00Z".parse().unwrap();
    assert_eq!(
        default_calendar().next_slot(&TIMES, late_on_sunday_in_greenwich),
        wib("2026-07-06 07:30:00")
    );
}

#[test]
fn without_a_slot_it_is_midnight() {
    assert_eq!(
        default_calendar().next_slot(&[], wib("2026-07-06 09:12:34")),
        wib("2026-07-07 00:00:00")
    );
    let every_day = date("2030-01-01").iter_days().take(6 * 366);
    let off = |date| DayOff {
        date,
        name: "Libur".to_owned(),
        kind: DayOffKind::Holiday,
    };
    let closed = edited(|draft| draft.days_off = every_day.map(off).collect());
    assert_eq!(
        closed.next_slot(&TIMES, wib("2030-02-01 09:12:34")),
        wib("2030-02-02 00:00:00")
    );
}
