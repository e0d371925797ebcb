//! A row of the record. Two columns that the service does not store are always null: the date on
//! the letter, and the satisfaction survey (SKM).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::certification::billing::BillingStatus;
use crate::certification::billing::account::PaymentAccount;
use crate::certification::facts::{ApplicationKind, BusinessScale};
use crate::certification::form::Product;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::Stage;
use crate::error::Text;
use crate::ids::ApplicationId;
use crate::sop::table::Party;

/// One application in the record (baris data realisasi).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RealizationRow {
    /// The number in this report, from 1.
    #[schema(example = 1)]
    pub no: i64,
    /// The application.
    pub application_id: ApplicationId,
    /// Nomor permohonan.
    #[schema(example = "P-2026-00001")]
    pub number: Option<String>,
    /// Tanggal surat permohonan. Always null: the service stores the letter as a file and does not
    /// read its date.
    #[schema(required, example = json!(null))]
    pub letter_date: Option<NaiveDate>,
    /// Tanggal diterima: when the application was submitted.
    pub received_at: DateTime<Utc>,
    /// Pelanggan: the organisation of the account.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub customer: String,
    /// The company as named in the application.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub company: String,
    /// Kabupaten/kota.
    #[schema(required, example = "Kota Palembang")]
    pub regency: Option<String>,
    /// Provinsi.
    #[schema(required, example = "Sumatera Selatan")]
    pub province: Option<String>,
    /// Skema.
    pub scheme: SchemeCode,
    /// Jenis.
    pub kind: ApplicationKind,
    /// Produk, merek, nomor SNI.
    pub products: Vec<Product>,
    /// Lingkup, for management systems.
    #[schema(required, example = "Produksi air minum dalam kemasan")]
    pub scope: Option<String>,
    /// Skala usaha, if the applicant stated it.
    #[schema(required)]
    pub business_scale: Option<BusinessScale>,
    /// The current stage.
    pub stage: Stage,
    /// Days (WIB) since receipt, while the file is open; null once it is closed.
    #[schema(required, example = 3)]
    pub age_days: Option<i64>,
    /// Petugas: the staff that did a step, in the order of their first steps.
    #[schema(example = json!(["Dewi Lestari"]))]
    pub officers: Vec<String>,
    /// All numbered steps of the SOP, in order.
    pub steps: Vec<StepRealization>,
    /// Jumlah putaran kekurangan: rounds that ended with missing or unfit documents.
    #[schema(example = 1)]
    pub deficiency_rounds: usize,
    /// Jumlah butir kurang, of all rounds.
    #[schema(example = 2)]
    pub deficiency_items: usize,
    /// The missing or unfit documents, most frequent first.
    pub deficiencies: Vec<Deficiency>,
    /// Menit kerja menunggu pelanggan.
    #[schema(example = 55)]
    pub customer_minutes: i64,
    /// Total menit kantor.
    #[schema(example = 210)]
    pub office_minutes: i64,
    /// The office's share of the standard time, with one round of each step.
    #[schema(example = 225)]
    pub office_standard_minutes: i64,
    /// Menit kantor minus the standard; negative is faster.
    #[schema(example = -15)]
    pub office_difference_minutes: i64,
    /// The signed audit notice.
    #[schema(required)]
    pub notice: Option<NoticeRealization>,
    /// The payable or paid e-billing; else the newest.
    #[schema(required)]
    pub billing: Option<BillingRealization>,
    /// Nilai SKM. Always null: the service has no survey.
    #[schema(required, example = json!(null))]
    pub satisfaction: Option<i32>,
    /// Keterangan: the reason of a rejection, withdrawal or expiry.
    #[schema(required, example = "Dibatalkan pelanggan.")]
    pub remark: Option<String>,
    /// The version of the calendar that measures its minutes.
    #[schema(example = 1)]
    pub calendar_version: i32,
}

