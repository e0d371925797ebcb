//! The public page of a letter, opened through its QR code: a short HTML page without scripts and
//! external resources, readable on a phone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::letter::LetterStatus;
use super::views::PublicLetter;
use crate::error::{Text, text};
use crate::secrecy::sha256;
use crate::sop::text::Term;
use crate::web::html::escape_html;
use crate::web::problem::Language;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}\
h1{font-size:1.3rem}dt{color:#666;margin-top:.8rem}dd{margin:0;overflow-wrap:anywhere}\
.valid,.void,.superseded{padding:.8rem 1rem;border-left:.4rem solid;font-weight:600}.valid{color:#0a6b2d}.void{color:#a4001d}.superseded{color:#8a5a00}";

/// Renders the page and its `Content-Security-Policy`, which allows nothing but the page's own
/// style.
pub fn render(letter: &PublicLetter, language: Language) -> (String, String) {
    let say = |id: &'static str, en: &'static str| (*language.select(&Term { id, en })).to_owned();
    let rows = [
        (text("Nomor", "Number"), Some(letter.number.clone())),
        (text("Tanggal", "Date"), Some(letter.date.to_string())),
        (text("Perihal", "Subject"), letter.subject.clone()),
        (
            text("Penanda tangan", "Signed by"),
            Some(letter.signer_title.clone()),
        ),
        (
            text("SHA-256 berkas PDF", "SHA-256 of the PDF"),
            Some(letter.sha256.clone()),
        ),
    ];
    let row = |(name, value): (Text, Option<String>)| {
        value.map(|value| {
            format!(
                "<dt>{}</dt><dd>{}</dd>",
                language.select(&name),
                escape_html(&value)
            )
        })
    };
    let rows: String = rows.into_iter().filter_map(row).collect();
    let class = match letter.status {
        LetterStatus::Valid => "valid",
        LetterStatus::Void => "void",
        LetterStatus::Superseded => "superseded",
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
        <meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{STYLE}</style></head>\n\
        <body><h1>{title}</h1><p class=\"{class}\">{}</p><dl>{rows}</dl>\n<p>{}</p></body></html>\n",
        language.tag(),
        language.select(&letter.status.in_words()),
        say(
            "Cocokkan data ini dengan surat di tangan Anda. Bila berbeda, surat itu bukan surat kami.",
            "Compare this with the letter in your hand. If they differ, that letter is not ours."
        ),
        title = say("Keaslian surat", "Authenticity of a letter"),
    );
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        STANDARD.encode(sha256(STYLE.as_bytes()))
    );
    (html, policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_a_letter_cannot_become_markup() {
        let letter = PublicLetter {
            number: "B/1".to_owned(),
            date: chrono::NaiveDate::from_ymd_opt(2026, 7, 15).unwrap(),
            subject: Some("<script>alert(1)</script> \"&\"".to_owned()),
            signer_title: "Kepala Balai".to_owned(),
            sha256: "00".to_owned(),
            status: LetterStatus::Void,
        };
        let (html, policy) = render(&letter, Language::English);
        assert!(
            html.contains("&lt;script&gt;") && !html.contains("<script"),
            "{html}"
        );
        assert!(html.contains("withdrawn") && policy.starts_with("default-src 'none'"));
        let (html, _) = render(
            &PublicLetter {
                subject: None,
                ..letter
            },
            Language::Indonesian,
        );
        assert!(!html.contains("Perihal") && html.contains("dibatalkan"));
    }
}
