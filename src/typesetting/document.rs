//! A document to be typeset: its template and its data.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::letter_ending::LetterEnding;
use super::letterhead::BSPJI_PALEMBANG;
use super::template::{SHARED, Template};
use crate::error::{Error, Result};
use crate::secrecy::sha256;

/// A document to be typeset. Equal documents compile to equal bytes.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) template: Template,
    pub(super) title: String,
    pub(super) date: NaiveDate,
    pub(super) data: Value,
    pub(super) qr: Option<Vec<u8>>,
    pub(super) confidential: bool,
    pub(super) name: String,
}

impl Document {
    /// Creates a document from `template`. `title` and `date` go into the PDF's metadata (`date` is
    /// its only date), `body` is the data the template prints, and `name` gives the file name.
    pub fn new(
        template: Template,
        title: impl Into<String>,
        date: NaiveDate,
        name: &str,
        ending: &LetterEnding,
        body: &impl Serialize,
    ) -> Result<Self> {
        let title = title.into();
        let body = serde_json::to_value(body).map_err(Error::internal)?;
        let printed = json!({"title": title, "office": BSPJI_PALEMBANG, "finish": ending.data(), "body": body});
        Ok(Self {
            template,
            title,
            date,
            data: printed,
            qr: ending.qr().map(<[u8]>::to_vec),
            confidential: false,
            name: file_name(name),
        })
    }

    /// Marks the document as confidential (whistle-blowing): it is compiled without logs, not
    /// cached, and served without an `ETag`.
    #[must_use]
    pub fn confidential(self) -> Self {
        Self {
            confidential: true,
            ..self
        }
    }

    /// The file name for downloads: letters, digits, `-`, `_` and `.` only.
    pub fn file_name(&self) -> &str {
        &self.name
    }

    /// SHA-256 in hex over all inputs of the PDF. Documents with equal digests compile to equal
    /// bytes.
    pub fn digest(&self) -> String {
        let Self {
            template,
            title,
            date,
            data,
            qr,
            confidential: _,
            name: _,
        } = self;
        let (day, data) = (date.to_string(), data.to_string());
        let shared = SHARED.iter().map(|(_, source)| *source);
        let parts = shared
            .chain([template.source(), title, &day, &data])
            .map(str::as_bytes)
            .chain(qr.as_deref());
        hex::encode(sha256(&parts.map(sha256).collect::<Vec<_>>().concat()))
    }
}

/// `B/1/BSKJI/PA` becomes `B-1-BSKJI-PA.pdf`.
fn file_name(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("{}.pdf", safe.trim_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str, body: &str) -> Document {
        let day = NaiveDate::from_ymd_opt(2026, 7, 6).unwrap();
        Document::new(
            Template::Answer,
            "Surat jawaban",
            day,
            name,
            &LetterEnding::Draft,
            &json!({"text": body}),
        )
        .unwrap()
    }

    #[test]
    fn a_file_is_called_like_its_number() {
        assert_eq!(
            document("B/1/BSKJI/BSPJI-Palembang/PA/VII/2026", "").file_name(),
            "B-1-BSKJI-BSPJI-Palembang-PA-VII-2026.pdf"
        );
        assert_eq!(document("../\"\r\n x", "").file_name(), "x.pdf");
    }

    #[test]
    fn the_digest_changes_with_what_is_printed_and_with_nothing_else() {
        assert_eq!(
            document("a", "isi").digest(),
            document("b", "isi").confidential().digest()
        );
        assert_ne!(
            document("a", "isi").digest(),
            document("a", "isi lain").digest()
        );
    }
}
