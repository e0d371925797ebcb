//! Sample papers of whistle-blowing, for the gallery and for tests.

use chrono::{DateTime, NaiveDate};
use serde_json::json;

use super::{AnswerLetter, answer_letter, disposition_sheet, receipt_slip};
use crate::complaint::papers::form::Category;
use crate::complaint::papers::of_staff::Answer;
use crate::complaint::receipt::Receipt;
use crate::complaint::sop::Stage;
use crate::complaint::views::{ComplaintPaper, ComplaintView};
use crate::error::{Error, Result};
use crate::ids::ComplaintId;
use crate::typesetting::{
    Document, LetterEnding, SignatureBlock, Signer, VerificationLink, qr_svg,
};

const NUMBER: &str = "WBS-2026-7K3F9QX";

/// All samples by the name of their picture.
pub fn all() -> Result<Vec<(&'static str, Document)>> {
    let letter = letter();
    let answer = AnswerLetter {
        public_number: NUMBER,
        received_on: day(6),
        letter: &letter,
        title: "Kepala Balai",
    };
    let url = "https://layanan.example.go.id/api/v1/public/letters/M2V8QW4TZB1N7K3F";
    let signed = SignatureBlock {
        number: "R/4TZ8MQW/BSKJI/BSPJI-Palembang/VII/2026".to_owned(),
        date: day(15),
        signer: Signer::new("Plt. Kepala Balai", "Ir. Sari Puspita, M.T."),
        verification: Some(VerificationLink {
            url: url.to_owned(),
            qr: qr_svg(url)?,
        }),
    };
    Ok(vec![
        ("lembar-disposisi", disposition_sheet(&view())?),
        (
            "surat-jawaban",
            answer_letter(&answer, &LetterEnding::Signed(Box::new(signed)))?,
        ),
        (
            "surat-jawaban-konsep",
            answer_letter(&answer, &LetterEnding::Draft)?,
        ),
        ("tanda-terima", receipt_slip(&receipt()?)?),
    ])
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, day).unwrap_or_default()
}

fn letter() -> Answer {
    Answer {
        subject: "Jawaban atas pengaduan Saudara".to_owned(),
        body: "Pengaduan Saudara telah kami teliti bersama tim terkait. Pungutan di luar tarif pada loket penerimaan contoh terbukti terjadi pada tiga hari \
               kerja di bulan Juni 2026.\n\nUang yang dipungut telah dikembalikan kepada pelanggan yang bersangkutan, petugas telah diberi teguran tertulis, dan \
               daftar tarif telah ditempel di loket serta dimuat pada laman Balai. Sejak 1 Juli 2026 seluruh pembayaran hanya diterima melalui e-billing.\n\n\
               Apabila Saudara masih menemukan hal serupa, Saudara dapat menyampaikannya melalui pengaduan yang sama."
            .to_owned(),
    }
}

fn view() -> ComplaintView {
    let paper = |text: &str| ComplaintPaper {
        text: text.to_owned(),
        at: DateTime::from_timestamp(1_783_389_000, 0).unwrap_or_default(),
    };
    ComplaintView {
        id: ComplaintId(uuid::Uuid::nil()),
        public_number: NUMBER.to_owned(),
        channel: "online".to_owned(),
        category: Category::Service,
        stage: Stage::Forwarded,
        received_on: day(6),
        closed_on: None,
        legal_hold: false,
        round: 1,
        team: None,
        content: None,
        disposition: Some(paper(
            "Mohon segera ditanggapi sesuai prosedur.\nLibatkan Ketua Tim yang bersangkutan dan jaga kerahasiaan pelapor.",
        )),
        forwarding: Some(paper(
            "Diteruskan untuk diselesaikan dalam tujuh hari kerja. Laporkan hasilnya beserta tindakan yang diambil.",
        )),
        resolution: None,
        answer: None,
        reasons: Vec::new(),
        warnings: Vec::new(),
        clock: None,
        next: Vec::new(),
        rest: Vec::new(),
    }
}

fn receipt() -> Result<Receipt> {
    serde_json::from_value(json!({
        "kind": "complaint", "public_number": NUMBER, "received_on": "2026-07-06", "channel": "online",
        "commitment": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "salt": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        "signature": "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    }))
    .map_err(Error::internal)
}
