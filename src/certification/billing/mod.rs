//! E-billing: the fifteen-digit billing code (kode billing) under which the customer pays, and the
//! payments (NTPN). A billing has its own status and never changes the stage of the application.

pub(crate) mod account;
mod booking;
pub(crate) mod callback;
pub(crate) mod corrections;
pub(crate) mod http;
pub(crate) mod new_code;
pub(crate) mod payment;
mod payment_http;
pub(crate) mod payment_report;
pub(crate) mod reconciliation;
pub(crate) mod replacement;
pub(crate) mod requests;
pub(crate) mod store;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use self::account::PaymentAccount;
use self::payment::is_plausible;
pub use self::payment::{PaymentForm, PaymentView};
use super::cost::CostLine;
use crate::error::{Error, FieldError, Result, fault};
use crate::ids::{ApplicationId, BillingId};
use crate::text::is_digits;
use crate::web::Registry;

/// Default validity of a billing code: 7 × 24 hours (design: certification 2.2).
const VALIDITY: TimeDelta = TimeDelta::days(7);

/// The longest validity that is entered; a longer one is a typing error.
const MAX_VALIDITY: TimeDelta = TimeDelta::days(366);

/// Registers the operations of e-billing that are no step of the SOP.
pub fn routes(config: &mut impl Registry) {
    config
        .service(http::list_billings)
        .service(payment_http::list_payments)
        .service(payment_http::read_payment)
        .service(corrections::propose_payment_correction)
        .service(corrections::decide_payment_correction)
        .service(callback::receive_payments)
        .service(reconciliation::http::add_treasury_statement)
        .service(reconciliation::http::list_payment_reports)
        .service(reconciliation::http::confirm_payment_report)
        .service(reconciliation::http::dismiss_payment_report);
}

/// An account code (kode akun) to filter by: six digits.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, example = "425261", pattern = "^[0-9]{6}$")]
pub struct AccountCode(pub String);

impl TryFrom<String> for AccountCode {
    type Error = &'static str;

    fn try_from(code: String) -> std::result::Result<Self, Self::Error> {
        if is_digits(&code, 6) {
            Ok(Self(code))
        } else {
            Err("an account code has 6 digits")
        }
    }
}

/// A billing code (kode billing), entered by staff from SIMPONI.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingForm {
    /// Fifteen digits.
    #[schema(example = "820260706123456", pattern = "^[0-9]{15}$")]
    pub code: String,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Last moment to pay; seven days after issue if left out.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Kode akun PNBP, six digits, if the office knows it.
    #[serde(default)]
    #[schema(example = "425261", pattern = "^[0-9]{6}$")]
    pub account_code: Option<String>,
}

impl BillingForm {
    /// The last moment to pay.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
            .or_else(|| self.issued_at.checked_add_signed(VALIDITY))
            .unwrap_or(self.issued_at)
    }

    /// Validates the billing at `now`.
    pub fn errors_at(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if !is_digits(&self.code, 15) {
            faults.push(fault(
                "/billing/code",
                "wrong_value",
                "Kode billing terdiri dari 15 angka.",
                "A kode billing has 15 digits.",
            ));
        }
        if self
            .account_code
            .as_deref()
            .is_some_and(|code| !is_digits(code, 6))
        {
            faults.push(fault(
                "/billing/account_code",
                "wrong_value",
                "Kode akun terdiri dari 6 angka.",
                "An account code has 6 digits.",
            ));
        }
        if self.issued_at > now {
            faults.push(fault(
                "/billing/issued_at",
                "in_the_future",
                "Waktu ini belum tiba.",
                "This time is in the future.",
            ));
        } else if !is_plausible(self.issued_at, now) {
            faults.push(fault(
                "/billing/issued_at",
                "wrong_value",
                "Dari tahun 2000 sampai sekarang.",
                "From the year 2000 until now.",
            ));
        }
        if self.expires_at() <= self.issued_at {
            faults.push(fault(
                "/billing/expires_at",
                "wrong_order",
                "Harus setelah waktu penerbitan.",
                "It must be after the time of issue.",
            ));
        } else if self.expires_at() <= now {
            faults.push(fault(
                "/billing/expires_at",
                "in_the_past",
                "Kode sudah kedaluwarsa.",
                "The code has expired.",
            ));
        } else if self.expires_at() - self.issued_at > MAX_VALIDITY {
            faults.push(fault(
                "/billing/expires_at",
                "wrong_value",
                "Paling lama 366 hari setelah waktu penerbitan.",
                "At most 366 days after the time of issue.",
            ));
        }
        faults
    }
}

