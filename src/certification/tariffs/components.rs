//! The composition of a cost estimate: the tariffs that an application of a scheme and kind pays,
//! and the quantity of each.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::entry::Entry;
use super::{code_error, store};
use crate::casework::spreadsheet::TableRow;
use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;
use crate::error::{FieldError, Result, fault};
use crate::ids::{OfficeId, UserId};

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
    #[schema(example = "2026-01-01")]
    pub valid_from: NaiveDate,
    /// Last day; null until further notice.
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

impl Entry for CostComponent {
    const IMPORT: &'static str = "import_cost_components";

    fn key(&self) -> String {
        let component: &str = self.component.into();
        format!("{}/{}/{component}", self.scheme, self.kind.as_str())
    }

    fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }

    fn valid_to(&self) -> Option<NaiveDate> {
        self.valid_to
    }

    fn ending(self, valid_to: Option<NaiveDate>) -> Self {
        Self { valid_to, ..self }
    }

    fn errors(&self, at: &dyn Fn(&str) -> String) -> Vec<FieldError> {
        let mut faults = Vec::from_iter(code_error(at("tariff_code"), &self.tariff_code));
        if self.per == Per::ManDay && !self.component.is_of_the_team() {
            faults.push(fault(
                at("per"),
                "wrong_value",
                "Hari orang hanya untuk peran dalam tim audit.",
                "Man-days are for roles of the audit team only.",
            ));
        }
        faults
    }

    async fn locked(connection: &mut PgConnection, office: OfficeId) -> Result<Vec<(Uuid, Self)>> {
        store::lock(connection, office, "cost_component").await?;
        store::all_components(connection, office).await
    }

    async fn all(connection: &mut PgConnection, office: OfficeId) -> Result<Vec<(Uuid, Self)>> {
        store::all_components(connection, office).await
    }

    async fn add(
        &self,
        connection: &mut PgConnection,
        office: OfficeId,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        store::add_component(connection, office, self, by, now).await
    }

    async fn end(
        connection: &mut PgConnection,
        id: Uuid,
        valid_to: Option<NaiveDate>,
    ) -> Result<()> {
        store::end_component(connection, id, valid_to).await
    }
}
