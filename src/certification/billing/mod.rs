//! E-billing: the fifteen-digit billing code (kode billing) under which the customer pays, and the
//! payment (NTPN). A billing has its own status and never changes the stage of the application.

pub(crate) mod account;
pub(crate) mod http;
pub(crate) mod store;
pub(crate) mod superseded;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use self::account::PaymentAccount;
use super::cost::CostLine;
use super::form::check_line;
use crate::error::{FieldError, fault};
use crate::ids::{ApplicationId, BillingId, PaymentId};
use crate::web::body::Validate;

/// Default validity of a billing code: 7 × 24 hours (design: certification 2.2).
const VALIDITY: TimeDelta = TimeDelta::days(7);

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
        if !(self.code.len() == 15 && self.code.bytes().all(|byte| byte.is_ascii_digit())) {
            faults.push(fault(
                "/billing/code",
                "wrong_value",
                "Kode billing terdiri dari 15 angka.",
                "A kode billing has 15 digits.",
            ));
        }
        if self.issued_at > now {
            faults.push(fault(
                "/billing/issued_at",
                "in_the_future",
                "Waktu ini belum tiba.",
                "This time is in the future.",
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
        }
        faults
    }
}

/// A payment, entered by the treasurer from the receipt (bukti setor).
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentForm {
    /// Nomor Transaksi Penerimaan Negara: sixteen letters and digits; lower case is converted to
    /// upper case.
    #[schema(example = "A1B2C3D4E5F6G7H8", pattern = "^[0-9A-Za-z]{16}$")]
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    #[serde(default)]
    #[schema(example = "000123456789", min_length = 1, max_length = 200)]
    pub ntb: Option<String>,
    /// Time of payment.
    pub paid_at: DateTime<Utc>,
    /// Amount in whole rupiah; must equal the amount of the billing.
    #[schema(example = 9_000_000, minimum = 1)]
    pub amount: i64,
    /// Bank, post office or fintech that took the payment.
    #[serde(default)]
    #[schema(example = "Bank Sumsel Babel", min_length = 1, max_length = 200)]
    pub bank: Option<String>,
}

impl PaymentForm {
    /// The NTPN in upper case.
    pub fn ntpn(&self) -> String {
        self.ntpn.to_ascii_uppercase()
    }

    /// The time of payment in the precision of the database (microseconds).
    pub fn paid_at(&self) -> DateTime<Utc> {
        self.paid_at.trunc_subsecs(6)
    }

    /// The fields that differ from `stored`, the payment recorded under the same NTPN. Empty if the
    /// same payment is reported again.
    pub fn differences(&self, stored: &PaymentView) -> Vec<FieldError> {
        let differs = [
            ("/amount", self.amount != stored.amount),
            (
                "/paid_at",
                self.paid_at() != stored.paid_at.trunc_subsecs(6),
            ),
            (
                "/ntb",
                trimmed(self.ntb.as_deref()) != trimmed(stored.ntb.as_deref()),
            ),
            (
                "/bank",
                trimmed(self.bank.as_deref()) != trimmed(stored.bank.as_deref()),
            ),
        ];
        let faults = differs
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(pointer, _)| {
                fault(
                    pointer,
                    "recorded_otherwise",
                    "Nilai yang tercatat untuk NTPN ini berbeda.",
                    "A different value is recorded under this NTPN.",
                )
            });
        faults.collect()
    }
}

fn trimmed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim)
}

impl Validate for PaymentForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if !(self.ntpn.len() == 16 && self.ntpn.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            faults.push(fault(
                "/ntpn",
                "wrong_value",
                "NTPN terdiri dari 16 huruf dan angka; bedakan O dan 0, I dan 1.",
                "An NTPN has 16 letters and digits; distinguish O from 0 and I from 1.",
            ));
        }
        for (pointer, value) in [("/ntb", &self.ntb), ("/bank", &self.bank)] {
            if let Some(value) = value {
                check_line(&mut faults, pointer, value);
            }
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

/// The status of a billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillingStatus {
    /// Terbit: payable.
    Issued,
    /// Dibayar.
    Paid,
    /// Kedaluwarsa: past its last moment to pay; derived, never stored.
    Expired,
    /// Digantikan: not payable any more, because a newer code replaced it or nothing is due.
    Superseded,
    /// Lunas lewat kode lain: the amount was paid under a superseded code, so nothing is left to
    /// pay under this one.
    Settled,
}

/// A billing.
#[derive(Debug, Serialize, utoipa::ToSchema)]
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
    /// Always `IDR`.
    #[schema(example = "IDR")]
    pub currency: &'static str,
    /// Cost lines; their sum is the amount.
    pub lines: Vec<CostLine>,
    /// Status.
    pub status: BillingStatus,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Last moment to pay.
    pub expires_at: DateTime<Utc>,
    /// When the code was superseded (digantikan); null if it is the current code of its
    /// application. Later payments under it are still recorded.
    pub superseded_at: Option<DateTime<Utc>>,
    /// The payment, if there is one.
    pub payment: Option<PaymentView>,
    /// Payment account of the application, over all its billing codes.
    pub account: PaymentAccount,
}

/// A recorded payment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PaymentView {
    /// Id of the payment.
    pub id: PaymentId,
    /// Nomor Transaksi Penerimaan Negara.
    #[schema(example = "A1B2C3D4E5F6G7H8")]
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    #[schema(example = "000123456789", min_length = 1, max_length = 200)]
    pub ntb: Option<String>,
    /// Amount in whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// Bank that took the payment.
    #[schema(example = "Bank Sumsel Babel", min_length = 1, max_length = 200)]
    pub bank: Option<String>,
    /// Time of payment.
    pub paid_at: DateTime<Utc>,
    /// When the payment was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Whether it was paid under a superseded code: check `account.excess` of the billing.
    pub on_superseded_code: bool,
}

/// The facts that determine the status of a billing.
#[derive(Debug, Clone, Copy)]
pub struct BillingFacts {
    /// Whether a payment is recorded under the code.
    pub paid: bool,
    /// Whether the code was superseded.
    pub superseded: bool,
    /// Payment account of the application.
    pub account: PaymentAccount,
    /// Last moment to pay.
    pub expires_at: DateTime<Utc>,
}

impl BillingFacts {
    /// The status at `now`.
    pub fn status(self, now: DateTime<Utc>) -> BillingStatus {
        let Self {
            paid,
            superseded,
            account,
            expires_at,
        } = self;
        match () {
            () if paid => BillingStatus::Paid,
            () if superseded => BillingStatus::Superseded,
            () if account.outstanding == 0 => BillingStatus::Settled,
            () if now > expires_at => BillingStatus::Expired,
            () => BillingStatus::Issued,
        }
    }
}
