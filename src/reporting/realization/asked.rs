//! What a caller asked for: which files, in which shape, in which language. Kept with a job, so that it can be made later.

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::shapes::{Chart, Format};
use crate::error::{Error, Result};
use crate::web::problem::Language;

/// What a caller asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which files.
    pub filter: Filter,
    /// In which shape.
    pub format: Format,
    /// Which chart, when it is one.
    pub chart: Chart,
    /// In English; otherwise in Indonesian.
    pub english: bool,
}

impl Asked {
    /// The language of headings and labels.
    #[must_use]
    pub fn language(&self) -> Language {
        if self.english {
            Language::English
        } else {
            Language::Indonesian
        }
    }

    /// A name for the file: what it is, of which days.
    #[must_use]
    pub fn file_name(&self) -> String {
        let day =
            |day: Option<chrono::NaiveDate>| day.map(|day| format!("-{day}")).unwrap_or_default();
        let chart = if self.format == Format::Svg {
            format!("-{}", self.chart.code())
        } else {
            String::new()
        };
        format!(
            "realisasi-sertifikasi{chart}{}{}.{}",
            day(self.filter.from),
            day(self.filter.to),
            self.format.extension()
        )
    }

    /// As it is kept, and what tells it from another.
    ///
    /// # Errors
    /// Never for what was asked for over HTTP.
    pub fn written(&self) -> Result<(serde_json::Value, [u8; 32])> {
        let written = serde_json::to_value(self).map_err(Error::internal)?;
        let digest = crate::secrecy::sha256(written.to_string().as_bytes());
        Ok((written, digest))
    }
}
