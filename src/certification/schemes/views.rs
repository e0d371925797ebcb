//! Public views of the schemes, made from the scheme tables.

use serde::Serialize;
use utoipa::ToSchema;

use super::requirement::{Confidence, Necessity, Requirement};
use super::{Condition, Rule, Scheme, SchemeCode};
use crate::casework::file_kind::FileKind;
use crate::sop::text::{Term, Text};

/// A scheme in the list of schemes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = summary_example)]
pub struct SchemeSummary {
    /// Code of the scheme.
    pub code: SchemeCode,
    /// Name.
    pub title: Term,
    /// Standard of the certification.
    pub standard: &'static str,
    /// Version of the checklist.
    pub version: u16,
    /// Number of rows on the full checklist; one application has fewer.
    pub requirement_count: usize,
}

/// A scheme with its full checklist. Each row's condition tells when the row applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = scheme_example)]
pub struct SchemeView {
    /// Code of the scheme.
    pub code: SchemeCode,
    /// Name.
    pub title: Term,
    /// Standard of the certification.
    pub standard: &'static str,
    /// Version of the checklist.
    pub version: u16,
    /// Every row, in printed order.
    pub requirements: Vec<RequirementView>,
}

/// One document of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequirementView {
    /// Code of the row, as used in document paths.
    pub code: &'static str,
    /// Name of the document.
    pub title: Term,
    /// Whether the document is mandatory if the condition holds.
    pub necessity: Necessity,
    /// Condition for the document.
    pub condition: ConditionView,
    /// Accepted file types.
    pub accepts: Vec<FileKind>,
    /// Maximum file size in megabytes of 1,000,000 bytes.
    pub max_megabytes: u16,
    /// Maximum age of the document in months; null if no limit is known. The title says what is
    /// limited.
    #[schema(required)]
    pub max_age_months: Option<u16>,
    /// Source of the row.
    pub source: &'static str,
    /// Confidence in the row until the office has confirmed it.
    pub confidence: Confidence,
}

/// Condition for a document: a rule to evaluate against the facts, and its wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConditionView {
    /// The rule, with the names of the facts.
    pub rule: Rule,
    /// Wording: "always", or "if …".
    pub text: Text,
}

impl From<&Scheme> for SchemeSummary {
    fn from(scheme: &Scheme) -> Self {
        Self {
            code: scheme.code,
            title: scheme.title,
            standard: scheme.standard,
            version: scheme.version,
            requirement_count: scheme.requirements.len(),
        }
    }
}

impl From<&Scheme> for SchemeView {
    fn from(scheme: &Scheme) -> Self {
        Self {
            code: scheme.code,
            title: scheme.title,
            standard: scheme.standard,
            version: scheme.version,
            requirements: scheme
                .requirements
                .iter()
                .map(RequirementView::from)
                .collect(),
        }
    }
}

impl From<&Requirement> for RequirementView {
    fn from(row: &Requirement) -> Self {
        Self {
            code: row.code,
            title: row.title,
            necessity: row.necessity,
            condition: ConditionView::from(&row.condition),
            accepts: row.accepts.to_vec(),
            max_megabytes: row.max_megabytes,
            max_age_months: row.max_age_months,
            source: row.source,
            confidence: row.confidence,
        }
    }
}

impl From<&Condition> for ConditionView {
    fn from(condition: &Condition) -> Self {
        Self {
            rule: Rule::from(condition),
            text: condition.wording(),
        }
    }
}

/// The examples in the contract are made from the tables, so they stay current.
fn summary_example() -> SchemeSummary {
    SchemeSummary::from(Scheme::of(SchemeCode::ProductSni))
}

fn scheme_example() -> SchemeView {
    let mut view = SchemeView::from(Scheme::of(SchemeCode::ProductSni));
    view.requirements
        .retain(|row| matches!(row.code, "P01" | "P12"));
    view
}
