//! What people of the office write on the road of a complaint: disposition, forwarding, settlement, answer, and the reasons of side ways.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A kind of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Disposisi.
    Disposition,
    /// Pengantar penerusan.
    Forwarding,
    /// Tanggapan atas pengaduan.
    Resolution,
    /// Surat jawaban: a draft, or since its signature the letter itself.
    Answer,
    /// The signature of the answer.
    Signature,
    /// Why a draft came back.
    Return,
    /// Why it is out of scope.
    OutOfScope,
    /// Why it went outside.
    Referral,
    /// Why it came back or was taken up again.
    Reopening,
    /// Why it is held, or is not any more.
    Hold,
}

const KINDS: [(Kind, &str); 10] = [
    (Kind::Disposition, "disposition"),
    (Kind::Forwarding, "forwarding"),
    (Kind::Resolution, "resolution"),
    (Kind::Answer, "answer"),
    (Kind::Signature, "signature"),
    (Kind::Return, "return"),
    (Kind::OutOfScope, "out_of_scope"),
    (Kind::Referral, "referral"),
    (Kind::Reopening, "reopening"),
    (Kind::Hold, "hold"),
];

impl Kind {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        KINDS[self as usize].1
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        KINDS
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(kind, _)| *kind)
    }
}

/// A paper that is one text: disposition, forwarding, a reason.
#[derive(Serialize, Deserialize)]
pub struct Text {
    /// What it says.
    pub text: String,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Terbukti.
    Proven,
    /// Terbukti sebagian.
    PartlyProven,
    /// Tidak terbukti.
    NotProven,
    /// Tidak dapat dibuktikan.
    Undecided,
}

/// The settlement (tanggapan atas pengaduan).
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ComplaintResolution)]
pub struct Resolution {
    /// What came of it.
    pub finding: Finding,
    /// What was found and done.
    #[schema(
        example = "Pungutan di loket terbukti; uang dikembalikan dan tarif ditempel di loket."
    )]
    pub summary: String,
}

/// The letter of answer (surat jawaban).
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ComplaintAnswer)]
pub struct Answer {
    /// Perihal.
    #[schema(example = "Jawaban atas pengaduan Saudara")]
    pub subject: String,
    /// Isi surat.
    #[schema(
        example = "Pengaduan Saudara terbukti. Uang yang dipungut telah dikembalikan dan petugas telah ditegur."
    )]
    pub body: String,
}

/// What the signature of an answer says.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ComplaintSignature)]
pub struct Signature {
    /// Nomor surat: random, so that no step in a register tells of a complaint.
    #[schema(example = "R/7K3F9QX/BSKJI/BSPJI-Palembang/VII/2026")]
    pub number: String,
    /// The name under it.
    #[schema(example = "Ir. Sari Puspita")]
    pub signer: String,
    /// In which capacity: `Kepala Balai`, with `Plh.` or `Plt.` before it, or the route outside.
    #[schema(example = "Kepala Balai")]
    pub capacity: String,
    /// On which day.
    #[schema(value_type = String, format = Date, example = "2026-07-15")]
    pub signed_on: NaiveDate,
    /// SHA-256 of what was signed, hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_sha256: String,
}
