//! One row of a checklist: a document, its condition, and the confidence in the row. The builders
//! serve the six scheme tables; no row is made at run time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::condition::Condition;
use crate::casework::file_kind::FileKind;
use crate::sop::text::Term;

/// A document of a scheme's checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// Code of the row, unique over all schemes: the scheme's letter, the number, and a letter for
    /// a part of a printed row.
    pub code: &'static str,
    /// Name of the document; in Indonesian in the words of the source.
    pub title: Term,
    /// Whether the document is mandatory if the condition holds.
    pub necessity: Necessity,
    /// Condition for the row.
    pub condition: Condition,
    /// Accepted file types. The office's practice is not known, so they are our choice.
    pub accepts: &'static [FileKind],
    /// Maximum file size in megabytes of 1,000,000 bytes; also our choice.
    pub max_megabytes: u16,
    /// Maximum age of the document in months, as information for the verifier. For a row with
    /// alternatives the title says which of them is limited, so the service must not refuse a file
    /// by this number.
    pub max_age_months: Option<u16>,
    /// Source of the row.
    pub source: &'static str,
    /// Confidence in the row.
    pub confidence: Confidence,
}

/// Whether a document is mandatory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Necessity {
    /// The application is incomplete without it.
    Mandatory,
    /// Optional.
    Optional,
}

/// Confidence in a row until the office has confirmed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Taken from the office's own page, an official page or a regulation.
    High,
    /// Taken from a sister office, a single sample or the press.
    Medium,
    /// Common practice, without a source.
    GeneralKnowledge,
}

/// Source and confidence, shared by several rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis {
    pub(super) source: &'static str,
    pub(super) confidence: Confidence,
}

/// File types of signed or issued documents, which are not edited afterwards.
const PAPER: &[FileKind] = &[FileKind::Pdf, FileKind::Jpeg, FileKind::Png];

/// File types of lists and forms that the applicant fills in.
const FORM: &[FileKind] = &[FileKind::Pdf, FileKind::Docx, FileKind::Xlsx];

impl Requirement {
    /// A mandatory document for every application, up to 10 MB.
    pub(super) const fn paper(
        code: &'static str,
        title_en: &'static str,
        title_id: &'static str,
        basis: Basis,
    ) -> Self {
        Self {
            code,
            title: Term {
                id: title_id,
                en: title_en,
            },
            necessity: Necessity::Mandatory,
            condition: Condition::Always,
            accepts: PAPER,
            max_megabytes: 10,
            max_age_months: None,
            source: basis.source,
            confidence: basis.confidence,
        }
    }

    /// Accepts office documents (DOCX, XLSX) and PDF instead of scans.
    pub(super) const fn form(mut self) -> Self {
        self.accepts = FORM;
        self
    }

    /// A manual or a set of records, up to 25 MB.
    pub(super) const fn bulky(mut self) -> Self {
        self.max_megabytes = 25;
        self
    }

    pub(super) const fn optional(mut self) -> Self {
        self.necessity = Necessity::Optional;
        self
    }

    pub(super) const fn when(mut self, condition: Condition) -> Self {
        self.condition = condition;
        self
    }

    pub(super) const fn no_older_than(mut self, months: u16) -> Self {
        self.max_age_months = Some(months);
        self
    }
}
