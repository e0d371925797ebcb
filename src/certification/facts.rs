//! Statements of the applicant that determine which documents are required. They are unverified
//! claims; `form` checks whether they fit the chosen scheme.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The facts of an application that the conditions of a checklist test.
///
/// Every field may be left out of the JSON. The defaults describe an initial application of a
/// producer in Indonesia for an ordinary product under its own brand, with no further claims.
/// Unknown fields are refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({
    "application_kind": "initial", "applicant_kind": "importer", "commodity": "food", "certification_type": "type_5", "brand_of_another": true
}))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four yes/no questions of the form, each independent of the others"
)]
pub struct Facts {
    /// Kind of application. Default: `initial`.
    pub application_kind: ApplicationKind,
    /// Kind of applicant. Default: `producer`.
    pub applicant_kind: ApplicantKind,
    /// Group of the product, as far as documents depend on it. Default: `other`.
    pub commodity: Commodity,
    /// Type of certification, if the scheme has several: `type_5` or `type_3` under `product_sni`,
    /// which requires one for submission; `smk3` under `ohs_iso45001`, which means ISO 45001 if
    /// left out or null.
    pub certification_type: Option<CertificationType>,
    /// Scale of the business (UMKM law). Left out or null: not stated.
    pub business_scale: Option<BusinessScale>,
    /// Whether the discount for small businesses is requested: under `product_sni`, by a business
    /// that states `micro` or `small`. Default: false.
    pub small_business_discount: bool,
    /// Whether the product carries a brand owned by another party. Default: false.
    pub brand_of_another: bool,
    /// Whether the applicant holds an ISO 9001 certificate. Default: false.
    pub qms_certified: bool,
    /// Whether the water permit (SIPA) is held by another party. Default: false.
    pub water_permit_of_another: bool,
}

/// The kind of an application.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationKind {
    /// First certification (sertifikasi awal).
    #[default]
    Initial,
    /// Yearly surveillance (surveilen).
    Surveillance,
    /// Renewal at the end of the cycle (sertifikasi ulang).
    Recertification,
    /// More products, sites or activities (perluasan lingkup).
    ScopeExtension,
    /// Fewer products, sites or activities (pengurangan lingkup).
    ScopeReduction,
    /// Transfer of a valid certificate from another body (transfer).
    Transfer,
    /// An audit outside the cycle (audit khusus).
    Special,
    /// Restoration of a suspended certificate (pemulihan).
    Reinstatement,
}

impl ApplicationKind {
    /// Every kind, in declaration order.
    pub(crate) const ALL: [Self; 8] = [
        Self::Initial,
        Self::Surveillance,
        Self::Recertification,
        Self::ScopeExtension,
        Self::ScopeReduction,
        Self::Transfer,
        Self::Special,
        Self::Reinstatement,
    ];

    /// The name used in JSON and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Surveillance => "surveillance",
            Self::Recertification => "recertification",
            Self::ScopeExtension => "scope_extension",
            Self::ScopeReduction => "scope_reduction",
            Self::Transfer => "transfer",
            Self::Special => "special",
            Self::Reinstatement => "reinstatement",
        }
    }
}

/// The text is not the name of a kind of application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownApplicationKind;

impl fmt::Display for UnknownApplicationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown kind of application; known are {}",
            ApplicationKind::ALL.map(ApplicationKind::as_str).join(", ")
        )
    }
}

impl std::error::Error for UnknownApplicationKind {}

impl FromStr for ApplicationKind {
    type Err = UnknownApplicationKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownApplicationKind)
    }
}

/// The kind of an applicant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicantKind {
    /// Makes the product in Indonesia (produsen).
    #[default]
    Producer,
    /// Brings the product in (importir).
    Importer,
    /// Owns the brand and has the product made by others (pemilik merek).
    BrandOwner,
    /// Makes the product abroad (produsen di luar negeri).
    ForeignProducer,
}

