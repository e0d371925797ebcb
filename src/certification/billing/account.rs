//! The payment account of an application: the amount due by e-billing, and all payments under any
//! of its billing codes.

use serde::Serialize;

/// Amount due and amount received (rekening permohonan).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PaymentAccount {
    /// Tagihan: the amount of the payable billing code, in whole rupiah; 0 if there is none.
    #[schema(example = 9_000_000)]
    pub due: i64,
    /// Diterima: the sum of all payments without what was refunded, in whole rupiah.
    #[schema(example = 17_000_000)]
    pub received: i64,
    /// Belum dibayar: the amount still to be paid, in whole rupiah.
    #[schema(example = 0)]
    pub outstanding: i64,
    /// Kelebihan bayar: the amount paid in excess, in whole rupiah. If above 0, the treasurer
    /// decides on a refund.
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
    use proptest::prelude::*;

    use super::PaymentAccount;

    #[test]
    fn what_is_missing_and_what_is_too_much_is_told() {
        let account = |due, received| {
            let account = PaymentAccount::of(due, received);
            (account.outstanding, account.excess)
        };
        assert_eq!(account(9, 17), (0, 8));
        assert_eq!(account(9, 8), (1, 0));
        assert_eq!(account(0, 9), (0, 9));
        assert_eq!(account(9, 9), (0, 0));
    }

    proptest! {
        #[test]
        fn every_rupiah_is_counted_once(due in 0_i64..1 << 50, received in 0_i64..1 << 50) {
            let account = PaymentAccount::of(due, received);
            prop_assert_eq!(due, received + account.outstanding - account.excess);
            prop_assert!(account.outstanding == 0 || account.excess == 0);
        }
    }
}
