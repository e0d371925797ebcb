//! Deficiency sheets (lembar kekurangan dokumen): the items that a verification left open.

pub(crate) mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Text;
use crate::ids::DeficiencySheetId;

/// The verifier's judgement of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemResult {
    /// Lengkap.
    Complete,
    /// Kurang: the document is missing.
    Missing,
    /// Tidak sesuai: the document does not meet the requirement.
    Unfit,
    /// Tidak berlaku: the row does not apply.
    NotApplicable,
}

impl ItemResult {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Missing => "missing",
            Self::Unfit => "unfit",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// A row of the deficiency sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeficiencyItem {
    /// Number on the sheet.
    #[schema(example = 1)]
    pub no: u16,
    /// The row of the checklist.
    #[schema(example = "P07")]
    pub requirement: String,
    /// Name of the document.
    pub title: Text,
    /// `missing` or `unfit`.
    pub result: ItemResult,
    /// The deficiency.
    #[schema(example = "NPWP atas nama perusahaan lama; unggah yang baru.")]
    pub note: String,
}

/// A deficiency sheet (lembar kekurangan dokumen); without items it is "nihil".
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeficiencySheet {
    /// Id of the sheet.
    pub id: DeficiencySheetId,
    /// Number of the sheet.
    #[schema(example = "LK-2026-00001")]
    pub number: String,
    /// The verified round.
    #[schema(example = 1)]
    pub round: i16,
    /// Missing and unfit documents.
    pub items: Vec<DeficiencyItem>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
}

/// The sheets of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeficiencySheets {
    /// In the order of the rounds.
    pub items: Vec<DeficiencySheet>,
}