/// Path of a billing.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtBilling {
    /// Id of the billing.
    pub id: BillingId,
}

/// The status of a billing; the database function `billing_status` derives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillingStatus {
    /// Terbit: payable.
    Issued,
    /// Dibayar: its application owes nothing more.
    Paid,
    /// Kedaluwarsa: past its last moment to pay; derived from time, never stored.
    Expired,
    /// Dibatalkan: not payable any more, because nothing is due or the code is wrong.
    Cancelled,
    /// Digantikan: not payable any more, because a newer code took its place.
    Replaced,
}

impl BillingStatus {
    const ALL: [Self; 5] = [
        Self::Issued,
        Self::Paid,
        Self::Expired,
        Self::Cancelled,
        Self::Replaced,
    ];

    /// The code in JSON and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
        }
    }

    /// The status with this code.
    ///
    /// # Errors
    /// An internal error for an unknown code.
    pub fn read(code: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|status| status.code() == code)
            .ok_or_else(|| Error::internal(format!("billing_status gave {code}")))
    }
}

/// The status of a request of a billing code at the payment office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::EnumString, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum BillingRequestStatus {
    /// The payment office has not answered yet; the request is repeated.
    Waiting,
    /// The code has come and is not used yet.
    Issued,
    /// The payment office refused the request.
    Refused,
    /// The code is that of a billing.
    Used,
    /// The code is not needed any more.
    Dropped,
}

/// A request of a billing code at the payment office.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BillingRequestView {
    /// Status.
    pub status: BillingRequestStatus,
    /// Code of the last failure.
    #[schema(example = "timeout")]
    pub failure: Option<String>,
    /// When it was made.
    pub requested_at: DateTime<Utc>,
}

/// A text as the office writes it and as SIMPONI takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SentText {
    /// As the office writes it.
    #[schema(example = "PT Ma'ruf Anak-anak")]
    pub text: String,
    /// As SIMPONI takes it: without apostrophes, hyphens and slashes, cut to its limit.
    #[schema(example = "PT Maruf Anak anak")]
    pub sent: String,
}

/// A billing.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BillingView {
    /// Id of the billing.
    pub id: BillingId,
    /// The application it belongs to.
    pub application_id: ApplicationId,
    /// Billing code, fifteen digits.
    #[schema(example = "820260706123456")]
    pub code: String,
    /// Amount in whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// The amount in Indonesian words (terbilang).
    #[schema(example = "Sembilan juta rupiah")]
    pub amount_in_words: String,
    /// Always `IDR`.
    #[schema(example = "IDR")]
    pub currency: &'static str,
    /// Cost lines; their sum is the amount.
    pub lines: Vec<CostLine>,
    /// Kode akun PNBP; null until the office names it.
    #[schema(example = "425261")]
    pub account_code: Option<String>,
    /// Nama wajib bayar.
    pub payer: SentText,
    /// Keterangan.
    pub note: SentText,
    /// Status.
    pub status: BillingStatus,
    /// True if this is the code to pay now. An application has at most one.
    pub payable: bool,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Last moment to pay.
    pub expires_at: DateTime<Utc>,
    /// True if the code came from the payment office; false if staff typed it in.
    pub from_payment_office: bool,
    /// The billing whose place this one took.
    pub replaces: Option<BillingId>,
    /// The billing that took the place of this one: pay that one.
    pub replaced_by: Option<BillingId>,
    /// When the code was replaced or cancelled; null if it is the current code of its application.
    /// Later payments under it are still recorded.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was replaced or cancelled.
    pub ended_because: Option<String>,
    /// Received under this code, transfers included, in whole rupiah.
    #[schema(example = 9_000_000)]
    pub received: i64,
    /// Refunded of it, in whole rupiah.
    #[schema(example = 0)]
    pub refunded: i64,
    /// The payments under this code, the earliest first.
    pub payments: Vec<PaymentView>,
    /// The last request of a code that is to replace this one; null without any.
    pub replacement_request: Option<BillingRequestView>,
    /// Payment account of the application, over all its billing codes.
    pub account: PaymentAccount,
}

impl BillingView {
    /// True if the amount was received, under this code or another one.
    pub fn is_paid(&self) -> bool {
        self.status == BillingStatus::Paid
    }

    /// True if the amount was received, or the whole amount is still under this code: such a code is
    /// neither replaced nor cancelled. Money that is less than the amount can be moved to the next
    /// code.
    pub fn is_settled(&self) -> bool {
        self.is_paid() || self.received - self.refunded >= self.amount
    }
}
