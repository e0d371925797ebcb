//! The six certification schemes and the documents each of them asks for, as constant data.
//! A scheme is one table in one file; a change to a table is a new `version`. Nothing here knows the web or SQL.

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
pub use condition::Condition;
pub use requirement::{Confidence, Necessity, Requirement};
pub use rule::{Fact, Rule};
pub use views::{ConditionView, RequirementView, SchemeSummary, SchemeView};
pub use wording::Wording;

use super::facts::{CertificationType, Facts};

/// A certification service and its checklist.
#[derive(Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Its code.
    pub code: SchemeCode,
    /// Its name in English.
    pub title_en: &'static str,
    /// Its name in Indonesian, as in the printed SOP.
    pub title_id: &'static str,
    /// What is certified against.
    pub standard: &'static str,
    /// The version of the checklist; an application keeps the one it was submitted under.
    pub version: u16,
    /// What an application names to be certified.
    pub certifies: Subject,
    /// The forms of certification an application may state in `facts.certification_type`.
    pub types: &'static [CertificationType],
    /// Every row, in printed order.
    pub requirements: &'static [Requirement],
}

/// What is certified under a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Products, each with its brand and its standard. An application states the form of certification, because the certificate does.
    Products,
    /// The activities within a scope. A form of certification is stated only where it is not the scheme's usual one.
    Scope,
}

impl Scheme {
    /// The scheme of this code.
    #[must_use]
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

    /// The rows that apply to a case, mandatory and optional, in printed order.
    pub fn checklist(&self, facts: &Facts) -> impl Iterator<Item = &'static Requirement> + use<> {
        let facts = *facts;
        self.requirements
            .iter()
            .filter(move |row| row.condition.holds(&facts))
    }

    /// The row of this code, if the scheme has one.
    #[must_use]
    pub fn requirement(&self, code: &str) -> Option<&'static Requirement> {
        self.requirements.iter().find(|row| row.code == code)
    }
}
