//! The formats of the record, and its charts.

use serde::{Deserialize, Serialize};

/// The format of the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RealizationFormat)]
pub enum Format {
    /// Rows, page by page, with the sums on the first page.
    #[default]
    Json,
    /// Every row, for any spreadsheet.
    Csv,
    /// Every row and the sums, for a spreadsheet, with real dates and numbers.
    Xlsx,
    /// A chart.
    Svg,
    /// The report of a month or another period, with sums and charts, as a letter (PDF/A).
    Pdf,
}

impl Format {
    /// The media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Svg => "image/svg+xml",
            Self::Pdf => "application/pdf",
        }
    }

    /// The file name extension.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
        }
    }
}

/// The charts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RealizationChart)]
pub enum Chart {
    /// The share of files within the standard time, step by step.
    #[default]
    OnTime,
    /// Minutes used against the standard time: median and p90, step by step.
    Minutes,
    /// Applications received, by month and scheme.
    Cases,
    /// Open files, by stage and age.
    Backlog,
}

impl Chart {
    /// Every chart.
    pub const ALL: [Self; 4] = [Self::OnTime, Self::Minutes, Self::Cases, Self::Backlog];

    /// The code used in the query and in file names.
    pub fn code(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Minutes => "minutes",
            Self::Cases => "cases",
            Self::Backlog => "backlog",
        }
    }
}
