//! Billing of a notice that follows a withdrawn notice: an earlier code of the same amount is kept;
//! a code of another amount is superseded by the next. An application has one payable code, and a
//! paid amount is not billed again.

use super::{BillingStatus, BillingView};

/// Whether a notice is sent with a new billing code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewCode {
    /// A new code is required.
    Needed,
    /// A new code is optional: the earlier one has expired, and staff know whether it was paid in
    /// time.
    Optional,
    /// A new code is refused: nothing is to be billed, or the earlier code is still valid or paid.
    Refused,
}

impl NewCode {
    /// Decides for a notice whose e-billing lines sum up to `total` rupiah. `earlier` is the
    /// current code of the application.
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
