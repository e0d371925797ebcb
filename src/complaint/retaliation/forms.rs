//! Request bodies: a report and an assessment.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::complaint::papers::form::prose_error;
use crate::complaint::papers::retaliation_file::{
    RetaliationFinding, RetaliationKind, RetaliationMeasure,
};
use crate::error::{FieldError, fault};
use crate::ids::{ComplaintId, RetaliationId};
use crate::web::body::Validate;

/// Maximum length of a text, in characters.
const MAX_TEXT_CHARS: usize = 5_000;

/// Path parameters of a report.
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
    /// Kind of retaliation, suffered or feared.
    #[schema(example = "transfer")]
    pub kind: RetaliationKind,
    /// Your account. Leave out details that only you can know.
    #[schema(
        example = "Sejak laporan itu saya dipindahkan ke gudang tanpa surat tugas.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
    /// `true` when the retaliation has not happened and is feared.
    #[serde(default)]
    #[schema(example = false)]
    pub feared: bool,
    /// Day of the retaliation, optional; may be in the future only when feared.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-03")]
    pub day: Option<NaiveDate>,
}

impl Validate for RetaliationForm {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.text, "/text".to_owned(), MAX_TEXT_CHARS)
            .into_iter()
            .collect()
    }
}

/// An assessment (penilaian).
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetaliationAssessmentForm)]
pub struct AssessmentForm {
    /// Finding. `needs_watch` leaves the report open for another assessment.
    #[schema(example = "upheld")]
    pub finding: RetaliationFinding,
    /// Text for the reporter, shown in the portal.
    #[schema(
        example = "Pemindahan Saudara dibatalkan. Bila terjadi lagi, laporkan di sini.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
    /// Protective measures; the reporter is told of them.
    #[serde(default)]
    #[schema(example = json!(["restoration", "order_to_stop"]))]
    pub measures: Vec<RetaliationMeasure>,
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
                "This measure is named already.",
            )
        });
        prose_error(&self.text, "/text".to_owned(), MAX_TEXT_CHARS)
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
