//! Billing of a notice that follows a withdrawn notice: an earlier code of the same amount is kept;
//! a code of another amount is replaced by the next. An application has one payable code, and a
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
                status: BillingStatus::Paid,
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
    use crate::certification::billing::SentText;
    use crate::certification::billing::account::PaymentAccount;
    use crate::ids::{ApplicationId, BillingId};

    fn billed(amount: i64, status: BillingStatus) -> BillingView {
        let text = SentText {
            text: String::new(),
            sent: String::new(),
        };
        BillingView {
            id: BillingId(Uuid::nil()),
            application_id: ApplicationId(Uuid::nil()),
            code: "820260706123456".to_owned(),
            amount,
            amount_in_words: String::new(),
            currency: "IDR",
            lines: Vec::new(),
            account_code: None,
            payer: text.clone(),
            note: text,
            status,
            payable: status == BillingStatus::Issued,
            issued_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::UNIX_EPOCH,
            from_payment_office: false,
            replaces: None,
            replaced_by: None,
            ended_at: None,
            ended_because: None,
            received: 0,
            refunded: 0,
            payments: Vec::new(),
            replacement_request: None,
            account: PaymentAccount::of(amount, 0),
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
            (9, Some((9, BillingStatus::Replaced)), NewCode::Needed),
            (9, Some((9, BillingStatus::Cancelled)), NewCode::Needed),
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
