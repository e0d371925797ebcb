//! Payments: the form of the treasurer, the view, the flags that need a decision, and the decisions
//! (corrections).

use chrono::{DateTime, Datelike as _, NaiveDate, SubsecRound as _, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::certification::form::check_line;
use crate::certification::viewer::Viewer;
use crate::error::{FieldError, fault};
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, BillingId, PaymentId};
use crate::sop::gate::Principal;
use crate::web::body::Validate;

/// The largest amount of a payment, so that no sum of them overflows.
pub const MAX_RUPIAH: i64 = 1_000_000_000_000;
/// The longest text of a reported payment.
pub const MAX_TEXT: usize = 100;

/// True for a moment that a payment can have: from the year 2000 to a day after `now`, because the
/// clocks of banks differ.
pub fn is_plausible(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at.year() >= 2000 && at <= now + TimeDelta::days(1)
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
    /// Amount in whole rupiah.
    #[schema(example = 9_000_000, minimum = 1, maximum = 1_000_000_000_000_i64)]
    pub amount: i64,
    /// Bank, post office or fintech that took the payment.
    #[serde(default)]
    #[schema(example = "Bank Sumsel Babel", min_length = 1, max_length = 200)]
    pub bank: Option<String>,
    /// Channel of the payment.
    #[serde(default)]
    #[schema(example = "Teller", min_length = 1, max_length = 200)]
    pub payment_channel: Option<String>,
    /// Tanggal buku.
    #[serde(default)]
    pub book_date: Option<NaiveDate>,
    /// `true` records a payment that is not as billed (another amount, outside the validity of the
    /// code, a second one): compare it with the receipt first. The payment is flagged.
    #[serde(default)]
    pub despite_deviation: bool,
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
    /// same payment is reported again. A field left out does not differ from what the payment
    /// office reported, except for bank and NTB, which stand on each receipt.
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
            (
                "/payment_channel",
                self.payment_channel.is_some()
                    && trimmed(self.payment_channel.as_deref())
                        != trimmed(stored.payment_channel.as_deref()),
            ),
            (
                "/book_date",
                self.book_date.is_some() && self.book_date != stored.book_date,
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

/// True for sixteen letters and digits.
pub fn is_ntpn(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Validate for PaymentForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if !is_ntpn(&self.ntpn) {
            faults.push(fault(
                "/ntpn",
                "wrong_value",
                "NTPN terdiri dari 16 huruf dan angka; bedakan O dan 0, I dan 1.",
                "An NTPN has 16 letters and digits; distinguish O from 0 and I from 1.",
            ));
        }
        if !(1..=MAX_RUPIAH).contains(&self.amount) {
            faults.push(fault(
                "/amount",
                "wrong_value",
                "Dari 1 sampai 1.000.000.000.000 rupiah.",
                "From 1 to 1,000,000,000,000 rupiah.",
            ));
        }
        for (pointer, value) in [
            ("/ntb", &self.ntb),
            ("/bank", &self.bank),
            ("/payment_channel", &self.payment_channel),
        ] {
            if let Some(value) = value {
                check_line(&mut faults, pointer, value);
            }
        }
        faults
    }
}

/// Where the record of a payment comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentSource {
    /// The treasurer typed it in.
    Hand,
    /// The payment office reported it.
    Callback,
    /// The payment office was asked for it.
    StatusCall,
    /// The treasurer confirmed a row of a treasury statement.
    Statement,
}

impl PaymentSource {
    /// The code in JSON and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Callback => "callback",
            Self::StatusCall => "status_call",
            Self::Statement => "statement",
        }
    }
}

/// A deviation of a payment from its billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentFlag {
    /// Under a code that was replaced.
    OnReplacedCode,
    /// Under a code that was cancelled.
    OnCancelledCode,
    /// After the last moment to pay. The time of payment counts, not that of its report.
    AfterExpiry,
    /// Before the code was issued.
    BeforeIssue,
    /// Less than billed.
    TooLittle,
    /// More than billed.
    TooMuch,
    /// Under a code that had been paid before.
    PaidTwice,
}

/// The kind of correction of a payment that deviates from its billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionKind {
    /// Pemindahbukuan: the money is counted under another billing of the same application.
    Transfer,
    /// Pengembalian: the record of a refund (PMK 96/PMK.05/2017).
    Refund,
    /// Pembatalan catatan: the payment was recorded by mistake, and no money came.
    Annulment,
    /// Diterima sebagaimana adanya: the payment stands as it is.
    Acceptance,
}

impl CorrectionKind {
    /// The code in JSON and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Refund => "refund",
            Self::Annulment => "annulment",
            Self::Acceptance => "acceptance",
        }
    }
}

/// The status of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionStatus {
    /// Waits for another person.
    Proposed,
    /// Another person agreed; it has taken effect.
    Confirmed,
    /// Rejected, or withdrawn by its author.
    Rejected,
}

/// A correction of a payment.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CorrectionView {
    /// Id of the correction.
    pub id: Uuid,
    /// Kind.
    pub kind: CorrectionKind,
    /// Whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// The billing under which the money of a transfer or a refund was counted.
    pub from_billing: Option<BillingId>,
    /// The billing that a transfer is counted under.
    pub to_billing: Option<BillingId>,
    /// Reason; null for the customer.
    #[schema(example = "Dibayar dengan kode yang sudah digantikan.")]
    pub reason: Option<String>,
    /// Rule.
    #[schema(example = "PMK 96/PMK.05/2017")]
    pub legal_basis: Option<String>,
    /// Number of the letter or decision.
    #[schema(example = "SKPP-12/WPB.08/2026")]
    pub document: Option<String>,
    /// Status.
    pub status: CorrectionStatus,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// A recorded payment. The database view `payment_record` builds it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentView {
    /// Id of the payment.
    pub id: PaymentId,
    /// The billing it was made under.
    pub billing_id: BillingId,
    /// The application.
    pub application_id: ApplicationId,
    /// The billing code.
    #[schema(example = "820260706123456")]
    pub code: String,
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
    /// Channel of the payment.
    #[schema(example = "Teller")]
    pub payment_channel: Option<String>,
    /// Tanggal buku.
    pub book_date: Option<NaiveDate>,
    /// Time of payment.
    pub paid_at: DateTime<Utc>,
    /// Where the record comes from.
    pub source: PaymentSource,
    /// When the payment was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When the record was annulled; the payment then counts no more.
    pub annulled_at: Option<DateTime<Utc>>,
    /// Deviations from the billing. They need a decision until the payment is accepted, or the money
    /// that deviates is transferred or refunded.
    pub flags: Vec<PaymentFlag>,
    /// Corrections, the earliest first; the customer sees the confirmed ones.
    pub corrections: Vec<CorrectionView>,
}

impl PaymentView {
    /// The payment as `caller` may see it: reasons and undecided corrections are the office's own.
    #[must_use]
    pub fn seen_by(mut self, caller: Principal<&SignedIn>) -> Self {
        if Viewer::of(caller).customer.is_some() {
            self.corrections
                .retain(|one| one.status == CorrectionStatus::Confirmed);
            for correction in &mut self.corrections {
                correction.reason = None;
            }
        }
        self
    }
}
