//! The composition of a cost estimate: the tariffs that an application of a scheme and kind pays,
//! and the quantity of each.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::casework::spreadsheet::{TableRow, cells};
use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;

/// A component of a cost estimate.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Component {
    /// Permohonan.
    Application,
    /// Audit tahap 1.
    #[serde(rename = "stage_1")]
    #[strum(serialize = "stage_1")]
    Stage1,
    /// Ketua tim audit.
    Lead,
    /// Auditor.
    Auditor,
    /// Petugas pengambil contoh.
    SamplingOfficer,
    /// Tenaga ahli.
    Expert,
    /// Tim teknis.
    TechnicalTeam,
    /// Proses sertifikasi.
    Process,
    /// Surveilen.
    Surveillance,
    /// Potongan usaha mikro dan kecil.
    Discount,
}

impl Component {
    /// True for a component that is one role of the audit team.
    pub fn is_of_the_team(self) -> bool {
        match self {
            Self::Lead | Self::Auditor | Self::SamplingOfficer | Self::Expert => true,
            Self::Application
            | Self::Stage1
            | Self::TechnicalTeam
            | Self::Process
            | Self::Surveillance
            | Self::Discount => false,
        }
    }
}

/// The quantity of a component.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Per {
    /// Once for the application.
    File,
    /// Once for each product.
    Product,
    /// The man-days (OH) of the role; of the team only.
    ManDay,
}

/// A component of the cost estimates of a scheme and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CostComponent {
    /// Code of the scheme.
    pub scheme: SchemeCode,
    /// Kind of application.
    pub kind: ApplicationKind,
    /// The component.
    pub component: Component,
    /// Code on the price list.
    #[schema(example = "SNI-KETUA", pattern = "^[A-Z0-9][A-Z0-9-]{0,39}$")]
    pub tariff_code: String,
    /// The quantity.
    pub per: Per,
    /// First day.
    #[serde(deserialize_with = "cells::date")]
    #[schema(example = "2026-01-01")]
    pub valid_from: NaiveDate,
    /// Last day; null until further notice.
    #[serde(default, deserialize_with = "cells::some_date")]
    #[schema(example = json!(null))]
    pub valid_to: Option<NaiveDate>,
}

impl TableRow for CostComponent {
    const COLUMNS: &'static [&'static str] = &[
        "scheme",
        "kind",
        "component",
        "tariff_code",
        "per",
        "valid_from",
        "valid_to",
    ];
}