impl ApplicantKind {
    /// Every kind, in declaration order.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [
        Self::Producer,
        Self::Importer,
        Self::BrandOwner,
        Self::ForeignProducer,
    ];

    /// The name used in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::Importer => "importer",
            Self::BrandOwner => "brand_owner",
            Self::ForeignProducer => "foreign_producer",
        }
    }
}

/// The group of the product, as far as documents depend on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Commodity {
    /// Bottled drinking water (air minum dalam kemasan, AMDK).
    BottledWater,
    /// Any other food or drink (pangan).
    Food,
    /// Everything else, for instance rubber or fertiliser.
    #[default]
    Other,
}

impl Commodity {
    /// Every group, in declaration order.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 3] = [Self::BottledWater, Self::Food, Self::Other];

    /// The name used in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BottledWater => "bottled_water",
            Self::Food => "food",
            Self::Other => "other",
        }
    }
}

/// The scale of a business as defined by the UMKM law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BusinessScale {
    /// Usaha mikro.
    Micro,
    /// Usaha kecil.
    Small,
    /// Usaha menengah.
    Medium,
    /// Usaha besar.
    Large,
}

impl BusinessScale {
    /// Every scale, smallest first.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Micro, Self::Small, Self::Medium, Self::Large];

    /// The name used in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// The type of certification, if a scheme has several. Type 1b of SPPT SNI is missing, because no
/// checklist for it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum CertificationType {
    /// SPPT SNI type 3.
    #[serde(rename = "type_3")]
    Type3,
    /// SPPT SNI type 5.
    #[serde(rename = "type_5")]
    Type5,
    /// SMK3 of PP 50/2012 instead of ISO 45001.
    #[serde(rename = "smk3")]
    Smk3,
}

impl CertificationType {
    /// Every type, in declaration order.
    pub const ALL: [Self; 3] = [Self::Type3, Self::Type5, Self::Smk3];

    /// The name used in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Type3 => "type_3",
            Self::Type5 => "type_5",
            Self::Smk3 => "smk3",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names<T: Serialize>(all: impl IntoIterator<Item = T>) -> Vec<String> {
        let name = |one| {
            serde_json::to_value(one)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        all.into_iter().map(name).collect()
    }

    #[test]
    fn a_fact_has_one_name_in_text_and_in_json() {
        assert_eq!(
            names(ApplicationKind::ALL),
            ApplicationKind::ALL.map(ApplicationKind::as_str)
        );
        assert_eq!(
            names(ApplicantKind::ALL),
            ApplicantKind::ALL.map(ApplicantKind::as_str)
        );
        assert_eq!(names(Commodity::ALL), Commodity::ALL.map(Commodity::as_str));
        assert_eq!(
            names(BusinessScale::ALL),
            BusinessScale::ALL.map(BusinessScale::as_str)
        );
        assert_eq!(
            names(CertificationType::ALL),
            CertificationType::ALL.map(CertificationType::as_str)
        );
    }

    #[test]
    fn an_application_kind_is_read_back_from_its_name() {
        for kind in ApplicationKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!(
            "first".parse::<ApplicationKind>(),
            Err(UnknownApplicationKind)
        );
    }

    #[test]
    fn a_caller_may_leave_everything_out() {
        let facts: Facts = serde_json::from_value(json!({})).unwrap();
        assert_eq!(facts, Facts::default());
        assert_eq!(facts.application_kind, ApplicationKind::Initial);
        assert_eq!(facts.applicant_kind, ApplicantKind::Producer);
        assert_eq!(facts.commodity, Commodity::Other);
        assert_eq!(
            (facts.certification_type, facts.business_scale),
            (None, None)
        );
        let claims = [
            facts.small_business_discount,
            facts.brand_of_another,
            facts.qms_certified,
            facts.water_permit_of_another,
        ];
        assert_eq!(claims, [false; 4]);
    }

    #[test]
    fn an_unknown_fact_or_value_is_refused() {
        let refused = |body| {
            serde_json::from_value::<Facts>(body)
                .unwrap_err()
                .to_string()
        };
        assert!(refused(json!({"importer": true})).contains("unknown field `importer`"));
        assert!(refused(json!({"commodity": "water"})).contains("unknown variant `water`"));
    }
}
