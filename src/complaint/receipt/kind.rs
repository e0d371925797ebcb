//! What the office gives receipts for.

use serde::{Deserialize, Serialize};

/// What a receipt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
    /// The office received a complaint.
    Complaint,
    /// The reporter received the answer.
    Answer,
}

impl ReceiptKind {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Answer => "answer",
        }
    }
}
