//! A notice that follows a withdrawn one, and the code that went out with the first: of the same amount it stays, of another it is superseded by the next.
//! An application has one payable code, and what was paid is not asked for again.

use super::{BillingStatus, BillingView};

/// Whether a notice goes out with a new kode billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewCode {
    /// It must.
    Needed,
    /// It may: the earlier one has expired, and staff know whether it was paid in time.
    Optional,
    /// It must not: there is nothing to bill, or the earlier one still stands.
    Refused,
}

impl NewCode {
    /// For a notice whose e-billing lines come to `total` rupiah, after `earlier`, the code of the application that was not superseded.
    #[must_use]
    pub fn of(total: i64, earlier: Option<&BillingView>) -> Self {
        match earlier {
            _ if total == 0 => Self::Refused,
            Some(BillingView {
                status: BillingStatus::Paid | BillingStatus::Settled,
                ..
            }) => Self::Refused,
            Some(BillingView {
                status: BillingStatus::Issued,
                amount,
                ..
            }) if *amount == total => Self::Refused,
            Some(BillingView {
                status: BillingStatus::Expired,
                amount,
                ..
            }) if *amount == total => Self::Optional,
            Some(_) | None => Self::Needed,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::certification::billing::account::PaymentAccount;
    use crate::ids::{ApplicationId, BillingId};

    fn billed(amount: i64, status: BillingStatus) -> BillingView {
        let (issued_at, expires_at) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
        let (id, application_id) = (BillingId(Uuid::nil()), ApplicationId(Uuid::nil()));
        let (code, account) = ("820260706123456".to_owned(), PaymentAccount::of(amount, 0));
        let (superseded_at, payment) = (None, None);
        BillingView {
            id,
            application_id,
            code,
            amount,
            currency: "IDR",
            lines: Vec::new(),
            status,
            issued_at,
            expires_at,
            superseded_at,
            payment,
            account,
        }
    }

    #[test]
    fn an_earlier_billing_that_stands_is_not_billed_again() {
        for (total, earlier, expected) in [
            (9, None, NewCode::Needed),
            (0, None, NewCode::Refused),
            (9, Some((9, BillingStatus::Issued)), NewCode::Refused),
            (9, Some((8, BillingStatus::Issued)), NewCode::Needed),
            (9, Some((9, BillingStatus::Expired)), NewCode::Optional),
            (9, Some((8, BillingStatus::Expired)), NewCode::Needed),
            (9, Some((9, BillingStatus::Paid)), NewCode::Refused),
            (9, Some((9, BillingStatus::Settled)), NewCode::Refused),
            (9, Some((9, BillingStatus::Superseded)), NewCode::Needed),
            (0, Some((9, BillingStatus::Issued)), NewCode::Refused),
        ] {
            let earlier = earlier.map(|(amount, status)| billed(amount, status));
            assert_eq!(
                NewCode::of(total, earlier.as_ref()),
                expected,
                "{total} after {earlier:?}"
            );
        }
    }
}
