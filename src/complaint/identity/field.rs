//! The fields of an identity, as a disclosure requests and a custodian grants them.

use serde::{Deserialize, Serialize};

/// A field of an identity.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum IdentityField {
    /// Full name (nama).
    Name,
    /// Population number (NIK).
    Nik,
    /// Telephone (telepon).
    Phone,
    /// E-mail (surel).
    Email,
    /// Postal address (alamat).
    Address,
    /// Relation to the office or to the case (hubungan).
    Relation,
}

impl IdentityField {
    /// All fields.
    pub const ALL: [Self; 6] = [
        Self::Name,
        Self::Nik,
        Self::Phone,
        Self::Email,
        Self::Address,
        Self::Relation,
    ];

    /// Code of the field.
    pub fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Nik => "nik",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address => "address",
            Self::Relation => "relation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_written_as_its_code() {
        for field in IdentityField::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.code());
        }
    }
}
