//! Calendars that are refused, with the location of each error.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::super::{BrokenRule, Calendar, CalendarDraft, CalendarFault, LocalTime, Span};
use super::{date, default_calendar};

/// The errors of the seed after one value of its JSON was replaced, as code and pointer.
#[track_caller]
fn faults_with(pointer: &str, value: &Value) -> Vec<(&'static str, String)> {
    let mut json = serde_json::to_value(default_calendar()).unwrap();
    *json.pointer_mut(pointer).unwrap() = value.clone();
    let draft: CalendarDraft = serde_json::from_value(json).unwrap();
    let faults = Calendar::try_from(draft).unwrap_err();
    faults
        .as_slice()
        .iter()
        .map(|fault| (fault.rule.code(), fault.pointer.clone()))
        .collect()
}

#[track_caller]
fn refuses(pointer: &str, value: &Value, code: &'static str, at: &str) {
    assert_eq!(faults_with(pointer, value), [(code, at.to_owned())]);
}

fn closed_week() -> Value {
    json!({"monday": [], "tuesday": [], "wednesday": [], "thursday": [], "friday": [], "saturday": [], "sunday": []})
}

fn period(first_day: &str, last_day: &str) -> Value {
    let week = serde_json::to_value(&default_calendar().as_draft().week).unwrap();
    json!({"name": "Masa khusus", "first_day": first_day, "last_day": last_day, "week": week})
}

#[test]
fn overlapping_spans_are_refused() {
    let spans =
        json!([{"opens": "07:30", "closes": "12:00"}, {"opens": "11:59", "closes": "16:00"}]);
    refuses(
        "/week/friday",
        &spans,
        "overlapping_spans",
        "/week/friday/1/opens",
    );
}

#[test]
fn a_span_given_twice_is_refused() {
    let spans =
        json!([{"opens": "07:30", "closes": "12:00"}, {"opens": "07:30", "closes": "12:00"}]);
    refuses(
        "/week/friday",
        &spans,
        "overlapping_spans",
        "/week/friday/1/opens",
    );
}

#[test]
fn a_span_within_another_is_refused() {
    let spans =
        json!([{"opens": "07:30", "closes": "16:00"}, {"opens": "09:00", "closes": "10:00"}]);
    refuses(
        "/week/friday",
        &spans,
        "overlapping_spans",
        "/week/friday/1/opens",
    );
}

#[test]
fn spans_out_of_order_are_refused() {
    let spans =
        json!([{"opens": "13:00", "closes": "16:00"}, {"opens": "07:30", "closes": "12:00"}]);
    refuses(
        "/week/monday",
        &spans,
        "unsorted_spans",
        "/week/monday/1/opens",
    );
}

#[test]
fn an_inverted_span_is_refused() {
    refuses(
        "/week/monday/1/closes",
        &json!("12:30"),
        "empty_span",
        "/week/monday/1",
    );
}

#[test]
fn an_empty_span_is_refused() {
    refuses(
        "/week/monday/1/closes",
        &json!("13:00"),
        "empty_span",
        "/week/monday/1",
    );
}

#[test]
fn a_span_may_begin_when_the_one_in_front_of_it_ends() {
    let mut draft = CalendarDraft::from(default_calendar());
    draft.week.monday[1].opens = draft.week.monday[0].closes;
    assert!(Calendar::try_from(draft).is_ok());
}

#[test]
fn a_week_without_working_time_is_refused() {
    refuses("/week", &closed_week(), "no_working_time", "/week");
}

#[test]
fn a_special_week_is_held_to_the_same_rules() {
    refuses(
        "/special_periods/0/week",
        &closed_week(),
        "no_working_time",
        "/special_periods/0/week",
    );
    let (at, fault) = (
        "/special_periods/0/week/friday/0/closes",
        "/special_periods/0/week/friday/0",
    );
    refuses(at, &json!("08:00"), "empty_span", fault);
}

#[test]
fn an_inverted_period_is_refused() {
    let at = "/special_periods/0/last_day";
    refuses(at, &json!("2026-02-18"), "inverted_period", at);
}

#[test]
fn a_period_of_one_day_is_accepted() {
    let mut draft = CalendarDraft::from(default_calendar());
    draft.special_periods[0].last_day = draft.special_periods[0].first_day;
    assert!(Calendar::try_from(draft).is_ok());
}

#[test]
fn periods_that_share_a_day_are_refused_however_they_are_ordered() {
    let periods = json!([
        period("2026-05-10", "2026-05-20"),
        period("2026-05-01", "2026-05-10")
    ]);
    refuses(
        "/special_periods",
        &periods,
        "overlapping_periods",
        "/special_periods/0/first_day",
    );
}

#[test]
fn a_period_is_compared_with_the_one_that_reaches_farthest() {
    let periods = json!([
        period("2026-05-01", "2026-05-31"),
        period("2026-05-02", "2026-05-03"),
        period("2026-05-30", "2026-06-02")
    ]);
    let overlap = |index: usize| {
        (
            "overlapping_periods",
            format!("/special_periods/{index}/first_day"),
        )
    };
    assert_eq!(
        faults_with("/special_periods", &periods),
        [overlap(1), overlap(2)]
    );
}

