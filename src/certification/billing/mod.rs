//! E-billing: the fifteen-digit code the customer pays under, and the payment (NTPN). Its status is its own, never a stage of the case.

pub mod account;
pub mod http;
pub mod standing;
pub mod store;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use self::account::PaymentAccount;
use super::cost::CostLine;
use super::form::line;
use crate::error::{FieldError, fault};
use crate::ids::{ApplicationId, BillingId, PaymentId};
use crate::web::body::Validate;

/// How long a code lives when nothing else is said: 7 × 24 hours (design: certification 2.2).
const LIFE: TimeDelta = TimeDelta::days(7);

/// A kode billing as staff type it in from SIMPONI.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingForm {
    /// Fifteen digits.
    #[schema(example = "820260706123456", pattern = "^[0-9]{15}$")]
    pub code: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The last moment it can be paid; seven days after issue when not given.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

impl BillingForm {
    /// The last moment it can be paid.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
            .or_else(|| self.issued_at.checked_add_signed(LIFE))
            .unwrap_or(self.issued_at)
    }

    /// What is wrong with it at `now`.
    #[must_use]
    pub fn faults(&self, now: DateTime<Utc>) -> Vec<FieldError> {
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
                "Belum terjadi.",
                "It has not happened yet.",
            ));
        }
        if self.expires_at() <= self.issued_at {
            faults.push(fault(
                "/billing/expires_at",
                "wrong_order",
                "Harus setelah diterbitkan.",
                "It must come after the issue.",
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

/// A payment as the treasurer reads it from the receipt.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentForm {
    /// Nomor Transaksi Penerimaan Negara: sixteen letters and digits; small letters are taken as capitals.
    #[schema(example = "A1B2C3D4E5F6G7H8", pattern = "^[0-9A-Za-z]{16}$")]
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    #[serde(default)]
    #[schema(example = "000123456789", min_length = 1, max_length = 200)]
    pub ntb: Option<String>,
    /// When it was paid.
    pub paid_at: DateTime<Utc>,
    /// Whole rupiah; equal to the billing's amount.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// Through which bank, post office or fintech.
    #[serde(default)]
    #[schema(example = "Bank Sumsel Babel", min_length = 1, max_length = 200)]
    pub bank: Option<String>,
}

impl PaymentForm {
    /// The NTPN in capitals.
    #[must_use]
    pub fn ntpn(&self) -> String {
        self.ntpn.to_ascii_uppercase()
    }

    /// When it was paid, as exactly as the database keeps it.
    #[must_use]
    pub fn paid_at(&self) -> DateTime<Utc> {
        self.paid_at.trunc_subsecs(6)
    }

    /// Which fields say otherwise than `stored`, the payment recorded under the same NTPN. None: it is the same payment, reported again.
    #[must_use]
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
                    "Tercatat lain atas NTPN ini.",
                    "It is recorded otherwise under this NTPN.",
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
                "An NTPN has 16 letters and digits; mind O and 0, I and 1.",
            ));
        }
        for (pointer, value) in [("/ntb", &self.ntb), ("/bank", &self.bank)] {
            if let Some(value) = value {
                line(&mut faults, pointer, value);
            }
        }
        faults
    }
}

/// The billing in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtBilling {
    /// Id of the billing.
    pub id: BillingId,
}

/// How a billing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillingStatus {
    /// Terbit: waiting for payment.
    Issued,
    /// Dibayar.
    Paid,
    /// Kedaluwarsa: derived from the time, never stored.
    Expired,
    /// Digantikan: not to be paid any more; a newer code took its place, or nothing is due.
    Superseded,
    /// Lunas lewat kode lain: the amount came in under a code that was superseded, so nothing is left to pay under this one.
    Settled,
}

/// An e-billing record.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BillingView {
    /// Its id.
    pub id: BillingId,
    /// The application it belongs to.
    pub application_id: ApplicationId,
    /// The fifteen digits.
    #[schema(example = "820260706123456")]
    pub code: String,
    /// Whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// Always `IDR`.
    #[schema(example = "IDR")]
    pub currency: &'static str,
    /// What it is for; their sum is the amount.
    pub lines: Vec<CostLine>,
    /// How it stands.
    pub status: BillingStatus,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The last moment it can be paid.
    pub expires_at: DateTime<Utc>,
    /// Since when it is not to be paid any more (digantikan); null while it is the code of its application. A payment that comes all the same is recorded.
    pub superseded_at: Option<DateTime<Utc>>,
    /// The payment.
    pub payment: Option<PaymentView>,
    /// What its application owes and what came in, over all of its codes.
    pub account: PaymentAccount,
}

/// A recorded payment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PaymentView {
    /// Its id.
    pub id: PaymentId,
    /// Nomor Transaksi Penerimaan Negara.
    #[schema(example = "A1B2C3D4E5F6G7H8")]
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    #[schema(example = "000123456789", min_length = 1, max_length = 200)]
    pub ntb: Option<String>,
    /// Whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// Through which bank.
    #[schema(example = "Bank Sumsel Babel", min_length = 1, max_length = 200)]
    pub bank: Option<String>,
    /// When it was paid.
    pub paid_at: DateTime<Utc>,
    /// When it was recorded here.
    pub recorded_at: DateTime<Utc>,
    /// Whether it came under a code that was superseded: look at `account.excess` of its billing.
    pub on_superseded_code: bool,
}

/// What decides how a billing stands.
#[derive(Debug, Clone, Copy)]
pub struct BillingFacts {
    /// Whether a payment is recorded under its code.
    pub paid: bool,
    /// Whether it was superseded.
    pub superseded: bool,
    /// The account of its application.
    pub account: PaymentAccount,
    /// The last moment it can be paid.
    pub expires_at: DateTime<Utc>,
}

impl BillingFacts {
    /// How it stands at `now`.
    #[must_use]
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
