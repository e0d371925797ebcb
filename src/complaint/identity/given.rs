//! An identity as the reporter declares it.

use std::collections::BTreeMap;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::field::IdentityField;
use super::private_text::{PrivateText, json};
use crate::error::Result;
use crate::text::is_blank;

/// The identity of a reporter, as far as the reporter declares it. Sealed right after validation.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// Full name (nama).
    #[schema(value_type = Option<String>, example = "Siti Rahmawati", min_length = 1, max_length = 200)]
    name: Option<PrivateText>,
    /// Population number (NIK), 16 digits.
    #[schema(value_type = Option<String>, example = "1671014203900001", pattern = "^[0-9]{16}$")]
    nik: Option<PrivateText>,
    /// Telephone (telepon).
    #[schema(value_type = Option<String>, example = "0812-3456-7890", pattern = "^[0-9 +()-]{5,30}$")]
    phone: Option<PrivateText>,
    /// E-mail (surel).
    #[schema(value_type = Option<String>, example = "siti@example.org", format = "email", max_length = 254)]
    email: Option<PrivateText>,
    /// Postal address (alamat), on one line.
    #[schema(value_type = Option<String>, example = "Jl. Merdeka No. 5, Palembang", min_length = 1, max_length = 200)]
    address: Option<PrivateText>,
    /// Relation to the office or to the case (hubungan).
    #[schema(value_type = Option<String>, example = "Karyawan pemohon sertifikasi", min_length = 1, max_length = 200)]
    relation: Option<PrivateText>,
}

impl Identity {
    /// A field; none when it was not given.
    pub fn get(&self, field: IdentityField) -> Option<&str> {
        let text = match field {
            IdentityField::Name => &self.name,
            IdentityField::Nik => &self.nik,
            IdentityField::Phone => &self.phone,
            IdentityField::Email => &self.email,
            IdentityField::Address => &self.address,
            IdentityField::Relation => &self.relation,
        };
        text.as_ref().map(PrivateText::as_str)
    }

    /// Whether no field has text: the reporter is anonymous.
    pub fn is_empty(&self) -> bool {
        self.texts().all(is_blank)
    }

    /// All given texts, to search for them in free text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        IdentityField::ALL
            .into_iter()
            .filter_map(|field| self.get(field))
    }

    /// Serializes the identity, only to seal it.
    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>> {
        let given: BTreeMap<_, _> = IdentityField::ALL
            .into_iter()
            .filter_map(|field| Some((field, self.get(field)?)))
            .collect();
        json(&given)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_shows_nothing_and_takes_no_other_field() {
        let identity: Identity =
            serde_json::from_str(r#"{"name":"Siti Rahmawati","phone":"0812"}"#).unwrap();
        assert_eq!(
            identity.texts().collect::<Vec<_>>(),
            ["Siti Rahmawati", "0812"]
        );
        assert_eq!(format!("{identity:?}"), "Identity(secret)");
        assert!(serde_json::from_str::<Identity>(r#"{"nama":"Siti"}"#).is_err());
        assert!(
            !serde_json::from_str::<Identity>(r#"{"nik":1671014203900001}"#)
                .unwrap_err()
                .to_string()
                .contains("1671")
        );
    }

    #[test]
    fn an_identity_that_says_nothing_is_empty() {
        for text in ["{}", r#"{"name":null}"#, r#"{"name":"  "}"#] {
            assert!(
                serde_json::from_str::<Identity>(text).unwrap().is_empty(),
                "{text}"
            );
        }
        assert!(
            !serde_json::from_str::<Identity>(r#"{"nik":"1"}"#)
                .unwrap()
                .is_empty()
        );
    }
}
