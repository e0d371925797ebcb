//! A paper to be set: its form, and everything that will stand on it as data.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::finish::Finish;
use super::letterhead::BSPJI_PALEMBANG;
use super::template::{SHARED, Template};
use crate::error::{Error, Result};
use crate::secrecy::sha256;

/// A paper to be set. The same paper is always set to the same bytes.
#[derive(Debug, Clone)]
pub struct Paper {
    pub(super) template: Template,
    pub(super) title: String,
    pub(super) date: NaiveDate,
    pub(super) data: Value,
    pub(super) qr: Option<Vec<u8>>,
    pub(super) confidential: bool,
    pub(super) name: String,
}

impl Paper {
    /// A paper in the form of `template`, called `title` in its PDF, with the day it is of (the only date its PDF will tell), and `body` for the form to
    /// print. Its file is called like `name`.
    ///
    /// # Errors
    /// Our own fault when `body` has no JSON form.
    pub fn new(
        template: Template,
        title: impl Into<String>,
        date: NaiveDate,
        name: &str,
        finish: &Finish,
        body: &impl Serialize,
    ) -> Result<Self> {
        let title = title.into();
        let body = serde_json::to_value(body).map_err(Error::internal)?;
        let shown = json!({"title": title, "office": BSPJI_PALEMBANG, "finish": finish.data(), "body": body});
        Ok(Self {
            template,
            title,
            date,
            data: shown,
            qr: finish.qr().map(<[u8]>::to_vec),
            confidential: false,
            name: file_name(name),
        })
    }

    /// The same, set in silence, and forgotten as soon as it is set: for papers of whistle-blowing.
    #[must_use]
    pub fn confidential(self) -> Self {
        Self {
            confidential: true,
            ..self
        }
    }

    /// What its file is called: letters, digits, `-`, `_` and `.` only.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.name
    }

    /// A digest of everything its bytes are made from, in hex: of two papers with one digest the PDFs are the same.
    #[must_use]
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
        let (day, shown) = (date.to_string(), data.to_string());
        let shared = SHARED.iter().map(|(_, text)| *text);
        let parts = shared
            .chain([template.text(), title, &day, &shown])
            .map(str::as_bytes)
            .chain(qr.as_deref());
        hex::encode(sha256(&parts.map(sha256).collect::<Vec<_>>().concat()))
    }
}

/// `B/1/BSKJI/PA` becomes `B-1-BSKJI-PA.pdf`.
fn file_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("{}.pdf", kept.trim_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(name: &str, body: &str) -> Paper {
        let day = NaiveDate::from_ymd_opt(2026, 7, 6).unwrap();
        Paper::new(
            Template::Answer,
            "Surat jawaban",
            day,
            name,
            &Finish::Draft,
            &json!({"text": body}),
        )
        .unwrap()
    }

    #[test]
    fn a_file_is_called_like_its_number() {
        assert_eq!(
            paper("B/1/BSKJI/BSPJI-Palembang/PA/VII/2026", "").file_name(),
            "B-1-BSKJI-BSPJI-Palembang-PA-VII-2026.pdf"
        );
        assert_eq!(paper("../\"\r\n x", "").file_name(), "x.pdf");
    }

    #[test]
    fn the_digest_changes_with_what_is_printed_and_with_nothing_else() {
        assert_eq!(
            paper("a", "isi").digest(),
            paper("b", "isi").confidential().digest()
        );
        assert_ne!(paper("a", "isi").digest(), paper("a", "isi lain").digest());
    }
}