#[test]
fn periods_that_follow_each_other_are_accepted() {
    let mut json = serde_json::to_value(default_calendar()).unwrap();
    json["special_periods"] = json!([
        period("2026-05-11", "2026-05-20"),
        period("2026-05-01", "2026-05-10")
    ]);
    let calendar: Calendar = serde_json::from_value(json).unwrap();
    let firsts: Vec<NaiveDate> = calendar
        .as_draft()
        .special_periods
        .iter()
        .map(|p| p.first_day)
        .collect();
    assert_eq!(firsts, [date("2026-05-01"), date("2026-05-11")]);
}

#[test]
fn a_date_twice_off_is_refused() {
    refuses(
        "/days_off/2/date",
        &json!("2026-01-01"),
        "duplicate_day_off",
        "/days_off/2/date",
    );
}

#[test]
fn blank_names_are_refused() {
    refuses(
        "/days_off/2/name",
        &json!(" "),
        "blank_name",
        "/days_off/2/name",
    );
    refuses(
        "/special_periods/0/name",
        &json!(""),
        "blank_name",
        "/special_periods/0/name",
    );
}

#[test]
fn mistyped_years_are_refused() {
    refuses(
        "/days_off/0/date",
        &json!("0206-01-01"),
        "year_out_of_range",
        "/days_off/0/date",
    );
    refuses(
        "/special_periods/0/last_day",
        &json!("2206-03-20"),
        "year_out_of_range",
        "/special_periods/0/last_day",
    );
    refuses(
        "/decreed_years",
        &json!([2026, 20_266]),
        "year_out_of_range",
        "/decreed_years",
    );
}

#[test]
fn every_fault_is_told_at_once() {
    let mut draft = CalendarDraft::from(default_calendar());
    draft.week.monday.reverse();
    draft.special_periods[0].name.clear();
    draft.days_off[3].date = draft.days_off[1].date;
    draft.decreed_years.insert(1026);
    let faults = Calendar::try_from(draft).unwrap_err();
    let codes: Vec<_> = faults
        .as_slice()
        .iter()
        .map(|fault| fault.rule.code())
        .collect();
    assert_eq!(
        codes,
        [
            "unsorted_spans",
            "blank_name",
            "duplicate_day_off",
            "year_out_of_range"
        ]
    );
}

#[test]
fn a_fault_says_where_and_what_to_do() {
    let mut draft = CalendarDraft::from(default_calendar());
    draft.days_off[2].date = draft.days_off[0].date;
    let faults = Calendar::try_from(draft).unwrap_err();
    let expected =
        "/days_off/2/date: 2026-01-01 is off already by /days_off/0; keep one of the two";
    assert_eq!(faults.to_string(), expected);
    assert!(matches!(
        faults.as_slice(),
        [CalendarFault {
            rule: BrokenRule::DuplicateDayOff { .. },
            ..
        }]
    ));
}

#[test]
fn reading_refuses_what_parsing_refuses() {
    let mut json = serde_json::to_value(default_calendar()).unwrap();
    json["week"] = closed_week();
    let error = serde_json::from_value::<Calendar>(json)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("/week: has no working time"), "{error}");
}

#[test]
fn unknown_fields_are_refused_at_every_level() {
    for place in [
        "",
        "/week",
        "/week/monday/0",
        "/special_periods/0",
        "/special_periods/0/week",
        "/days_off/0",
    ] {
        let mut json = serde_json::to_value(default_calendar()).unwrap();
        json.pointer_mut(place).unwrap()["colour"] = json!("red");
        let error = serde_json::from_value::<Calendar>(json)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("unknown field `colour`, expected"),
            "{place}: {error}"
        );
    }
}

#[test]
fn a_forgotten_weekday_is_refused_and_not_taken_for_closed() {
    let mut json = serde_json::to_value(default_calendar()).unwrap();
    json["week"].as_object_mut().unwrap().remove("saturday");
    let error = serde_json::from_value::<Calendar>(json)
        .unwrap_err()
        .to_string();
    assert!(error.contains("missing field `saturday`"), "{error}");
}

#[test]
fn times_and_kinds_are_written_as_people_write_them() {
    let json = serde_json::to_value(default_calendar()).unwrap();
    assert_eq!(
        json["week"]["friday"][1],
        json!({"opens": "13:00", "closes": "16:30"})
    );
    assert_eq!(json["days_off"][0]["kind"], "holiday");
    assert_eq!(json["days_off"][2]["kind"], "collective_leave");
    assert_eq!(json["decreed_years"], json!([2026]));
}

#[test]
fn only_times_of_day_are_times() {
    for good in ["00:00", "07:30", "23:59", "24:00"] {
        assert_eq!(LocalTime::try_from(good).unwrap().to_string(), good);
    }
    for bad in [
        "",
        "7:30",
        "07:60",
        "24:01",
        "25:00",
        "+7:30",
        "07.30",
        "07:30:00",
        " 7:30",
        "-1:00",
        "०७:३०",
        "0730",
    ] {
        assert!(LocalTime::try_from(bad).is_err(), "{bad}");
    }
    let error =
        serde_json::from_value::<Span>(json!({"opens": "7:30", "closes": "12:00"})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not a local time: write HH:MM, from 00:00 to 24:00"
    );
}
