//! The payment account of an application: the amount due by e-billing, and all payments under any
//! of its billing codes.

use serde::Serialize;

/// Amount due and amount received (rekening permohonan).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PaymentAccount {
    /// Tagihan: the amount of the payable billing code, in whole rupiah; 0 if there is none.
    #[schema(example = 9_000_000)]
    pub due: i64,
    /// Diterima: the sum of all payments, in whole rupiah.
    #[schema(example = 17_000_000)]
    pub received: i64,
    /// Belum dibayar: the amount still to be paid, in whole rupiah.
    #[schema(example = 0)]
    pub outstanding: i64,
    /// Kelebihan bayar: the amount paid in excess, in whole rupiah. If above 0, staff must decide
    /// whether to refund it or to charge it otherwise.
    #[schema(example = 8_000_000)]
    pub excess: i64,
}

impl PaymentAccount {
    /// The account with `due` rupiah owed and `received` rupiah paid.
    pub fn of(due: i64, received: i64) -> Self {
        Self {
            due,
            received,
            outstanding: due.saturating_sub(received).max(0),
            excess: received.saturating_sub(due).max(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::PaymentAccount;
    use crate::certification::billing::{BillingFacts, BillingStatus};

    /// Row 8: 8 and 9 million were billed, and both billings were paid.
    #[test]
    fn every_rupiah_is_counted_and_what_is_too_much_is_told() {
        assert_eq!(
            PaymentAccount::of(9, 17),
            PaymentAccount {
                due: 9,
                received: 17,
                outstanding: 0,
                excess: 8
            }
        );
        assert_eq!(
            PaymentAccount::of(9, 8),
            PaymentAccount {
                due: 9,
                received: 8,
                outstanding: 1,
                excess: 0
            }
        );
        assert_eq!(
            PaymentAccount::of(0, 9),
            PaymentAccount {
                due: 0,
                received: 9,
                outstanding: 0,
                excess: 9
            }
        );
        assert_eq!(
            PaymentAccount::of(9, 9),
            PaymentAccount {
                due: 9,
                received: 9,
                outstanding: 0,
                excess: 0
            }
        );
        for (due, received) in [(0, 0), (9, 0), (9, 8), (9, 9), (9, 17), (0, 9)] {
            let account = PaymentAccount::of(due, received);
            assert_eq!(
                due,
                received + account.outstanding - account.excess,
                "{account:?}"
            );
        }
    }

    #[test]
    fn a_code_is_payable_only_while_something_is_owed_under_it() {
        let (expires_at, late) = (
            DateTime::UNIX_EPOCH,
            DateTime::UNIX_EPOCH + TimeDelta::microseconds(1),
        );
        for (paid, superseded, received, now, expected) in [
            (false, false, 0, expires_at, BillingStatus::Issued),
            (false, false, 8, expires_at, BillingStatus::Issued),
            (false, false, 0, late, BillingStatus::Expired),
            (false, false, 9, expires_at, BillingStatus::Settled),
            (false, false, 9, late, BillingStatus::Settled),
            (false, true, 0, expires_at, BillingStatus::Superseded),
            (false, true, 9, late, BillingStatus::Superseded),
            (true, true, 17, late, BillingStatus::Paid),
            (true, false, 9, late, BillingStatus::Paid),
        ] {
            let facts = BillingFacts {
                paid,
                superseded,
                account: PaymentAccount::of(9, received),
                expires_at,
            };
            assert_eq!(facts.status(now), expected, "{facts:?}");
        }
    }
}
