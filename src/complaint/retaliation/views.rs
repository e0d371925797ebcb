//! Views of a report, the same for its reporter and the protectors: in days, without a name.

use chrono::NaiveDate;
use serde::Serialize;

use crate::complaint::papers::retaliation_file::{
    RetaliationFinding, RetaliationKind, RetaliationMeasure, State,
};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::store::retaliation::{RetaliationListRow, RetaliationRow};
use crate::error::Result;
use crate::ids::{ComplaintId, RetaliationId};

/// One assessment.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationAssessment)]
pub struct AssessmentView {
    /// Day of the assessment.
    #[schema(value_type = String, format = Date, example = "2026-07-08")]
    pub on: NaiveDate,
    /// Finding.
    pub finding: RetaliationFinding,
    /// Text for the reporter.
    #[schema(example = "Pemindahan Saudara dibatalkan. Bila terjadi lagi, laporkan di sini.")]
    pub text: String,
    /// Protective measures.
    #[schema(example = json!(["restoration", "order_to_stop"]))]
    pub measures: Vec<RetaliationMeasure>,
}

/// A report of retaliation (laporan pembalasan).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationReport)]
pub struct RetaliationView {
    /// Id of the report.
    pub id: RetaliationId,
    /// State of the report.
    pub state: State,
    /// Day of the report (WIB); no time of day is stored.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub reported_on: NaiveDate,
    /// Kind of retaliation, suffered or feared.
    pub kind: RetaliationKind,
    /// Whether the retaliation has not happened and is feared.
    #[schema(example = false)]
    pub feared: bool,
    /// Day of the retaliation.
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-03")]
    pub day: Option<NaiveDate>,
    /// Account of the reporter.
    #[schema(example = "Sejak laporan itu saya dipindahkan ke gudang tanpa surat tugas.")]
    pub text: String,
    /// Assessments so far, oldest first.
    pub assessments: Vec<AssessmentView>,
}

impl RetaliationView {
    /// Opens the report and its assessments.
    pub fn of(stored: &RetaliationRow, key: &CaseKey) -> Result<Self> {
        let (account, assessed) = (stored.open_report(key)?, stored.open_assessments(key)?);
        let assessments = assessed.into_iter();
        let assessments = assessments.map(|one| AssessmentView {
            on: one.on,
            finding: one.finding,
            text: one.text,
            measures: one.measures,
        });
        Ok(Self {
            id: stored.id,
            state: stored.state,
            reported_on: stored.reported_on,
            kind: account.kind,
            feared: account.feared,
            day: account.day,
            text: account.text,
            assessments: assessments.collect(),
        })
    }
}

/// Reports of one complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RetaliationReports {
    /// Reports, newest day first.
    pub items: Vec<RetaliationView>,
}

/// A report in a list. Holds no text.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationReportSummary)]
pub struct RetaliationSummary {
    /// Id of the report.
    pub id: RetaliationId,
    /// The complaint.
    pub complaint: ComplaintId,
    /// Public number of the complaint.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// State of the report.
    pub state: State,
    /// Day of the report.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub reported_on: NaiveDate,
    /// Day of the newest assessment.
    #[schema(value_type = Option<String>, format = Date)]
    pub assessed_on: Option<NaiveDate>,
}

impl RetaliationSummary {
    /// Builds the list entry.
    pub fn of(line: RetaliationListRow) -> Self {
        Self {
            id: line.id,
            complaint: line.case,
            public_number: line.public_number,
            state: line.state,
            reported_on: line.reported_on,
            assessed_on: line.assessed_on,
        }
    }
}
