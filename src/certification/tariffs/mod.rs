//! The price list (daftar tarif): tariffs of non-tax revenue (PNBP), laboratory tests, travel by the
//! standard input costs (SBM), and the discount for small businesses. Amounts are data with their
//! legal basis; the program knows none.

pub(crate) mod components;
pub(crate) mod entry;
pub mod examples;
pub(crate) mod http;
pub(crate) mod store;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use self::components::{CostComponent, Per};
use self::entry::Entry;
use super::form::check_line;
use crate::casework::spreadsheet::{TableRow, cells};
use crate::error::{FieldError, Result, fault};
use crate::ids::{OfficeId, UserId};

/// The largest amount in rupiah. Larger amounts are typing errors.
pub(crate) const MAX_AMOUNT: i64 = 1_000_000_000;

/// The kind of a price.
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
pub(crate) enum TariffKind {
    /// A tariff of the rules on non-tax revenue (PNBP).
    Service,
    /// Uji laboratorium.
    Laboratory,
    /// Uang harian luar kota.
    TravelPerDiem,
    /// Uang harian dalam kota lebih dari 8 jam.
    TravelPerDiemInTown,
    /// Penginapan.
    TravelLodging,
    /// Transport.
    TravelTransport,
    /// Potongan usaha mikro dan kecil, in per cent.
    Discount,
}

impl TariffKind {
    /// True for travel, which has a province and a ceiling.
    pub(crate) fn is_travel(self) -> bool {
        match self {
            Self::TravelPerDiem
            | Self::TravelPerDiemInTown
            | Self::TravelLodging
            | Self::TravelTransport => true,
            Self::Service | Self::Laboratory | Self::Discount => false,
        }
    }
}

/// A price on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Tariff {
    /// Code on the list: capital letters, digits and hyphens.
    #[schema(example = "SNI-KETUA", pattern = "^[A-Z0-9][A-Z0-9-]{0,39}$")]
    pub code: String,
    /// Kind of price.
    pub kind: TariffKind,
    /// Label, as in the legal basis.
    #[schema(example = "Ketua tim audit", min_length = 1, max_length = 200)]
    pub label: String,
    /// Unit of the amount; `%` for a discount.
    #[schema(example = "OH", min_length = 1, max_length = 200)]
    pub unit: String,
    /// Amount for one unit in whole rupiah; of a discount per cent.
    #[serde(deserialize_with = "cells::amount")]
    #[schema(example = 2_000_000, minimum = 0, maximum = 1_000_000_000_i64)]
    pub amount: i64,
    /// The highest amount that the standard input costs allow for one unit; of travel only.
    #[serde(default, deserialize_with = "cells::some_amount")]
    #[schema(example = json!(null))]
    pub ceiling: Option<i64>,
    /// The province of the site; of travel only.
    #[schema(example = json!(null), min_length = 1, max_length = 200)]
    pub province: Option<String>,
    /// Legal basis.
    #[schema(
        example = "PP 47/2011 (tarif lama, contoh)",
        min_length = 1,
        max_length = 200
    )]
    pub legal_basis: String,
    /// First day.
    #[serde(deserialize_with = "cells::date")]
    #[schema(example = "2026-01-01")]
    pub valid_from: NaiveDate,
    /// Last day; null until further notice.
    #[serde(default, deserialize_with = "cells::some_date")]
    #[schema(example = json!(null))]
    pub valid_to: Option<NaiveDate>,
    /// True for an invented or outdated price for trying the service out.
    #[serde(default, deserialize_with = "cells::yes")]
    #[schema(example = true)]
    pub is_example: bool,
}

impl TableRow for Tariff {
    const COLUMNS: &'static [&'static str] = &[
        "code",
        "kind",
        "label",
        "unit",
        "amount",
        "ceiling",
        "province",
        "legal_basis",
        "valid_from",
        "valid_to",
    ];
    const OPTIONAL: &'static [&'static str] = &["is_example"];
}

/// True for a code of capital letters, digits and hyphens.
fn is_code(code: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    code.len() <= 40
        && code.bytes().next().is_some_and(known)
        && code.bytes().all(|byte| known(byte) || byte == b'-')
}

/// The fault of a code that is none.
fn code_error(pointer: String, code: &str) -> Option<FieldError> {
    (!is_code(code)).then(|| {
        fault(
            pointer,
            "wrong_value",
            "Kode: 1 sampai 40 huruf besar, angka, dan tanda hubung.",
            "A code has 1 to 40 capital letters, digits and hyphens.",
        )
    })
}

impl Entry for Tariff {
    const IMPORT: &'static str = "import_tariffs";

    fn key(&self) -> String {
        self.code.clone()
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
        let mut faults = Vec::from_iter(code_error(at("code"), &self.code));
        for (column, text) in [
            ("label", Some(&self.label)),
            ("unit", Some(&self.unit)),
            ("legal_basis", Some(&self.legal_basis)),
            ("province", self.province.as_ref()),
        ] {
            if let Some(text) = text {
                check_line(&mut faults, &at(column), text);
            }
        }
        let mut refuse = |wrong: bool, column: &str, id: &'static str, en: &'static str| {
            if wrong {
                faults.push(fault(at(column), "wrong_value", id, en));
            }
        };
        let most = if self.kind == TariffKind::Discount {
            100
        } else {
            MAX_AMOUNT
        };
        refuse(
            !(0..=most).contains(&self.amount),
            "amount",
            "Rupiah 0 sampai 1 miliar; potongan 0 sampai 100 persen.",
            "0 to 1 billion rupiah; a discount 0 to 100 per cent.",
        );
        let is_travel = self.kind.is_travel();
        refuse(
            self.ceiling.is_some() != is_travel
                || self
                    .ceiling
                    .is_some_and(|ceiling| !(self.amount..=MAX_AMOUNT).contains(&ceiling)),
            "ceiling",
            "Perjalanan mempunyai batas tertinggi, tidak kurang dari jumlahnya; yang lain tidak.",
            "Travel has a ceiling, not below the amount; other prices have none.",
        );
        refuse(
            self.province.is_some() != is_travel,
            "province",
            "Perjalanan mempunyai provinsi; yang lain tidak.",
            "Travel has a province; other prices have none.",
        );
        faults
    }

    async fn locked(connection: &mut PgConnection, office: OfficeId) -> Result<Vec<(Uuid, Self)>> {
        store::lock(connection, office, "tariff").await?;
        store::all(connection, office, None).await
    }

    async fn all(connection: &mut PgConnection, office: OfficeId) -> Result<Vec<(Uuid, Self)>> {
        store::all(connection, office, None).await
    }

    async fn add(
        &self,
        connection: &mut PgConnection,
        office: OfficeId,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        store::add(connection, office, self, by, now).await
    }

    async fn end(
        connection: &mut PgConnection,
        id: Uuid,
        valid_to: Option<NaiveDate>,
    ) -> Result<()> {
        store::end(connection, id, valid_to).await
    }
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
