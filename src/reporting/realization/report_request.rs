//! A requested report: filter, format and language. Stored with a job, so that the report can be
//! made later.

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::formats::{Chart, Format};
use crate::error::{Error, Result};
use crate::web::problem::Language;

/// A requested report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRequest {
    /// The filter.
    pub filter: Filter,
    /// The format.
    pub format: Format,
    /// The chart, for the chart format.
    pub chart: Chart,
    /// True for English, false for Indonesian.
    pub english: bool,
}

impl ReportRequest {
    /// The language of headings and labels.
    pub fn language(&self) -> Language {
        if self.english {
            Language::English
        } else {
            Language::Indonesian
        }
    }

    /// The file name of the report, with its days.
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

    /// The request as JSON, and its digest, by which equal requests are recognized.
    pub fn serialized(&self) -> Result<(serde_json::Value, [u8; 32])> {
        let written = serde_json::to_value(self).map_err(Error::internal)?;
        let digest = crate::secrecy::sha256(written.to_string().as_bytes());
        Ok((written, digest))
    }
}
