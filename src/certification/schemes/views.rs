//! What the public sees of a scheme. Views are made from the tables and say no more than they do.

use serde::Serialize;
use utoipa::ToSchema;

use super::requirement::{Confidence, Necessity, Requirement};
use super::{Condition, Rule, Scheme, SchemeCode};
use crate::casework::file_kind::FileKind;

/// A scheme in the list of schemes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = summary_example)]
pub struct SchemeSummary {
    /// The scheme's code.
    pub code: SchemeCode,
    /// Name in English.
    pub title_en: &'static str,
    /// Name in Indonesian.
    pub title_id: &'static str,
    /// What is certified against.
    pub standard: &'static str,
    /// Version of the checklist.
    pub version: u16,
    /// Number of rows on the full checklist; fewer apply to one case.
    pub requirement_count: usize,
}

/// A scheme with its full checklist. Which rows apply to a case is said by each row's condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = scheme_example)]
pub struct SchemeView {
    /// The scheme's code.
    pub code: SchemeCode,
    /// Name in English.
    pub title_en: &'static str,
    /// Name in Indonesian.
    pub title_id: &'static str,
    /// What is certified against.
    pub standard: &'static str,
    /// Version of the checklist.
    pub version: u16,
    /// Every row, in printed order.
    pub requirements: Vec<RequirementView>,
}

/// One document of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequirementView {
    /// The row's code, as used in document paths.
    pub code: &'static str,
    /// The document's name in English.
    pub title_en: &'static str,
    /// The document's name in Indonesian.
    pub title_id: &'static str,
    /// Whether the application is incomplete without it, where the condition holds.
    pub necessity: Necessity,
    /// When the document is asked for.
    pub condition: ConditionView,
    /// The kinds of file taken.
    pub accepts: Vec<FileKind>,
    /// The largest file taken, in megabytes of 1 000 000 bytes.
    pub max_megabytes: u16,
    /// How old the document may be, in months; null where no limit is known. The title says what is limited.
    #[schema(required)]
    pub max_age_months: Option<u16>,
    /// Where the row comes from.
    pub source: &'static str,
    /// How far the row can be trusted until the office has confirmed it.
    pub confidence: Confidence,
}

/// When a document is asked for: a rule to evaluate against the facts, and the same in words to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConditionView {
    /// The rule, in the names of the facts.
    pub rule: Rule,
    /// In English: "always", or "if …".
    pub text_en: String,
    /// In Indonesian: "selalu", or "jika …".
    pub text_id: String,
}

impl From<&Scheme> for SchemeSummary {
    fn from(scheme: &Scheme) -> Self {
        Self {
            code: scheme.code,
            title_en: scheme.title_en,
            title_id: scheme.title_id,
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
            title_en: scheme.title_en,
            title_id: scheme.title_id,
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
            title_en: row.title_en,
            title_id: row.title_id,
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
        let wording = condition.wording();
        Self {
            rule: Rule::from(condition),
            text_en: wording.en,
            text_id: wording.id,
        }
    }
}

/// The contract's examples are made from the tables, so that they cannot grow stale.
fn summary_example() -> SchemeSummary {
    SchemeSummary::from(Scheme::of(SchemeCode::ProductSni))
}

fn scheme_example() -> SchemeView {
    let mut view = SchemeView::from(Scheme::of(SchemeCode::ProductSni));
    view.requirements
        .retain(|row| matches!(row.code, "P01" | "P12"));
    view
}
