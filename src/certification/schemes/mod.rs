//! The six certification schemes and their required documents, as constants. Each scheme is one
//! table in one file; a change to a table needs a new `version`. This module uses neither the web
//! nor SQL.

mod code;
mod condition;
mod environment_iso14001;
mod food_safety_iso22000;
mod green_industry;
mod management_system;
mod ohs_iso45001;
mod product_sni;
#[cfg(test)]
mod properties;
mod quality_iso9001;
mod requirement;
mod rule;
#[cfg(test)]
mod tests;
mod views;
mod wording;

pub use code::{SchemeCode, UnknownScheme};
pub(crate) use condition::Condition;
pub use requirement::{Confidence, Necessity, Requirement};
pub(crate) use rule::Rule;
pub(crate) use views::{SchemeSummary, SchemeView};

use super::facts::{CertificationType, Facts};
use crate::sop::text::Term;

/// A certification service and its checklist.
#[derive(Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Code of the scheme.
    pub code: SchemeCode,
    /// Name; in Indonesian as in the printed SOP.
    pub title: Term,
    /// Standard of the certification.
    pub standard: &'static str,
    /// Version of the checklist; an application keeps the version of its submission.
    pub version: u16,
    /// The object of certification: products or a scope.
    pub certifies: Subject,
    /// Types of certification that `facts.certification_type` may state.
    pub types: &'static [CertificationType],
    /// Every row, in printed order.
    pub requirements: &'static [Requirement],
}

/// The object of certification under a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Products, each with brand and standard. The application must state the type of
    /// certification, because the certificate does.
    Products,
    /// The activities within a scope. The application states a type of certification only if it is
    /// not the scheme's usual one.
    Scope,
}

impl Scheme {
    /// The scheme with this code.
    pub const fn of(code: SchemeCode) -> &'static Self {
        match code {
            SchemeCode::ProductSni => &product_sni::SCHEME,
            SchemeCode::QualityIso9001 => &quality_iso9001::SCHEME,
            SchemeCode::GreenIndustry => &green_industry::SCHEME,
            SchemeCode::EnvironmentIso14001 => &environment_iso14001::SCHEME,
            SchemeCode::FoodSafetyIso22000 => &food_safety_iso22000::SCHEME,
            SchemeCode::OhsIso45001 => &ohs_iso45001::SCHEME,
        }
    }

    /// Every scheme, in the order of the printed SOP.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        SchemeCode::ALL.into_iter().map(Self::of)
    }

    /// The rows that apply to the facts, mandatory and optional, in printed order.
    pub fn checklist(&self, facts: &Facts) -> impl Iterator<Item = &'static Requirement> + use<> {
        let facts = *facts;
        self.requirements
            .iter()
            .filter(move |row| row.condition.holds(&facts))
    }

    /// The row of the paper that proves the business scale for the discount, if there is one.
    pub(crate) fn discount_paper(&self) -> Option<&'static Requirement> {
        self.requirements.iter().find(|row| {
            matches!(row.condition, Condition::All(parts) if parts.contains(&Condition::DiscountWanted))
        })
    }

    /// The row with this code.
    pub(crate) fn requirement(&self, code: &str) -> Option<&'static Requirement> {
        self.requirements.iter().find(|row| row.code == code)
    }
}
