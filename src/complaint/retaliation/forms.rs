//! What is sent: a report, and an assessment of it.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::complaint::papers::form::prose_fault;
use crate::complaint::papers::retaliation_file::{Finding, Kind, Measure};
use crate::error::{FieldError, fault};
use crate::ids::{ComplaintId, RetaliationId};
use crate::web::body::Validate;

/// The longest account and the longest words to the reporter, in characters.
const LONGEST: usize = 5_000;

/// A report of a complaint, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtRetaliation {
    /// Id of the complaint.
    pub id: ComplaintId,
    /// Id of the report.
    pub report: RetaliationId,
}

/// A report of retaliation (laporan pembalasan).
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetaliationReportForm)]
pub struct RetaliationForm {
    /// What was done to you, or what you fear.
    #[schema(example = "transfer")]
    pub kind: Kind,
    /// In your words. Do not write what only you can know.
    #[schema(
        example = "Sejak laporan itu saya dipindahkan ke gudang tanpa surat tugas.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
    /// `true` if it has not happened and you fear it.
    #[serde(default)]
    #[schema(example = false)]
    pub feared: bool,
    /// On which day it happened, if you want to say so; in the future only if you fear it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-03")]
    pub day: Option<NaiveDate>,
}

impl Validate for RetaliationForm {
    fn errors(&self) -> Vec<FieldError> {
        prose_fault(&self.text, "/text".to_owned(), LONGEST)
            .into_iter()
            .collect()
    }
}

/// An assessment (penilaian).
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetaliationAssessmentForm)]
pub struct AssessmentForm {
    /// What was found. `needs_watch` leaves the report open until it is assessed again.
    #[schema(example = "upheld")]
    pub finding: Finding,
    /// The words for the reporter, who reads them in the portal.
    #[schema(
        example = "Pemindahan Saudara dibatalkan. Bila terjadi lagi, laporkan di sini.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
    /// What is done to protect the reporter, who is told.
    #[serde(default)]
    #[schema(example = json!(["restoration", "order_to_stop"]))]
    pub measures: Vec<Measure>,
}

impl Validate for AssessmentForm {
    fn errors(&self) -> Vec<FieldError> {
        let twice = self
            .measures
            .iter()
            .enumerate()
            .filter(|(i, measure)| self.measures[..*i].contains(measure))
            .take(1);
        let twice = twice.map(|(i, _)| {
            fault(
                format!("/measures/{i}"),
                "duplicate",
                "Sudah disebutkan.",
                "Named twice.",
            )
        });
        prose_fault(&self.text, "/text".to_owned(), LONGEST)
            .into_iter()
            .chain(twice)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_measure_is_named_once_and_words_are_needed() {
        let faults = |body: serde_json::Value| -> Vec<_> {
            serde_json::from_value::<AssessmentForm>(body)
                .ok()
                .unwrap()
                .errors()
                .into_iter()
                .map(|fault| (fault.pointer, fault.code))
                .collect()
        };
        assert_eq!(
            faults(
                json!({"finding": "upheld", "text": "x", "measures": ["separation", "discipline"]})
            ),
            []
        );
        let twice = json!({"finding": "upheld", "text": " ", "measures": ["separation", "discipline", "separation"]});
        assert_eq!(
            faults(twice),
            [
                ("/text".to_owned(), "empty"),
                ("/measures/2".to_owned(), "duplicate")
            ]
        );
    }
}
