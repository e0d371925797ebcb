//! The charts of the record: drawn from its sums alone, for print and for the colour-blind (colours that differ in lightness too, and the number beside
//! every bar), with labels in the office's language or in English.

mod backlog;
mod cases;
mod frame;
mod minutes;
mod on_time;
#[cfg(test)]
mod tests;

use super::formats::Chart;
use super::report_request::ReportRequest;
use super::summary::RealizationSummary;
use crate::drawing::Sheet;

/// The chart as SVG.
#[must_use]
pub fn draw(chart: Chart, summary: &RealizationSummary, asked: &ReportRequest) -> String {
    sheet(chart, summary, asked).svg()
}

/// The chart as a sheet.
#[must_use]
pub fn sheet(chart: Chart, summary: &RealizationSummary, asked: &ReportRequest) -> Sheet {
    match chart {
        Chart::OnTime => on_time::draw(summary, asked),
        Chart::Minutes => minutes::draw(summary, asked),
        Chart::Cases => cases::draw(summary, asked),
        Chart::Backlog => backlog::draw(summary, asked),
    }
}
