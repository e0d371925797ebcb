//! Whether a letter holds.

use serde::Serialize;

use crate::error::{Text, text};

/// Whether a letter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterStatus {
    /// It holds (berlaku).
    Valid,
    /// It was withdrawn; its number is void (dibatalkan).
    Void,
    /// A later letter holds in its stead (digantikan).
    Superseded,
}

impl LetterStatus {
    /// Of a letter that was voided or not, and followed by another or not. A later letter tells more than that the earlier one was withdrawn.
    #[must_use]
    pub fn of(voided: bool, superseded: bool) -> Self {
        match (superseded, voided) {
            (true, _) => Self::Superseded,
            (false, true) => Self::Void,
            (false, false) => Self::Valid,
        }
    }

    /// In words, for people.
    #[must_use]
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
