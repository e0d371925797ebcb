//! The validity of a letter.

use serde::Serialize;

use crate::error::{Text, text};

/// The validity of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterStatus {
    /// Valid (berlaku).
    Valid,
    /// Withdrawn, its number void (dibatalkan).
    Void,
    /// Replaced by a later letter (digantikan).
    Superseded,
}

impl LetterStatus {
    /// The status of a letter. `Superseded` takes precedence over `Void`, because the later letter
    /// is the more useful information.
    pub fn of(voided: bool, superseded: bool) -> Self {
        match (superseded, voided) {
            (true, _) => Self::Superseded,
            (false, true) => Self::Void,
            (false, false) => Self::Valid,
        }
    }

    /// The status as a sentence.
    pub fn in_words(self) -> Text {
        match self {
            Self::Valid => text("Surat ini berlaku.", "This letter is valid."),
            Self::Void => text(
                "Surat ini dibatalkan dan tidak berlaku.",
                "This letter was withdrawn and is void.",
            ),
            Self::Superseded => text(
                "Surat ini digantikan oleh surat yang lebih baru.",
                "This letter was superseded by a later one.",
            ),
        }
    }
}
