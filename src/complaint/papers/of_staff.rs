//! Papers that staff writes for a complaint: disposition, forwarding, settlement, answer, and
//! reasons.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Kind of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum PaperKind {
    /// Disposition (disposisi).
    Disposition,
    /// Covering note of the forwarding (pengantar penerusan).
    Forwarding,
    /// Settlement (tanggapan atas pengaduan).
    Resolution,
    /// Letter of answer (surat jawaban): a draft, or the letter once it is signed.
    Answer,
    /// Signature of the answer.
    Signature,
    /// Reason for the return of a draft.
    Return,
    /// Reason why the complaint is out of scope.
    OutOfScope,
    /// Reason for the referral outside the office.
    Referral,
    /// Reason for the recall or the reopening.
    Reopening,
    /// Reason for a legal hold or its release.
    Hold,
}

impl PaperKind {
    /// Code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The kind with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

/// A paper with one text: disposition, forwarding or a reason.
#[derive(Serialize, Deserialize)]
pub struct PaperText {
    /// Text of the paper.
    pub text: String,
}

/// Finding of a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Proven (terbukti).
    Proven,
    /// Partly proven (terbukti sebagian).
    PartlyProven,
    /// Not proven (tidak terbukti).
    NotProven,
    /// Cannot be proven (tidak dapat dibuktikan).
    Undecided,
}

/// The settlement (tanggapan atas pengaduan).
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ComplaintResolution)]
pub struct Resolution {
    /// Finding.
    pub finding: Finding,
    /// Findings and actions taken.
    #[schema(
        example = "Pungutan di loket terbukti; uang dikembalikan dan tarif ditempel di loket."
    )]
    pub summary: String,
}

/// The letter of answer (surat jawaban).
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ComplaintAnswer)]
pub struct Answer {
    /// Subject (perihal).
    #[schema(example = "Jawaban atas pengaduan Saudara")]
    pub subject: String,
    /// Text of the letter (isi surat).
    #[schema(
        example = "Pengaduan Saudara terbukti. Uang yang dipungut telah dikembalikan dan petugas telah ditegur."
    )]
    pub body: String,
}

/// Signature of an answer.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ComplaintSignature)]
pub struct Signature {
    /// Number of the letter (nomor surat). Random, so that no gap in a register reveals a
    /// complaint.
    #[schema(example = "R/7K3F9QX/BSKJI/BSPJI-Palembang/VII/2026")]
    pub number: String,
    /// Name of the signer.
    #[schema(example = "Ir. Sari Puspita")]
    pub signer: String,
    /// Capacity of the signer: `Kepala Balai`, with `Plh.` or `Plt.` before it, or the external
    /// handler.
    #[schema(example = "Kepala Balai")]
    pub capacity: String,
    /// Day of the signature.
    #[schema(value_type = String, format = Date, example = "2026-07-15")]
    pub signed_on: NaiveDate,
    /// SHA-256 of the signed content in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_sha256: String,
}
