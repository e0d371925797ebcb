//! What a caller asked for: which files, in which shape, in which language.

use super::filter::Filter;
use super::shapes::{Chart, Format};
use crate::web::problem::Language;

/// What a caller asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}
