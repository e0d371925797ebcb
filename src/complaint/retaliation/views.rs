//! What is shown of a report: to its reporter and to who protects them the same, in days and without a name.

use chrono::NaiveDate;
use serde::Serialize;

use crate::complaint::papers::retaliation_file::{Finding, Kind, Measure, State};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::store::retaliation::{Line, Stored};
use crate::error::Result;
use crate::ids::{ComplaintId, RetaliationId};

/// What was found, on one day.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationAssessment)]
pub struct AssessmentView {
    /// On which day.
    #[schema(value_type = String, format = Date, example = "2026-07-08")]
    pub on: NaiveDate,
    /// What was found.
    pub finding: Finding,
    /// The words for the reporter.
    #[schema(example = "Pemindahan Saudara dibatalkan. Bila terjadi lagi, laporkan di sini.")]
    pub text: String,
    /// What is done to protect them.
    #[schema(example = json!(["restoration", "order_to_stop"]))]
    pub measures: Vec<Measure>,
}

/// A report of retaliation (laporan pembalasan).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationReport)]
pub struct RetaliationView {
    /// Its id.
    pub id: RetaliationId,
    /// How far it is.
    pub state: State,
    /// The day it was made on (WIB); no time of day is kept.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub reported_on: NaiveDate,
    /// What was done to the reporter, or what they fear.
    pub kind: Kind,
    /// Whether it is feared and has not happened.
    #[schema(example = false)]
    pub feared: bool,
    /// On which day it happened.
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-03")]
    pub day: Option<NaiveDate>,
    /// In the reporter's words.
    #[schema(example = "Sejak laporan itu saya dipindahkan ke gudang tanpa surat tugas.")]
    pub text: String,
    /// What was found so far, oldest first.
    pub assessments: Vec<AssessmentView>,
}

impl RetaliationView {
    /// Of `stored`.
    ///
    /// # Errors
    /// Our own fault when it was moved or changed.
    pub fn of(stored: &Stored, key: &CaseKey) -> Result<Self> {
        let (told, assessed) = (stored.told(key)?, stored.assessed(key)?);
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
            kind: told.kind,
            feared: told.feared,
            day: told.day,
            text: told.text,
            assessments: assessments.collect(),
        })
    }
}

/// Reports of one complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RetaliationReports {
    /// Newest day first.
    pub items: Vec<RetaliationView>,
}

/// A report in a list: nothing that anybody wrote.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationReportSummary)]
pub struct RetaliationSummary {
    /// Its id.
    pub id: RetaliationId,
    /// The complaint.
    pub complaint: ComplaintId,
    /// The number of that.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// How far it is.
    pub state: State,
    /// The day it was made on.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub reported_on: NaiveDate,
    /// The day it was assessed on last.
    #[schema(value_type = Option<String>, format = Date)]
    pub assessed_on: Option<NaiveDate>,
}

impl RetaliationSummary {
    /// Of `line`.
    #[must_use]
    pub fn of(line: Line) -> Self {
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
