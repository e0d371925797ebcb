//! The codes of the six schemes, used by clients and in the database. The meaning of a code never
//! changes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One of the office's six certification services, in the order of the printed SOP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SchemeCode {
    /// Product certification, SPPT SNI.
    ProductSni,
    /// Quality management, ISO 9001.
    QualityIso9001,
    /// Green industry, Sertifikasi Industri Hijau.
    GreenIndustry,
    /// Environmental management, ISO 14001.
    EnvironmentIso14001,
    /// Food-safety management, ISO 22000.
    FoodSafetyIso22000,
    /// Occupational health and safety, ISO 45001 or SMK3.
    OhsIso45001,
}

impl SchemeCode {
    /// Every code, in the order of the printed SOP.
    pub const ALL: [Self; 6] = [
        Self::ProductSni,
        Self::QualityIso9001,
        Self::GreenIndustry,
        Self::EnvironmentIso14001,
        Self::FoodSafetyIso22000,
        Self::OhsIso45001,
    ];

    /// The name used in JSON, in paths and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProductSni => "product_sni",
            Self::QualityIso9001 => "quality_iso9001",
            Self::GreenIndustry => "green_industry",
            Self::EnvironmentIso14001 => "environment_iso14001",
            Self::FoodSafetyIso22000 => "food_safety_iso22000",
            Self::OhsIso45001 => "ohs_iso45001",
        }
    }
}

impl fmt::Display for SchemeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the code of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownScheme;

impl fmt::Display for UnknownScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown scheme; known are {}",
            SchemeCode::ALL.map(SchemeCode::as_str).join(", ")
        )
    }
}

impl std::error::Error for UnknownScheme {}

impl FromStr for SchemeCode {
    type Err = UnknownScheme;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|code| code.as_str() == text)
            .ok_or(UnknownScheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_promised_to_front_ends() {
        let promised = [
            "product_sni",
            "quality_iso9001",
            "green_industry",
            "environment_iso14001",
            "food_safety_iso22000",
            "ohs_iso45001",
        ];
        assert_eq!(SchemeCode::ALL.map(SchemeCode::as_str), promised);
        for code in SchemeCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(code.as_str().parse(), Ok(code));
        }
    }

    #[test]
    fn an_unknown_code_is_refused_with_the_list_of_known_ones() {
        let refusal = "iso_9001".parse::<SchemeCode>().unwrap_err().to_string();
        assert!(refusal.contains("quality_iso9001"), "{refusal}");
    }
}
