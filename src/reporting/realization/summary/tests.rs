use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::row::BillingRealization;
use super::super::samples::any_row;
use super::*;
use crate::certification::billing::BillingStatus;

fn sums(rows: &[RealizationRow]) -> RealizationSummary {
    let mut sums = Sums::default();
    for row in rows {
        sums.add(row);
    }
    sums.summary()
}

/// Counts each key in the naive way.
fn counted<T: Ord>(keys: impl IntoIterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// Twice the median.
fn median(mut values: Vec<i64>) -> Option<f64> {
    values.sort_unstable();
    let middle = values.len().checked_sub(1)? / 2;
    Some(f64::from(
        i32::try_from(values[middle] + values[values.len() / 2]).unwrap(),
    ))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_sums_are_those_of_the_rows(rows in proptest::collection::vec(any_row(), 0..60)) {
        let summary = sums(&rows);
        let number = |count: usize| count as u64;
        prop_assert_eq!(summary.count, number(rows.len()));
        prop_assert_eq!(summary.open, number(rows.iter().filter(|row| row.age_days.is_some()).count()));
        prop_assert_eq!(summary.open + summary.sent + summary.ended_aside, summary.count);
        for (i, step) in summary.steps.iter().enumerate() {
            let of_rows: Vec<_> = rows.iter().map(|row| &row.steps[i]).filter(|step| step.used_minutes.is_some()).collect();
            let kept = |kept| number(of_rows.iter().filter(|step| step.on_time == kept).count());
            prop_assert_eq!((step.reached, step.on_time, step.late, step.undecided), (number(of_rows.len()), kept(Some(true)), kept(Some(false)), kept(None)));
            let ended: Vec<_> = of_rows.iter().filter(|step| step.ended_at.is_some()).filter_map(|step| step.used_minutes).collect();
            prop_assert_eq!(step.minutes.count, number(ended.len()));
            prop_assert_eq!(step.minutes.median.map(|median| median * 2.0), median(ended));
            prop_assert!(step.overdue_now <= step.late);
        }
        prop_assert_eq!(summary.backlog.iter().map(|line| line.count).sum::<u64>(), summary.open);
        let by_stage = counted(rows.iter().filter(|row| row.age_days.is_some()).map(|row| row.stage as u8));
        prop_assert_eq!(summary.backlog.iter().map(|line| (line.stage as u8, line.count)).collect::<BTreeMap<_, _>>(), by_stage);
        prop_assert!(summary.backlog.iter().all(|line| line.ages.iter().map(|age| age.count).sum::<u64>() == line.count));
        for groups in [&summary.by_scheme, &summary.by_month, &summary.by_month_and_scheme, &summary.by_province] {
            prop_assert_eq!(groups.iter().map(|group| group.count).sum::<u64>(), summary.count);
            prop_assert_eq!(groups.iter().map(|group| group.open).sum::<u64>(), summary.open);
        }
        let billings = || rows.iter().filter_map(|row| row.billing.as_ref());
        let received = |billing: &BillingRealization| billing.payments.iter().map(|payment| payment.amount).sum::<i64>();
        let owed = |expired: bool| -> i64 {
            let owing = billings().filter(|billing| (billing.status == BillingStatus::Expired) == expired);
            owing.map(|billing| (billing.amount - received(billing)).max(0)).sum()
        };
        let pnbp = &summary.pnbp;
        prop_assert_eq!([pnbp.issued.amount, pnbp.paid.amount, pnbp.expired.amount, pnbp.waiting.amount, pnbp.excess.amount], [
            billings().map(|billing| billing.amount).sum(), billings().map(received).sum(), owed(true), owed(false),
            billings().map(|billing| (received(billing) - billing.amount).max(0)).sum(),
        ]);
        prop_assert_eq!(pnbp.issued.amount + pnbp.excess.amount, pnbp.paid.amount + pnbp.expired.amount + pnbp.waiting.amount, "every rupiah is somewhere");
        prop_assert_eq!(pnbp.issued.count, number(billings().count()));
        prop_assert_eq!(summary.deficiencies.iter().map(|one| one.items).sum::<u64>(), number(rows.iter().map(|row| row.deficiency_items).sum()));
        let days = rows.iter().filter_map(|row| row.notice.as_ref()).map(|notice| notice.audit_dates.len() * (1 + notice.team_members.len()));
        prop_assert_eq!(summary.auditors.iter().map(|one| one.days).sum::<u64>(), number(days.sum()));
    }

    #[test]
    fn the_sums_do_not_depend_on_where_the_pages_end(rows in proptest::collection::vec(any_row(), 0..40)) {
        let backwards: Vec<_> = rows.iter().rev().cloned().collect();
        prop_assert_eq!(sums(&rows), sums(&backwards));
    }

    #[test]
    fn a_row_adds_up(row in any_row()) {
        let of = |office: bool| row.steps.iter().filter(move |step| (step.party == crate::sop::table::Party::Office) == office).filter_map(|step| step.used_minutes);
        prop_assert_eq!((of(true).sum::<i64>(), of(false).sum::<i64>()), (row.office_minutes, row.customer_minutes));
        prop_assert_eq!(row.office_difference_minutes, row.office_minutes - 225);
        for step in &row.steps {
            prop_assert_eq!(step.used_minutes.unwrap_or(0), step.rounds.iter().map(|round| round.used_minutes).sum::<i64>());
            prop_assert_eq!(step.difference_minutes, step.used_minutes.zip(step.standard_minutes).map(|(used, standard)| used - standard));
            prop_assert_eq!(step.used_minutes.is_some(), step.started_at.is_some());
        }
    }
}
