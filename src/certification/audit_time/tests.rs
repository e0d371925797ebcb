#![expect(clippy::float_cmp, reason = "halves are exact")]

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn application(scheme: &str, kind: &str) -> ApplicationForm {
    serde_json::from_value(json!({"scheme": scheme, "kind": kind, "company": {"name": "PT Tirta"}}))
        .unwrap()
}

fn form(people: u32) -> AuditTimeForm {
    serde_json::from_value(json!({
        "rule": "iaf_md5", "personnel": [{"name": "Semua", "people": people, "hours_a_day": 8}],
    }))
    .unwrap()
}

fn man_days(form: &AuditTimeForm, scheme: &str, kind: &str) -> f64 {
    let result = form.calculate(&application(scheme, kind)).unwrap();
    f64::from(result.man_days.halves()) / 2.0
}

fn codes(form: &AuditTimeForm, scheme: &str, kind: &str) -> Vec<(String, &'static str)> {
    let faults = form.calculate(&application(scheme, kind)).unwrap_err();
    faults
        .into_iter()
        .map(|fault| (fault.pointer, fault.code))
        .collect()
}

#[test]
fn the_bands_have_the_published_days_at_both_ends() {
    for (people, days) in [
        (1, 1.5),
        (5, 1.5),
        (6, 2.0),
        (45, 4.0),
        (46, 5.0),
        (65, 5.0),
        (66, 6.0),
        (1175, 13.0),
        (1176, 14.0),
        (10_700, 22.0),
    ] {
        assert_eq!(man_days(&form(people), "quality_iso9001", "initial"), days);
    }
    for (complexity, days) in [
        ("high", 8.0),
        ("medium", 6.0),
        ("low", 4.5),
        ("limited", 3.5),
    ] {
        let mut form = form(50);
        form.complexity = serde_json::from_value(json!(complexity)).unwrap();
        assert_eq!(man_days(&form, "environment_iso14001", "initial"), days);
    }
}

/// The table as published: first and last number of people; days of quality management, and of
/// environmental management by complexity: high, medium, low, limited.
const PUBLISHED: [(u32, u32, [f64; 5]); 23] = [
    (1, 5, [1.5, 3.0, 2.5, 2.5, 2.5]),
    (6, 10, [2.0, 3.5, 3.0, 3.0, 3.0]),
    (11, 15, [2.5, 4.5, 3.5, 3.0, 3.0]),
    (16, 25, [3.0, 5.5, 4.5, 3.5, 3.0]),
    (26, 45, [4.0, 7.0, 5.5, 4.0, 3.0]),
    (46, 65, [5.0, 8.0, 6.0, 4.5, 3.5]),
    (66, 85, [6.0, 9.0, 7.0, 5.0, 3.5]),
    (86, 125, [7.0, 11.0, 8.0, 5.5, 4.0]),
    (126, 175, [8.0, 12.0, 9.0, 6.0, 4.5]),
    (176, 275, [9.0, 13.0, 10.0, 7.0, 5.0]),
    (276, 425, [10.0, 15.0, 11.0, 8.0, 5.5]),
    (426, 625, [11.0, 16.0, 12.0, 9.0, 6.0]),
    (626, 875, [12.0, 17.0, 13.0, 10.0, 6.0]),
    (876, 1175, [13.0, 19.0, 15.0, 11.0, 7.0]),
    (1176, 1550, [14.0, 20.0, 16.0, 12.0, 7.5]),
    (1551, 2025, [15.0, 21.0, 17.0, 12.0, 8.0]),
    (2026, 2675, [16.0, 23.0, 18.0, 13.0, 8.5]),
    (2676, 3450, [17.0, 25.0, 19.0, 14.0, 9.0]),
    (3451, 4350, [18.0, 27.0, 20.0, 15.0, 10.0]),
    (4351, 5450, [19.0, 28.0, 21.0, 16.0, 11.0]),
    (5451, 6800, [20.0, 30.0, 23.0, 17.0, 12.0]),
    (6801, 8500, [21.0, 32.0, 25.0, 19.0, 13.0]),
    (8501, 10_700, [22.0, 34.0, 27.0, 20.0, 14.0]),
];

