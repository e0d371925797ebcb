//! PNBP figures: every billing code of a period with its money, added up by month, scheme and
//! account; and the deposit sheet of a month.

pub(crate) mod deposits;
pub(crate) mod store;
pub(crate) mod workbook;

use serde::Serialize;

use crate::certification::billing::BillingStatus;
use crate::certification::schemes::SchemeCode;

/// A number of billing codes and an amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MoneyTally {
    /// Billing codes.
    #[schema(example = 28)]
    pub count: u64,
    /// Whole rupiah.
    #[schema(example = 112_000_000)]
    pub amount: i64,
}

impl MoneyTally {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.amount += other.amount;
    }
}

/// The money of the billing codes with one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusTallies {
    /// Status.
    pub status: BillingStatus,
    /// Amounts of the codes.
    pub issued: MoneyTally,
    /// Received under them, transfers included.
    pub paid: MoneyTally,
    /// What is missing under each.
    pub missing: MoneyTally,
    /// Received beyond the amount of each.
    pub excess: MoneyTally,
    /// Refunded of it.
    pub refunded: MoneyTally,
}

/// PNBP of a period, in codes and in rupiah. In rupiah, `issued` and `excess` together are `paid`,
/// `waiting`, `expired`, `cancelled` and `replaced` together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PnbpFigures {
    /// Terbit: the amounts of all codes.
    pub issued: MoneyTally,
    /// Dibayar: received under any code, before refunds.
    pub paid: MoneyTally,
    /// Belum dibayar: what is missing under payable codes.
    pub waiting: MoneyTally,
    /// Kedaluwarsa: what is missing under expired codes.
    pub expired: MoneyTally,
    /// Dibatalkan: what is missing under cancelled codes.
    pub cancelled: MoneyTally,
    /// Digantikan: what is missing under replaced codes; their successors are issued.
    pub replaced: MoneyTally,
    /// Kelebihan bayar: received beyond the amount of a code.
    pub excess: MoneyTally,
    /// Dikembalikan: refunded of what was paid.
    pub refunded: MoneyTally,
}

impl PnbpFigures {
    /// Adds the codes of one status.
    pub fn add(&mut self, codes: &StatusTallies) {
        let owed = match codes.status {
            // A paid code may lack money that came under an earlier one of its application.
            BillingStatus::Issued | BillingStatus::Paid => &mut self.waiting,
            BillingStatus::Expired => &mut self.expired,
            BillingStatus::Cancelled => &mut self.cancelled,
            BillingStatus::Replaced => &mut self.replaced,
        };
        owed.add(codes.missing);
        self.issued.add(codes.issued);
        self.paid.add(codes.paid);
        self.excess.add(codes.excess);
        self.refunded.add(codes.refunded);
    }
}

/// The figures of a month, a scheme and an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PnbpGroup {
    /// Month of issue (WIB).
    #[schema(example = "2026-07")]
    pub month: String,
    /// Scheme.
    pub scheme: SchemeCode,
    /// Kode akun; null for codes without one.
    #[schema(example = "425261")]
    pub account_code: Option<String>,
    /// The figures.
    pub figures: PnbpFigures,
}

/// The PNBP report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PnbpReport {
    /// The sums of all codes of the filter.
    pub total: PnbpFigures,
    /// By month, scheme and account.
    pub groups: Vec<PnbpGroup>,
}

/// The codes of one status with their group.
pub type GroupedTallies = ((String, SchemeCode, Option<String>), StatusTallies);

/// Adds the tallies up; they come in the order of their groups.
pub fn report(codes: impl IntoIterator<Item = GroupedTallies>) -> PnbpReport {
    let (mut total, mut groups) = (PnbpFigures::default(), Vec::<PnbpGroup>::new());
    for ((month, scheme, account_code), money) in codes {
        total.add(&money);
        let is_same = |group: &PnbpGroup| {
            group.month == month && group.scheme == scheme && group.account_code == account_code
        };
        if let Some(group) = groups.last_mut().filter(|group| is_same(group)) {
            group.figures.add(&money);
        } else {
            let mut figures = PnbpFigures::default();
            figures.add(&money);
            groups.push(PnbpGroup {
                month,
                scheme,
                account_code,
                figures,
            });
        }
    }
    PnbpReport { total, groups }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally(amount: i64) -> MoneyTally {
        MoneyTally {
            count: u64::from(amount > 0),
            amount,
        }
    }

    /// The tallies of one code.
    fn any_money() -> impl Strategy<Value = StatusTallies> {
        let status = prop::sample::select(vec![
            BillingStatus::Issued,
            BillingStatus::Paid,
            BillingStatus::Expired,
            BillingStatus::Cancelled,
            BillingStatus::Replaced,
        ]);
        (1_i64..50_000_000, 0_i64..100_000_000, status).prop_map(|(amount, received, status)| {
            StatusTallies {
                status,
                issued: tally(amount),
                paid: tally(received),
                missing: tally((amount - received).max(0)),
                excess: tally((received - amount).max(0)),
                refunded: tally(received / 3),
            }
        })
    }

    proptest! {
        #[test]
        fn every_rupiah_is_in_one_figure_and_the_groups_are_the_total(money in prop::collection::vec((0_u8..3, any_money()), 0..40)) {
            let mut money = money;
            money.sort_by_key(|(month, _)| *month);
            let codes = money.iter().map(|(month, money)| ((format!("2026-0{month}"), SchemeCode::QualityIso9001, None), *money));
            let PnbpReport { total, groups } = report(codes);
            let missing = total.waiting.amount + total.expired.amount + total.cancelled.amount + total.replaced.amount;
            prop_assert_eq!(total.issued.amount + total.excess.amount, total.paid.amount + missing);
            prop_assert_eq!(total.issued.amount, money.iter().map(|(_, money)| money.issued.amount).sum::<i64>());
            prop_assert_eq!(total.paid.amount, money.iter().map(|(_, money)| money.paid.amount).sum::<i64>());
            prop_assert!(total.refunded.amount <= total.paid.amount);
            for of in [|figures: &PnbpFigures| figures.issued, |figures: &PnbpFigures| figures.paid, |figures: &PnbpFigures| figures.waiting, |figures: &PnbpFigures| figures.refunded] {
                prop_assert_eq!(groups.iter().map(|group| of(&group.figures).amount).sum::<i64>(), of(&total).amount);
                prop_assert_eq!(groups.iter().map(|group| of(&group.figures).count).sum::<u64>(), of(&total).count);
            }
        }
    }
}
