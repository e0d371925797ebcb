//! A requested report: filter, format and language.

use super::filter::Filter;
use super::formats::{Chart, Format};
use crate::web::problem::Language;

/// A requested report.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub(crate) fn language(&self) -> Language {
        if self.english {
            Language::English
        } else {
            Language::Indonesian
        }
    }

    /// The file name of the report, with its days.
    pub(crate) fn file_name(&self) -> String {
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
}
