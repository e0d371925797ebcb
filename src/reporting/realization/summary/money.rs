//! PNBP: what was billed, and what became of it.

use serde::Serialize;

use crate::certification::billing::BillingStatus;
use crate::reporting::realization::row::BillingRealization;

/// PNBP of a report. Issued is all of it; each is paid, expired, or still waiting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PnbpSummary {
    /// Terbit: every e-billing.
    pub issued: PnbpTally,
    /// Dibayar.
    pub paid: PnbpTally,
    /// Kedaluwarsa.
    pub expired: PnbpTally,
    /// Belum dibayar, and still payable.
    pub waiting: PnbpTally,
}

/// How many, and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PnbpTally {
    /// E-billings.
    #[schema(example = 28)]
    pub count: u64,
    /// Whole rupiah.
    #[schema(example = 112_000_000)]
    pub amount: i64,
}

impl PnbpSummary {
    /// Adds the e-billing of one file.
    pub(super) fn add(&mut self, billing: &BillingRealization) {
        let became = match billing.status {
            BillingStatus::Paid => &mut self.paid,
            BillingStatus::Expired => &mut self.expired,
            BillingStatus::Issued => &mut self.waiting,
        };
        for tally in [became, &mut self.issued] {
            tally.count += 1;
            tally.amount += billing.amount;
        }
    }
}
