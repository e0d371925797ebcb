//! Properties of every calendar, not only the office's: the laws of `add` and `elapsed`, and
//! agreement with a naive calculation minute by minute.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use proptest::{collection::btree_set, prelude::*};

use super::super::{
    Calendar, CalendarDraft, DayOff, DayOffKind, LocalTime, Span, SpecialPeriod, WIB, Week,
};
use super::{date, wib};
use crate::office_hours::default_calendar;

/// Random instants lie in these days from 1 January 2026 on, and so do random special periods and
/// days off.
const DAYS: u32 = 120;

fn day(offset: u32) -> NaiveDate {
    date("2026-01-01") + TimeDelta::days(i64::from(offset))
}

fn off(offset: u32) -> DayOff {
    DayOff {
        date: day(offset),
        name: "Libur".to_owned(),
        kind: DayOffKind::Holiday,
    }
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    // Distinct times in order, taken two by two, are spans that never overlap.
    btree_set(0_u16..=24 * 60, 0..=6).prop_map(|minutes| {
        let times: Vec<_> = minutes
            .into_iter()
            .map(|m| LocalTime::new(m / 60, m % 60).unwrap())
            .collect();
        times
            .chunks_exact(2)
            .map(|pair| Span {
                opens: pair[0],
                closes: pair[1],
            })
            .collect()
    })
}

fn week() -> impl Strategy<Value = Week> {
    let weeks = [
        spans(),
        spans(),
        spans(),
        spans(),
        spans(),
        spans(),
        spans(),
    ];
    let weeks = weeks.prop_map(
        |[
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
        ]| Week {
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
        },
    );
    weeks.prop_filter("a week has working time", |week| {
        (0..7).any(|n| !week.on(chrono::Weekday::try_from(n).unwrap()).is_empty())
    })
}

fn special_periods() -> impl Strategy<Value = Vec<SpecialPeriod>> {
    (btree_set(0..DAYS, 0..=6), proptest::array::uniform3(week())).prop_map(|(days, weeks)| {
        let days: Vec<_> = days.into_iter().map(day).collect();
        let period = |(pair, week): (&[NaiveDate], Week)| SpecialPeriod {
            name: "Masa khusus".to_owned(),
            first_day: pair[0],
            last_day: pair[1],
            week,
        };
        days.chunks_exact(2).zip(weeks).map(period).collect()
    })
}

fn calendar() -> impl Strategy<Value = Calendar> {
    let any = (week(), special_periods(), btree_set(0..DAYS, 0..20)).prop_map(
        |(week, special_periods, days_off)| {
            let days_off = days_off.into_iter().map(off).collect();
            let draft = CalendarDraft {
                week,
                special_periods,
                days_off,
                decreed_years: BTreeSet::from([2026]),
            };
            Calendar::try_from(draft).unwrap()
        },
    );
    prop_oneof![Just(default_calendar()), any]
}

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0..i64::from(DAYS) * 86_400)
        .prop_map(|seconds| wib("2026-01-01 00:00") + TimeDelta::seconds(seconds))
}

/// Up to some working weeks, in seconds; never zero.
fn work() -> impl Strategy<Value = TimeDelta> {
    prop_oneof![1..=30_i64, 1..=300_000_i64].prop_map(TimeDelta::seconds)
}

