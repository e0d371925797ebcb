//! The deposit sheet of a month (daftar setoran PNBP): every payment and every refund, with the sum
//! in figures and words.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::certification::schemes::SchemeCode;
use crate::typesetting::rupiah_in_words;

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DepositKind {
    /// Setoran.
    Payment,
    /// Pengembalian.
    Refund,
}

/// A line of the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Deposit {
    /// Time of payment, or of the confirmed refund.
    pub at: DateTime<Utc>,
    /// Kind.
    pub kind: DepositKind,
    /// Whole rupiah; negative for a refund.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// Billing code.
    #[schema(example = "820260706123456")]
    pub code: String,
    /// Nomor Transaksi Penerimaan Negara.
    #[schema(example = "A1B2C3D4E5F6G7H8")]
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    #[schema(example = "000123456789")]
    pub ntb: Option<String>,
    /// Bank.
    #[schema(example = "Bank Sumsel Babel")]
    pub bank: Option<String>,
    /// Channel.
    #[schema(example = "Teller")]
    pub payment_channel: Option<String>,
    /// Tanggal buku.
    pub book_date: Option<NaiveDate>,
    /// Number of the decision about a refund.
    #[schema(example = "SKPP-12/WPB.08/2026")]
    pub document: Option<String>,
    /// Nama wajib bayar.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub payer: String,
    /// Application number.
    #[schema(example = "P-2026-00001")]
    pub application: Option<String>,
    /// Scheme.
    pub scheme: SchemeCode,
    /// Kode akun.
    #[schema(example = "425261")]
    pub account_code: Option<String>,
}

/// The deposit sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DepositSheet {
    /// The month.
    #[schema(example = "2026-07")]
    pub month: String,
    /// Paid, in whole rupiah.
    #[schema(example = 18_000_000)]
    pub paid: i64,
    /// Refunded, in whole rupiah.
    #[schema(example = 0)]
    pub refunded: i64,
    /// The difference, in whole rupiah.
    #[schema(example = 18_000_000)]
    pub total: i64,
    /// The difference in words (terbilang).
    #[schema(example = "Delapan belas juta rupiah")]
    pub total_in_words: String,
    /// The lines, the earliest first.
    pub items: Vec<Deposit>,
}

impl DepositSheet {
    /// The sheet of `month` with these lines.
    pub fn of(month: String, items: Vec<Deposit>) -> Self {
        let sum = |wanted: DepositKind| -> i64 {
            let lines = items.iter().filter(|line| line.kind == wanted);
            lines.map(|line| line.amount).sum()
        };
        let (paid, refunded) = (sum(DepositKind::Payment), -sum(DepositKind::Refund));
        Self {
            month,
            paid,
            refunded,
            total: paid - refunded,
            total_in_words: rupiah_in_words(paid - refunded),
            items,
        }
    }
}
