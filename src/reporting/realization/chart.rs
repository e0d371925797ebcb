//! The charts of the record.

use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::summary::RealizationSummary;

/// The charts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RealizationChart)]
pub enum Chart {
    /// How large a share of the files kept the standard time, step by step.
    #[default]
    OnTime,
    /// Minutes used against the standard time: median and p90, step by step.
    Minutes,
    /// Applications received, by month and scheme.
    Cases,
    /// What is under way, by stage and age.
    Backlog,
}

impl Chart {
    /// Every chart.
    pub const ALL: [Self; 4] = [Self::OnTime, Self::Minutes, Self::Cases, Self::Backlog];

    /// The name used in the query and in names of files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Minutes => "minutes",
            Self::Cases => "cases",
            Self::Backlog => "backlog",
        }
    }
}

/// The chart as SVG.
#[must_use]
pub fn draw(chart: Chart, summary: &RealizationSummary, asked: &Asked) -> String {
    let _ = (chart, summary, asked);
    String::new()
}
