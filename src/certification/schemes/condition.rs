//! Conditions for required documents: a tree of typed predicates over the facts of an application,
//! stored as constants. Wording and JSON form are in their own files.

use crate::certification::facts::{
    ApplicantKind, ApplicationKind, BusinessScale, CertificationType, Commodity, Facts,
};

/// A predicate over the facts of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Holds for every application.
    Always,
    /// The application is of one of these kinds.
    KindIs(&'static [ApplicationKind]),
    /// The applicant is of one of these kinds.
    ApplicantIs(&'static [ApplicantKind]),
    /// The product belongs to one of these groups.
    CommodityIs(&'static [Commodity]),
    /// The form of certification was stated and is one of these.
    CertificationTypeIs(&'static [CertificationType]),
    /// The business is stated to be micro or small.
    SmallBusiness,
    /// The discount for small businesses is requested.
    DiscountWanted,
    /// The brand belongs to another party.
    BrandOfAnother,
    /// The applicant holds an ISO 9001 certificate.
    QmsCertified,
    /// The water permit (SIPA) is held by another party.
    WaterPermitOfAnother,
    /// Every part holds; an empty list holds.
    All(&'static [Condition]),
    /// At least one part holds; an empty list does not.
    Any(&'static [Condition]),
    /// The part does not hold.
    Not(&'static Condition),
}

impl Condition {
    /// The scales that count as small.
    pub const SMALL: [BusinessScale; 2] = [BusinessScale::Micro, BusinessScale::Small];

    /// Whether the condition holds for these facts.
    pub fn holds(&self, facts: &Facts) -> bool {
        match self {
            Self::Always => true,
            Self::KindIs(kinds) => kinds.contains(&facts.application_kind),
            Self::ApplicantIs(kinds) => kinds.contains(&facts.applicant_kind),
            Self::CommodityIs(groups) => groups.contains(&facts.commodity),
            Self::CertificationTypeIs(types) => facts
                .certification_type
                .is_some_and(|stated| types.contains(&stated)),
            Self::SmallBusiness => facts
                .business_scale
                .is_some_and(|stated| Self::SMALL.contains(&stated)),
            Self::DiscountWanted => facts.small_business_discount,
            Self::BrandOfAnother => facts.brand_of_another,
            Self::QmsCertified => facts.qms_certified,
            Self::WaterPermitOfAnother => facts.water_permit_of_another,
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
        }
    }
}
