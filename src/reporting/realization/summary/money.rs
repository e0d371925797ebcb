//! PNBP: what is billed, what came in, and what is still to come.

use serde::Serialize;

use crate::certification::billing::BillingStatus;
use crate::reporting::realization::row::BillingRealization;

/// PNBP of a report, in files and in rupiah. What is billed and what came in beyond it is what was paid, what has expired, and what still waits:
/// `issued + excess = paid + expired + waiting`, in rupiah.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PnbpSummary {
    /// Terbit: what is billed under the one payable code of each file; a code that was superseded counts no more.
    pub issued: PnbpTally,
    /// Dibayar: every rupiah that came in, under whichever code.
    pub paid: PnbpTally,
    /// Kedaluwarsa: still owed, and its code has expired.
    pub expired: PnbpTally,
    /// Belum dibayar: still owed, and payable.
    pub waiting: PnbpTally,
    /// Kelebihan bayar: what came in beyond what is billed.
    pub excess: PnbpTally,
}

/// How many, and how much.
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