fn two_instants() -> impl Strategy<Value = (DateTime<Utc>, DateTime<Utc>)> {
    (instant(), instant()).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

/// True if the office is open in the minute that begins at `instant`, computed from the draft's
/// rows one by one.
fn is_open(draft: &CalendarDraft, instant: DateTime<Utc>) -> bool {
    let local = instant.with_timezone(&WIB);
    let today = local.date_naive();
    let special = draft
        .special_periods
        .iter()
        .find(|p| p.first_day <= today && today <= p.last_day);
    let spans = special.map_or(&draft.week, |p| &p.week).on(today.weekday());
    let now = format!("{:02}:{:02}", local.hour(), local.minute());
    let in_a_span = spans
        .iter()
        .any(|s| s.opens.to_string() <= now && now < s.closes.to_string());
    in_a_span && !draft.days_off.iter().any(|off| off.date == today)
}

proptest! {
    #[test]
    fn elapsed_gives_back_what_was_added(calendar in calendar(), a in instant(), n in work()) {
        let due = calendar.add(a, n);
        prop_assume!(due.is_some());
        prop_assert_eq!(calendar.elapsed(a, due.unwrap()), n);
    }

    #[test]
    fn a_due_time_is_the_earliest_one(calendar in calendar(), a in instant(), n in work()) {
        let due = calendar.add(a, n);
        prop_assume!(due.is_some());
        prop_assert!(calendar.elapsed(a, due.unwrap() - TimeDelta::nanoseconds(1)) < n);
    }

    #[test]
    fn elapsed_adds_up(calendar in calendar(), mut at in [instant(), instant(), instant()]) {
        at.sort();
        let [a, b, c] = at;
        prop_assert_eq!(calendar.elapsed(a, b) + calendar.elapsed(b, c), calendar.elapsed(a, c));
    }

    #[test]
    fn adding_twice_is_adding_the_sum(calendar in calendar(), a in instant(), n in work(), m in work()) {
        let at_once = calendar.add(a, n + m);
        prop_assume!(at_once.is_some());
        prop_assert_eq!(calendar.add(a, n).and_then(|then| calendar.add(then, m)), at_once);
    }

    #[test]
    fn adding_nothing_changes_nothing(calendar in calendar(), a in instant()) {
        prop_assert_eq!(calendar.add(a, TimeDelta::zero()), Some(a));
    }

    #[test]
    fn more_work_is_never_due_earlier(calendar in calendar(), a in instant(), n in work(), m in work()) {
        let (sooner, later) = (calendar.add(a, n), calendar.add(a, n + m));
        prop_assert!(later.is_none_or(|later| sooner.is_some_and(|sooner| sooner < later)));
    }

    #[test]
    fn a_new_holiday_never_makes_a_due_time_earlier(
        calendar in calendar(), a in instant(), n in work(), holiday in 0..DAYS,
    ) {
        let mut draft = CalendarDraft::from(calendar.clone());
        prop_assume!(draft.days_off.iter().all(|off| off.date != day(holiday)));
        draft.days_off.push(off(holiday));
        let with_holiday = Calendar::try_from(draft).unwrap();
        let (before, after) = (calendar.add(a, n), with_holiday.add(a, n));
        prop_assert!(after.is_none_or(|after| before.is_some_and(|before| before <= after)));
    }

    #[test]
    fn a_new_holiday_takes_away_exactly_that_day(calendar in calendar(), (a, b) in two_instants(), holiday in 0..DAYS) {
        let mut draft = CalendarDraft::from(calendar.clone());
        prop_assume!(draft.days_off.iter().all(|off| off.date != day(holiday)));
        draft.days_off.push(off(holiday));
        let with_holiday = Calendar::try_from(draft).unwrap();
        let midnight = wib(&format!("{} 00:00", day(holiday)));
        let lost = calendar.elapsed(a.max(midnight), b.min(midnight + TimeDelta::days(1)));
        prop_assert_eq!(with_holiday.elapsed(a, b), calendar.elapsed(a, b) - lost);
    }

    #[test]
    fn a_pause_of_no_length_changes_neither_total_nor_due_time(
        calendar in calendar(), a in instant(), n in work(), pauses in prop::collection::vec(0..=1000_i32, 1..5),
    ) {
        let due = calendar.add(a, n);
        prop_assume!(due.is_some());
        let due = due.unwrap();
        let mut at: Vec<_> = pauses.iter().map(|thousandths| a + (due - a) * *thousandths / 1000).collect();
        at.sort();

        let (mut used, mut running_since) = (TimeDelta::zero(), a);
        for pause in at {
            used += calendar.elapsed(running_since, pause);
            running_since = pause;
            prop_assert_eq!(calendar.due_at(n, used, running_since), Some(due));
        }
        prop_assert_eq!(used + calendar.elapsed(running_since, due), n);
    }

    #[test]
    fn a_calendar_survives_being_written_and_read(calendar in calendar()) {
        let json = serde_json::to_string(&calendar).unwrap();
        prop_assert_eq!(serde_json::from_str::<Calendar>(&json).unwrap(), calendar);
    }
}

proptest! {
    // Reckoning by the minute is slow, so fewer cases and shorter ranges.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn elapsed_agrees_with_counting_minutes(calendar in calendar(), a in instant(), minutes in 0..20_i64 * 24 * 60) {
        let a = a - TimeDelta::seconds(i64::from(a.second()));
        let open = (0..minutes).filter(|n| is_open(calendar.as_draft(), a + TimeDelta::minutes(*n))).count();
        let reckoned = calendar.elapsed(a, a + TimeDelta::minutes(minutes));
        prop_assert_eq!(reckoned, TimeDelta::minutes(i64::try_from(open).unwrap()));
    }
}
