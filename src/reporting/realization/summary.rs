//! The sums of a report, computed row by row and only from the rows, so that they cannot differ
//! from them.

mod groups;
mod minutes;
mod money;
mod steps;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use groups::{AgeCount, AuditorTally, Backlog, DeficiencyTally, GroupTally};
use groups::{AuditorDays, Backlogs, Deficiencies, Groups};
pub use minutes::{Minutes, MinutesView};
pub use money::PnbpSummary;
pub use steps::StepSummary;
use steps::StepTally;

use super::measure;
use super::row::RealizationRow;
use crate::certification::sop::{SOP, Stage};
use crate::sop::working_time::WIB;

/// The sums of a report (ringkasan).
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct RealizationSummary {
    /// The number of rows.
    #[schema(example = 42)]
    pub count: u64,
    /// Open files.
    #[schema(example = 12)]
    pub open: u64,
    /// Files with the notice sent.
    #[schema(example = 28)]
    pub sent: u64,
    /// Files rejected, withdrawn or expired.
    #[schema(example = 2)]
    pub ended_aside: u64,
    /// Each numbered step.
    pub steps: Vec<StepSummary>,
    /// The office's total minutes, of files with the notice sent.
    pub office: OfficeSummary,
    /// Open files, by stage and age.
    pub backlog: Vec<Backlog>,
    /// PNBP: the account of each file, over all its codes.
    pub pnbp: PnbpSummary,
    /// Missing or unfit documents, most frequent first.
    pub deficiencies: Vec<DeficiencyTally>,
    /// Audit days of each auditor, most first.
    pub auditors: Vec<AuditorTally>,
    /// By scheme, as its code.
    pub by_scheme: Vec<GroupTally>,
    /// By month of receipt (WIB), as `2026-07`.
    pub by_month: Vec<GroupTally>,
    /// By month and scheme, as `2026-07 quality_iso9001`.
    pub by_month_and_scheme: Vec<GroupTally>,
    /// By province of the site as entered; `-` for none.
    pub by_province: Vec<GroupTally>,
}

/// The office's minutes against its share of the standard time.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct OfficeSummary {
    /// The standard, in minutes.
    #[schema(example = 225)]
    pub standard_minutes: i64,
    /// Files within the standard.
    #[schema(example = 25)]
    pub within: u64,
    /// Minutes used.
    pub minutes: MinutesView,
}

/// Accumulates rows.
#[derive(Debug, Default)]
pub struct Sums {
    count: u64,
    open: u64,
    sent: u64,
    steps: Vec<StepTally>,
    within: u64,
    office: Minutes,
    backlog: Backlogs,
    pnbp: PnbpSummary,
    deficiencies: Deficiencies,
    auditors: AuditorDays,
    schemes: Groups,
    months: Groups,
    months_and_schemes: Groups,
    provinces: Groups,
}

impl Sums {
    /// Adds one row.
    pub fn add(&mut self, row: &RealizationRow) {
        self.count += 1;
        self.open += u64::from(!SOP.is_over(row.stage));
        if row.stage == Stage::NoticeSent {
            self.sent += 1;
            self.within += u64::from(row.office_minutes <= row.office_standard_minutes);
            self.office.add(row.office_minutes);
        }
        self.steps
            .resize_with(self.steps.len().max(row.steps.len()), StepTally::default);
        for (tally, step) in self.steps.iter_mut().zip(&row.steps) {
            tally.add(step);
        }
        self.backlog.add(row);
        if let Some(billing) = &row.billing {
            self.pnbp.add(billing);
        }
        self.deficiencies.add(&row.deficiencies);
        self.auditors.add(row.notice.as_ref());
        let month = row
            .received_at
            .with_timezone(&WIB)
            .format("%Y-%m")
            .to_string();
        self.months_and_schemes
            .add(&format!("{month} {}", row.scheme.as_str()), row);
        self.months.add(&month, row);
        self.schemes.add(row.scheme.as_str(), row);
        self.provinces.add(
            row.province
                .as_deref()
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .unwrap_or("-"),
            row,
        );
    }

    /// The sums.
    pub fn summary(self) -> RealizationSummary {
        RealizationSummary {
            count: self.count,
            open: self.open,
            sent: self.sent,
            ended_aside: self.count - self.open - self.sent,
            steps: steps::summaries(&self.steps),
            office: OfficeSummary {
                standard_minutes: measure::office_standard(),
                within: self.within,
                minutes: self.office.view(),
            },
            backlog: self.backlog.lines(),
            pnbp: self.pnbp,
            deficiencies: self.deficiencies.lines(),
            auditors: self.auditors.lines(),
            by_scheme: self.schemes.lines(),
            by_month: self.months.lines(),
            by_month_and_scheme: self.months_and_schemes.lines(),
            by_province: self.provinces.lines(),
        }
    }
}
