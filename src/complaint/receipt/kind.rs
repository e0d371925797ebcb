//! Kinds of receipts.

use serde::{Deserialize, Serialize};

/// Kind of receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
    /// The office received a complaint.
    Complaint,
    /// The reporter received the answer.
    Answer,
}

impl ReceiptKind {
    /// Code in JSON and in the signed text.
    pub fn code(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Answer => "answer",
        }
    }
}
