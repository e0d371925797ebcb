//! PNBP: billed, received and outstanding amounts.

use serde::Serialize;

use crate::certification::billing::BillingStatus;
use crate::reporting::realization::row::BillingRealization;

/// PNBP of a report, in files and in rupiah. In rupiah, `issued + excess = paid + expired +
/// waiting`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PnbpSummary {
    /// Terbit: billed under the one payable code of each file; ended codes do not count.
    pub issued: PnbpTally,
    /// Dibayar: received under any code.
    pub paid: PnbpTally,
    /// Kedaluwarsa: outstanding, with an expired code.
    pub expired: PnbpTally,
    /// Belum dibayar: outstanding, with a payable code.
    pub waiting: PnbpTally,
    /// Kelebihan bayar: received beyond the billed amount.
    pub excess: PnbpTally,
}

/// A number of files and an amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PnbpTally {
    /// Files.
    #[schema(example = 28)]
    pub count: u64,
    /// Whole rupiah.
    #[schema(example = 112_000_000)]
    pub amount: i64,
}

impl PnbpSummary {
    /// Adds the account of one file.
    pub(super) fn add(&mut self, billing: &BillingRealization) {
        let account = billing.account;
        let owed = if billing.status == BillingStatus::Expired {
            &mut self.expired
        } else {
            &mut self.waiting
        };
        for (tally, amount) in [
            (owed, account.outstanding),
            (&mut self.issued, account.due),
            (&mut self.paid, account.received),
            (&mut self.excess, account.excess),
        ] {
            tally.count += u64::from(amount > 0);
            tally.amount += amount;
        }
    }
}
