//! A condition as JSON, so that clients can compute the checklist while the form is filled in. A
//! rule is equivalent to its `Condition` and uses the JSON names of `Facts`; a property test checks
//! this.

use serde::Serialize;
use utoipa::ToSchema;

use super::condition::Condition;
use crate::certification::facts::{
    ApplicantKind, ApplicationKind, BusinessScale, CertificationType, Commodity,
};

/// Condition for a document, by `op`. `always`: for every application. `one_of`: the fact is stated
/// and among `values`. `yes`: the fact is true. `all`, `any`: all rules, or at least one rule, in
/// `of` hold. `not`: `rule` does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
#[schema(example = json!({"op": "one_of", "fact": "applicant_kind", "values": ["importer"]}))]
pub enum Rule {
    /// Holds for every application.
    Always,
    /// Holds when the fact is stated and is one of the values.
    OneOf {
        /// The field of the facts.
        fact: Fact,
        /// The accepted values of the fact.
        values: Vec<&'static str>,
    },
    /// Holds when the fact is true.
    Yes {
        /// The field of the facts.
        fact: Fact,
    },
    /// Holds when every part holds.
    All {
        /// The parts.
        #[schema(no_recursion)]
        of: Vec<Rule>,
    },
    /// Holds when at least one part holds.
    Any {
        /// The parts.
        #[schema(no_recursion)]
        of: Vec<Rule>,
    },
    /// Holds when the part does not hold.
    Not {
        /// The part.
        #[schema(no_recursion)]
        rule: Box<Rule>,
    },
}

/// The name of a field of the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The kind of application.
    ApplicationKind,
    /// The kind of applicant.
    ApplicantKind,
    /// The group of the product.
    Commodity,
    /// The type of certification.
    CertificationType,
    /// The scale of the business.
    BusinessScale,
    /// Whether the discount for small businesses is requested.
    SmallBusinessDiscount,
    /// Whether the brand belongs to another party.
    BrandOfAnother,
    /// Whether the applicant holds an ISO 9001 certificate.
    QmsCertified,
    /// Whether the water permit is held by another party.
    WaterPermitOfAnother,
}

impl From<&Condition> for Rule {
    fn from(condition: &Condition) -> Self {
        match condition {
            Condition::Always => Self::Always,
            Condition::KindIs(kinds) => {
                one_of(Fact::ApplicationKind, kinds, ApplicationKind::as_str)
            }
            Condition::ApplicantIs(kinds) => {
                one_of(Fact::ApplicantKind, kinds, ApplicantKind::as_str)
            }
            Condition::CommodityIs(groups) => one_of(Fact::Commodity, groups, Commodity::as_str),
            Condition::CertificationTypeIs(types) => {
                one_of(Fact::CertificationType, types, CertificationType::as_str)
            }
            Condition::SmallBusiness => one_of(
                Fact::BusinessScale,
                &Condition::SMALL,
                BusinessScale::as_str,
            ),
            Condition::DiscountWanted => Self::Yes {
                fact: Fact::SmallBusinessDiscount,
            },
            Condition::BrandOfAnother => Self::Yes {
                fact: Fact::BrandOfAnother,
            },
            Condition::QmsCertified => Self::Yes {
                fact: Fact::QmsCertified,
            },
            Condition::WaterPermitOfAnother => Self::Yes {
                fact: Fact::WaterPermitOfAnother,
            },
            Condition::All(parts) => Self::All {
                of: parts.iter().map(Self::from).collect(),
            },
            Condition::Any(parts) => Self::Any {
                of: parts.iter().map(Self::from).collect(),
            },
            Condition::Not(part) => Self::Not {
                rule: Box::new(Self::from(*part)),
            },
        }
    }
}

fn one_of<T: Copy>(fact: Fact, values: &[T], name: fn(T) -> &'static str) -> Rule {
    let values = values.iter().map(|&value| name(value)).collect();
    Rule::OneOf { fact, values }
}