/// A step of one application, over its rounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StepRealization {
    /// The printed number.
    #[schema(example = 3)]
    pub step: u8,
    /// The party on the clock.
    pub party: Party,
    /// Mulai: when the step first began; null when it was not reached.
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    /// Selesai: when the step last ended; null while it runs.
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Menit kerja, of all rounds.
    #[schema(required, example = 95)]
    pub used_minutes: Option<i64>,
    /// Standar: the standard time, once for each round.
    #[schema(required, example = 120)]
    pub standard_minutes: Option<i64>,
    /// Selisih: minutes used minus the standard; negative is faster.
    #[schema(required, example = -25)]
    pub difference_minutes: Option<i64>,
    /// Tepat waktu: true if each round was within its standard time. Null while undecided.
    #[schema(required, example = true)]
    pub on_time: Option<bool>,
    /// Each round, measured.
    pub rounds: Vec<RoundRealization>,
}

/// One round of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RoundRealization {
    /// The customer's round.
    #[schema(example = 1)]
    pub round: i16,
    /// Menit kerja.
    #[schema(example = 95)]
    pub used_minutes: i64,
    /// True if the round has ended.
    pub ended: bool,
    /// True if the round was within its standard time. Null while undecided.
    #[schema(required, example = true)]
    pub on_time: Option<bool>,
}

/// A document that was missing or unfit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
pub struct Deficiency {
    /// The row of the checklist.
    #[schema(example = "P07")]
    pub requirement: String,
    /// Name of the document.
    pub title: Text,
    /// The number of rounds.
    #[schema(example = 1)]
    pub rounds: u32,
}

/// The signed audit notice of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NoticeRealization {
    /// Nomor surat pemberitahuan.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub number: String,
    /// Tanggal surat: when it was signed.
    pub signed_at: DateTime<Utc>,
    /// When it was sent.
    #[schema(required)]
    pub sent_at: Option<DateTime<Utc>>,
    /// Ketua tim.
    #[schema(required, example = "Ir. Sri Wahyuni, M.T.")]
    pub team_lead: Option<String>,
    /// Anggota.
    #[schema(example = json!(["Bambang Susilo, S.T."]))]
    pub team_members: Vec<String>,
    /// Tanggal audit.
    pub audit_dates: Vec<NaiveDate>,
    /// Biaya PNBP, in whole rupiah.
    #[schema(example = 9_000_000)]
    pub pnbp_amount: i64,
    /// Biaya perjalanan outside the e-billing, in whole rupiah.
    #[schema(example = 1_500_000)]
    pub travel_amount: i64,
    /// Other cost, charged or borne, in whole rupiah.
    #[schema(example = 0)]
    pub other_amount: i64,
}

/// The e-billing of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BillingRealization {
    /// Kode billing.
    #[schema(example = "820260706123456")]
    pub code: String,
    /// Whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// Always `IDR`.
    #[schema(example = "IDR")]
    pub currency: &'static str,
    /// Jatuh tempo: the end of the payment period.
    pub expires_at: DateTime<Utc>,
    /// Status.
    pub status: BillingStatus,
    /// NTPN, once it is paid.
    #[schema(required, example = "A1B2C3D4E5F6G7H8")]
    pub ntpn: Option<String>,
    /// Tanggal bayar.
    #[schema(required)]
    pub paid_at: Option<DateTime<Utc>>,
    /// The amounts due and received, over all codes of the application.
    pub account: PaymentAccount,
    /// Every payment of the application under any of its codes, the earliest first.
    pub payments: Vec<PaymentRealization>,
}

/// A payment of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentRealization {
    /// The billing code.
    #[schema(example = "820260706123456")]
    pub code: String,
    /// NTPN.
    #[schema(example = "A1B2C3D4E5F6G7H8")]
    pub ntpn: String,
    /// Whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// Tanggal bayar.
    pub paid_at: DateTime<Utc>,
    /// True if the code has been replaced or cancelled.
    pub on_ended_code: bool,
}
