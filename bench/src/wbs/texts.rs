//! The texts of the measured complaints.

use service_desk::complaint::papers::form::{Accused, Content};
use service_desk::complaint::papers::of_staff::{
    Answer, Finding, PaperKind, PaperText, Resolution, Signature,
};

use crate::Outcome;

/// The identity of a confidential reporter.
pub const IDENTITY: &str = r#"{"name":"Wahyuni Kartika","nik":"1671014203900001","phone":"0812-3456-7890","email":"wahyuni@pelapor.example","address":"Jl. Merdeka No. 5, Palembang","relation":"Karyawan pemohon sertifikasi"}"#;

/// An account of some 1,100 characters.
pub fn account() -> String {
    let sentence = "Petugas loket meminta pembayaran tunai di luar tarif sebelum contoh uji diterima, dan tidak memberi kuitansi atas uang itu. ";
    sentence.repeat(9).trim_end().to_owned()
}

/// The content of complaint `n`.
pub fn content(n: u64) -> Content {
    Content {
        subject: format!("Pungutan di luar tarif, loket {}", n % 9),
        account: account(),
        place: Some("Loket penerimaan contoh".to_owned()),
        occurred: Some("awal Juni 2026".to_owned()),
        accused: vec![Accused {
            name: "Darmawan".to_owned(),
            position: Some("Staf penguji".to_owned()),
        }],
        concerns_leadership: false,
    }
}

/// A message of some 300 characters.
pub fn message(seq: i32) -> String {
    format!(
        "Pesan ke-{seq}. {}",
        "Mohon dijelaskan kapan dan di loket mana uang itu diminta, dan apakah ada saksi. "
            .repeat(4)
            .trim_end()
    )
}

/// A document of some 400 characters, as serialised before it is sealed.
pub fn of_paper(kind: PaperKind) -> Outcome<String> {
    let text = "Mohon ditanggapi sesuai prosedur, dengan memeriksa buku kas loket dan mendengar keterangan petugas yang bersangkutan. ".repeat(3);
    let json = match kind {
        PaperKind::Resolution => serde_json::to_string(&Resolution {
            finding: Finding::Proven,
            summary: text,
        }),
        PaperKind::Answer => serde_json::to_string(&Answer {
            subject: "Jawaban atas pengaduan Saudara".to_owned(),
            body: text,
        }),
        PaperKind::Signature => serde_json::to_string(&Signature {
            number: "R/7K3F9/BSKJI/BSPJI-Palembang/VII/2026".to_owned(),
            signer: "Ir. Sari Puspita".to_owned(),
            capacity: "Kepala Balai".to_owned(),
            signed_on: chrono::NaiveDate::default(),
            content_sha256: "00".repeat(32),
        }),
        PaperKind::Disposition
        | PaperKind::Forwarding
        | PaperKind::Return
        | PaperKind::OutOfScope
        | PaperKind::Referral
        | PaperKind::Reopening
        | PaperKind::Hold => serde_json::to_string(&PaperText { text }),
    };
    Ok(json?)
}
