use proptest::prelude::*;

use super::*;
use crate::certification::tariffs::{Tariff, TariffKind};

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(day.into())
}

fn price(code: &str, amount: i64, from: u32, to: Option<u32>) -> Tariff {
    Tariff {
        code: code.to_owned(),
        kind: TariffKind::Service,
        label: "Ketua tim".to_owned(),
        unit: "OH".to_owned(),
        amount,
        ceiling: None,
        province: None,
        legal_basis: "PP 47/2011".to_owned(),
        valid_from: day(from),
        valid_to: to.map(day),
        is_example: false,
    }
}

/// The list after the import of `rows`, carried out in memory.
fn imported(stored: &[(Uuid, Tariff)], rows: Vec<(usize, Tariff)>) -> Result<Vec<(Uuid, Tariff)>> {
    let plan = ImportPlan::of(rows, stored)?;
    let mut list = stored.to_vec();
    for change in &plan.changes {
        if let Some(id) = change.previous_id {
            let (_, ended) = list.iter_mut().find(|(known, _)| *known == id).unwrap();
            *ended = ended.clone().ending(change.previous_valid_to);
        }
        if matches!(change.kind, ChangeKind::Added | ChangeKind::Follows) {
            list.push((Uuid::new_v4(), change.entry.clone()));
        }
    }
    Ok(list)
}

#[test]
fn a_later_price_ends_the_one_before_it_and_a_known_one_only_ends() {
    let id = Uuid::nil();
    let stored = [(id, price("A", 1, 0, None))];
    let plan = ImportPlan::of(
        vec![(2, price("A", 2, 10, None)), (3, price("B", 1, 0, Some(5)))],
        &stored,
    )
    .unwrap();
    assert_eq!((plan.added, plan.ended, plan.unchanged), (2, 1, 0));
    assert_eq!(plan.changes[0].kind, ChangeKind::Follows);
    assert_eq!(plan.changes[0].previous_valid_to, Some(day(9)));
    assert_eq!(plan.changes[1].kind, ChangeKind::Added);
    let same = ImportPlan::of(vec![(2, price("A", 1, 0, None))], &stored).unwrap();
    assert_eq!(same.changes[0].kind, ChangeKind::Unchanged);
    let ended = ImportPlan::of(vec![(2, price("A", 1, 0, Some(3)))], &stored).unwrap();
    assert_eq!(
        (ended.changes[0].kind, ended.changes[0].previous_valid_to),
        (ChangeKind::Ended, Some(day(3)))
    );
}

#[test]
fn a_price_is_never_changed_and_two_never_overlap() {
    let stored = [
        (Uuid::from_u128(1), price("A", 1, 10, Some(19))),
        (Uuid::from_u128(2), price("A", 2, 20, None)),
    ];
    for wrong in [
        price("A", 9, 10, Some(19)),
        price("A", 9, 20, None),
        price("A", 9, 5, None),
        price("A", 9, 15, Some(17)),
        price("A", 9, 15, Some(25)),
        price("A", 1, 10, Some(20)),
        price("A", 1, 10, None),
    ] {
        let faults = ImportPlan::of(vec![(2, wrong.clone())], &stored)
            .unwrap_err()
            .into_faults()
            .unwrap();
        assert_eq!(
            (faults[0].pointer.as_str(), faults[0].code),
            ("/2/valid_from", "overlapping_periods"),
            "{wrong:?}"
        );
    }
    let twice = vec![(2, price("B", 1, 0, Some(5))), (3, price("B", 2, 5, None))];
    let faults = ImportPlan::of(twice, &[])
        .unwrap_err()
        .into_faults()
        .unwrap();
    assert_eq!(faults[0].pointer, "/3/valid_from");
    let backwards = vec![(2, price("B", 1, 5, Some(4)))];
    let faults = ImportPlan::of(backwards, &[])
        .unwrap_err()
        .into_faults()
        .unwrap();
    assert_eq!(
        (faults[0].pointer.as_str(), faults[0].code),
        ("/2/valid_to", "before_first_day")
    );
}

fn prices() -> impl Strategy<Value = Vec<(usize, Tariff)>> {
    let one = (
        0..2_usize,
        1..4_i64,
        0..30_u32,
        proptest::option::of(0..15_u32),
    );
    proptest::collection::vec(one, 1..4).prop_map(|rows| {
        let row = |(code, amount, from, long): (usize, i64, u32, Option<u32>)| {
            price(["A", "B"][code], amount, from, long.map(|long| from + long))
        };
        rows.into_iter()
            .map(row)
            .zip(2..)
            .map(|(row, line)| (line, row))
            .collect()
    })
}

proptest! {
    /// Whatever is imported in whatever order: on each day there is at most one price of a code, no
    /// stored price changes its terms or its first day, and a repeated import does nothing.
    #[test]
    fn on_each_day_a_code_has_at_most_one_price(files in proptest::collection::vec(prices(), 1..8)) {
        let mut list: Vec<(Uuid, Tariff)> = Vec::new();
        for file in files {
            let before = list.clone();
            let Ok(after) = imported(&list, file.clone()) else { continue };
            list = after;
            for (i, (_, one)) in list.iter().enumerate() {
                prop_assert!(one.valid_to.is_none_or(|to| one.valid_from <= to), "{one:?}");
                for (_, other) in &list[..i] {
                    prop_assert!(one.code != other.code || !overlap(one, other), "{one:?} {other:?}");
                }
            }
            for (id, was) in &before {
                let is = &list.iter().find(|(known, _)| known == id).unwrap().1;
                prop_assert_eq!(was.clone().ending(None), is.clone().ending(None));
            }
            let again = ImportPlan::of(file, &list).unwrap();
            prop_assert_eq!((again.added, again.ended), (0, 0));
        }
    }
}