#[test]
fn every_figure_of_the_table_is_the_published_one_from_the_first_to_the_last_of_its_band() {
    let mut next = 1;
    for (first, last, days) in PUBLISHED {
        assert_eq!(first, next, "no gap and no overlap");
        next = last + 1;
        let columns = [
            None,
            Some(Complexity::High),
            Some(Complexity::Medium),
            Some(Complexity::Low),
            Some(Complexity::Limited),
        ];
        for (complexity, days) in columns.into_iter().zip(days) {
            for people in [first, last] {
                let found = md5::half_days(people, complexity).unwrap();
                assert_eq!(f64::from(found) / 2.0, days, "{people} {complexity:?}");
            }
        }
    }
    assert_eq!(md5::half_days(next, None), None, "beyond the table");
    assert_eq!(next, 10_701);
}

#[test]
fn thirty_per_cent_down_and_eighty_per_cent_on_site_are_still_allowed() {
    let mut form = form(100);
    let reason = "Lihat laporan audit terakhir.".to_owned();
    form.adjustments = vec![Adjustment {
        code: AdjustmentCode::MatureSystem,
        percent: -30,
        reason,
    }];
    form.on_site_percent = 80;
    assert!(form.errors().is_empty());
    let result = form.calculate(&application("quality_iso9001", "initial"));
    let result = result.unwrap();
    assert_eq!(
        (result.man_days.halves(), result.on_site_days.halves()),
        (10, 8),
        "70 % of 7 days are 4.9, of 5 days 80 % are 4"
    );
}

#[test]
fn surveillance_takes_a_third_and_recertification_two_thirds() {
    let form = form(100);
    assert_eq!(man_days(&form, "quality_iso9001", "initial"), 7.0);
    assert_eq!(man_days(&form, "quality_iso9001", "surveillance"), 2.5);
    assert_eq!(man_days(&form, "quality_iso9001", "recertification"), 4.5);
}

#[test]
fn part_time_and_shifts_count_in_full_time_equivalents() {
    let form: AuditTimeForm = serde_json::from_value(json!({
        "rule": "iaf_md5",
        "personnel": [
            {"name": "Gilir 1", "people": 30, "hours_a_day": 8},
            {"name": "Gilir 2", "people": 20, "hours_a_day": 8, "counted_percent": 50, "reason": "Pekerjaan sama dengan gilir 1."},
            {"name": "Paruh waktu", "people": 5, "hours_a_day": 3},
        ],
    }))
    .unwrap();
    assert!(form.errors().is_empty());
    assert_eq!(form.effective_personnel(), 42, "30 + 10 + 1.875");
}

#[test]
fn other_schemes_and_kinds_and_the_end_of_the_table_are_set_by_hand_with_a_reason() {
    for (scheme, kind) in [
        ("product_sni", "initial"),
        ("food_safety_iso22000", "initial"),
        ("green_industry", "initial"),
        ("quality_iso9001", "special"),
    ] {
        assert_eq!(
            codes(&form(50), scheme, kind),
            [("/rule".to_owned(), "does_not_fit")]
        );
    }
    assert_eq!(
        codes(&form(10_701), "quality_iso9001", "initial"),
        [("/personnel".to_owned(), "does_not_fit")]
    );
    let mut by_hand: AuditTimeForm =
        serde_json::from_value(json!({"rule": "by_hand", "on_site_percent": 80})).unwrap();
    assert_eq!(
        codes(&by_hand, "food_safety_iso22000", "initial"),
        [
            ("/reason".to_owned(), "missing_field"),
            ("/man_days".to_owned(), "missing_field")
        ]
    );
    by_hand.reason = Some("ISO 22003-1, lampiran B.".to_owned());
    by_hand.man_days = Quantity::of_halves(9);
    let result = by_hand
        .calculate(&application("food_safety_iso22000", "initial"))
        .unwrap();
    assert_eq!(
        (result.man_days.halves(), result.on_site_days.halves()),
        (9, 8)
    );
}

