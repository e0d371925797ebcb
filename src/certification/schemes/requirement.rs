//! One row of a checklist: a document, when it is asked for, and how far the row itself can be trusted.
//! The builders here are for the six tables beside this file; nothing makes a row at run time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::condition::Condition;
use crate::casework::file_kind::FileKind;

/// A document of a scheme's checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// The row's code, unique over all schemes: the scheme's letter, the number, and a letter for a part of a printed row.
    pub code: &'static str,
    /// The document's name in English.
    pub title_en: &'static str,
    /// The document's name in Indonesian, in the words of the source.
    pub title_id: &'static str,
    /// Whether the application is incomplete without it, where the condition holds.
    pub necessity: Necessity,
    /// When the row is on the checklist.
    pub condition: Condition,
    /// The kinds of file taken. The office's practice is not known, so these are our choice.
    pub accepts: &'static [FileKind],
    /// The largest file taken, in megabytes of 1 000 000 bytes. Our choice as well.
    pub max_megabytes: u16,
    /// How old the document may be, in months, for the verifier's eye: where a row takes alternatives, the title
    /// says which of them is limited, so a machine must not refuse a file by this number.
    pub max_age_months: Option<u16>,
    /// Where the row comes from.
    pub source: &'static str,
    /// How far the source carries.
    pub confidence: Confidence,
}

/// Whether an application is incomplete without a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Necessity {
    /// Incomplete without it.
    Mandatory,
    /// Welcome, never missed.
    Optional,
}

/// How far a row can be trusted until the office has confirmed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Read in the office's own or an official page, or in a regulation.
    High,
    /// Read at a sister office, in one sample, or in the press.
    Medium,
    /// Common practice, read nowhere in particular.
    GeneralKnowledge,
}

/// Where rows come from, shared by the rows that come from there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis {
    pub(super) source: &'static str,
    pub(super) confidence: Confidence,
}

/// A signed or issued paper: nobody edits it after the fact.
const PAPER: &[FileKind] = &[FileKind::Pdf, FileKind::Jpeg, FileKind::Png];

/// A list or a form that the applicant keeps and fills in.
const FORM: &[FileKind] = &[FileKind::Pdf, FileKind::Docx, FileKind::Xlsx];

impl Requirement {
    /// A mandatory paper, asked of everybody, up to 10 MB.
    pub(super) const fn paper(
        code: &'static str,
        title_en: &'static str,
        title_id: &'static str,
        basis: Basis,
    ) -> Self {
        Self {
            code,
            title_en,
            title_id,
            necessity: Necessity::Mandatory,
            condition: Condition::Always,
            accepts: PAPER,
            max_megabytes: 10,
            max_age_months: None,
            source: basis.source,
            confidence: basis.confidence,
        }
    }

    /// Also taken as the applicant's own working file.
    pub(super) const fn form(mut self) -> Self {
        self.accepts = FORM;
        self
    }

    /// A manual or a set of records: up to 25 MB.
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
