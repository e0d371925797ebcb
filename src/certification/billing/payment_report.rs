//! The views of reports of payments that wait for a person, and of statements.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::payment::PaymentSource;
use crate::ids::{ApplicationId, BillingId, PaymentId};

/// The status of a report of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentReportStatus {
    /// Waits for the treasurer.
    Open,
    /// Booked as a payment.
    Booked,
    /// Dismissed with a reason.
    Dismissed,
}

impl PaymentReportStatus {
    /// The code in JSON and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Booked => "booked",
            Self::Dismissed => "dismissed",
        }
    }
}

/// A property in which a report and a billing agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportMatch {
    /// The billing code.
    Code,
    /// The amount.
    Amount,
    /// Paid while the code was valid.
    Day,
}

/// A billing that a report might be about.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BillingCandidate {
    /// The billing.
    pub billing_id: BillingId,
    /// Its application.
    pub application_id: ApplicationId,
    /// Its code.
    #[schema(example = "820260706123456")]
    pub code: String,
    /// Whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// Nama wajib bayar.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub payer: String,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Last moment to pay.
    pub expires_at: DateTime<Utc>,
    /// The properties in which it agrees with the report.
    pub matches: Vec<ReportMatch>,
}

/// A payment that the treasury reports and that waits for a person, or was decided.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PaymentReportView {
    /// Id of the report.
    pub id: Uuid,
    /// Where it comes from.
    pub source: PaymentSource,
    /// The statement it stands in.
    pub statement_id: Option<Uuid>,
    /// Its line in the statement.
    #[schema(example = 2)]
    pub line: Option<i32>,
    /// The billing code as reported.
    #[schema(example = "820260706123456")]
    pub code: String,
    /// Nomor Transaksi Penerimaan Negara.
    #[schema(example = "A1B2C3D4E5F6G7H8")]
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    #[schema(example = "000123456789")]
    pub ntb: Option<String>,
    /// Whole rupiah; null in a report that names none.
    #[schema(example = 9_000_000)]
    pub amount: Option<i64>,
    /// Bank.
    #[schema(example = "Bank Sumsel Babel")]
    pub bank: Option<String>,
    /// Channel.
    #[schema(example = "Teller")]
    pub payment_channel: Option<String>,
    /// Tanggal buku.
    pub book_date: Option<NaiveDate>,
    /// Time of payment.
    pub paid_at: DateTime<Utc>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Status.
    pub status: PaymentReportStatus,
    /// The payment it was booked as.
    pub payment_id: Option<PaymentId>,
    /// Another payment that is recorded under the same NTPN: the report contradicts it.
    pub same_ntpn: Option<PaymentId>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was dismissed.
    pub reason: Option<String>,
    /// Billings that the report may belong to, the likeliest first.
    pub candidates: Vec<BillingCandidate>,
}

/// A statement of the treasury.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct StatementView {
    /// Id of the statement.
    pub id: Uuid,
    /// Rows read.
    #[schema(example = 12)]
    pub rows: i32,
    /// Rows whose payment was recorded before, with the same code, amount and day.
    #[schema(example = 10)]
    pub known: i32,
    /// Rows that wait for the treasurer since this upload: `GET /payment-reports?statement=…`. A row
    /// that was reported before does not count.
    #[schema(example = 2)]
    pub open: i32,
    /// When it was uploaded.
    pub uploaded_at: DateTime<Utc>,
}