#[test]
fn the_safety_table_wants_a_risk_and_knows_no_limited_one() {
    assert_eq!(
        codes(&form(50), "ohs_iso45001", "initial"),
        [("/complexity".to_owned(), "missing_field")]
    );
    let mut limited = form(50);
    limited.complexity = Some(Complexity::Limited);
    assert_eq!(
        codes(&limited, "ohs_iso45001", "initial"),
        [("/complexity".to_owned(), "does_not_fit")]
    );
}

#[test]
fn more_than_thirty_per_cent_down_and_less_than_eighty_on_site_are_refused() {
    let mut form = form(50);
    let one = |code, percent| Adjustment {
        code,
        percent,
        reason: "Lihat laporan audit terakhir.".to_owned(),
    };
    form.adjustments = vec![
        one(AdjustmentCode::MatureSystem, -20),
        one(AdjustmentCode::KnownOrganisation, -11),
    ];
    form.on_site_percent = 79;
    let pointers: Vec<_> = form
        .errors()
        .into_iter()
        .map(|fault| fault.pointer)
        .collect();
    assert_eq!(pointers, ["/adjustments", "/on_site_percent"]);
}

#[test]
fn the_table_grows_with_the_people_and_with_the_complexity() {
    for pair in md5::BANDS.windows(2) {
        assert!(pair[0].up_to < pair[1].up_to && pair[0].quality < pair[1].quality);
        for (small, large) in pair[0].by_complexity.iter().zip(pair[1].by_complexity) {
            assert!(*small <= large);
        }
    }
    for band in &md5::BANDS {
        assert!(band.by_complexity.is_sorted_by(|a, b| a >= b));
    }
}

proptest! {
    #[test]
    fn the_time_is_the_nearest_half_day_and_never_under_the_floor(
        people in 1_u32..=10_700, percent in -30_i32..=100, which in 0_usize..3,
    ) {
        let kind = ["initial", "surveillance", "recertification"][which];
        let part = [1.0, 1.0 / 3.0, 2.0 / 3.0][which];
        let mut form = form(people);
        if percent != 0 {
            let reason = "Lihat laporan.".to_owned();
            form.adjustments = vec![Adjustment { code: AdjustmentCode::Other, percent, reason }];
        }
        prop_assert!(form.errors().is_empty());
        let table = f64::from(md5::half_days(people, None).unwrap()) / 2.0 * part;
        let exact = table * f64::from(100 + percent) / 100.0;
        let days = man_days(&form, "quality_iso9001", kind);
        prop_assert!(days >= table * 0.7 - 1e-9, "{days} is less than 70 % of {table}");
        prop_assert!(days >= 0.5);
        let floor = (table * 0.7 * 2.0 - 1e-9).ceil() / 2.0;
        prop_assert!((days - exact).abs() <= 0.25 + 1e-9 || days == floor || days == 0.5);
    }

    #[test]
    fn more_people_and_a_higher_adjustment_never_take_less_time(
        people in 1_u32..10_700, more in 0_u32..500, percent in -30_i32..100,
    ) {
        let with = |people: u32, percent: i32| {
            let mut form = form(people.min(10_700));
            let reason = "Lihat laporan.".to_owned();
            form.adjustments = vec![Adjustment { code: AdjustmentCode::Other, percent, reason }];
            man_days(&form, "quality_iso9001", "initial")
        };
        prop_assert!(with(people, percent) <= with(people + more, percent));
        prop_assert!(with(people, percent) <= with(people, percent + 1));
    }

    #[test]
    fn at_least_the_stated_share_is_on_site(halves in 1_u32..2000, percent in MIN_ON_SITE..=100) {
        let part = on_site(Quantity::clamped(halves), percent);
        prop_assert!(part.halves() * 100 >= halves * u32::from(percent));
        prop_assert!(part.halves() <= halves);
    }
}
