//! An identity as the reporter declares it: short single lines, so that every identity fits into the
//! sealed form of constant length. Its texts are wiped from memory, and not quoted by parse errors.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::error::{Error, FieldError, Result, fault};
use crate::identity::email::is_email;
use crate::text::is_blank;
use crate::web::body::line_error;

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

/// A text of an identity. Its memory is wiped.
pub struct PrivateText(Zeroizing<String>);

impl PrivateText {
    /// Takes ownership of `text`.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for PrivateText {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PrivateText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // The parser's own message would quote a NIK given as a number.
        String::deserialize(from)
            .map(Self::new)
            .map_err(|_| serde::de::Error::custom("expected a string"))
    }
}

/// Serializes to JSON in memory that is wiped. The capacity is reserved at once: a growing vector
/// would leave copies in memory.
pub fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(Vec::with_capacity(8_192));
    serde_json::to_writer(&mut *json, value).map_err(Error::internal)?;
    Ok(json)
}

/// Longest line in characters.
const LINE: usize = 200;

impl Identity {
    /// Lists the field errors below `pointer`. No submitted text is repeated.
    pub fn field_errors(&self, pointer: &str) -> Vec<FieldError> {
        let given = IdentityField::ALL
            .into_iter()
            .filter_map(|field| Some((field, self.get(field)?)));
        given
            .filter_map(|(field, text)| {
                fault_of(field, text, &format!("{pointer}/{}", field.code()))
            })
            .collect()
    }
}

fn fault_of(field: IdentityField, text: &str, pointer: &str) -> Option<FieldError> {
    match field {
        IdentityField::Name | IdentityField::Address | IdentityField::Relation => {
            line_error(text, pointer, LINE)
        }
        IdentityField::Nik => {
            let right = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
            (!right).then(|| {
                fault(
                    pointer,
                    "not_digits",
                    "NIK terdiri dari 16 angka.",
                    "A NIK has 16 digits.",
                )
            })
        }
        IdentityField::Phone => {
            let right = (5..=30).contains(&text.len())
                && text
                    .chars()
                    .all(|c| c.is_ascii_digit() || " +()-".contains(c));
            (!right).then(|| {
                fault(
                    pointer,
                    "wrong_value",
                    "Bukan nomor telepon.",
                    "Not a telephone number.",
                )
            })
        }
        IdentityField::Email => (!is_email(text)).then(|| {
            fault(
                pointer,
                "wrong_value",
                "Bukan alamat surel.",
                "Not an e-mail address.",
            )
        }),
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

    #[test]
    fn a_field_is_written_as_its_code() {
        for field in IdentityField::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.code());
        }
    }

    #[test]
    fn every_wrong_field_is_named_and_none_is_repeated() {
        let wrong = r#"{"name":" ","nik":"167101420390000x","phone":"0812 DI SINI","email":"siti","address":"Jl. Merdeka\nPalembang","relation":"a\u202eb"}"#;
        let faults = serde_json::from_str::<Identity>(wrong)
            .unwrap()
            .field_errors("/identity");
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        let expected = ["name", "nik", "phone", "email", "address", "relation"]
            .map(|field| format!("/identity/{field}"));
        assert_eq!(pointers, expected);
        assert!(!format!("{faults:?}").contains("siti"));
    }

    #[test]
    fn a_right_one_has_no_fault_and_neither_has_one_that_says_nothing() {
        let right = r#"{"name":"Siti","nik":"1671014203900001","phone":"+62 (812) 3456-7890","email":"siti@example.org","address":"Jl. Merdeka 5"}"#;
        assert_eq!(
            serde_json::from_str::<Identity>(right)
                .unwrap()
                .field_errors("/identity"),
            []
        );
        assert_eq!(
            serde_json::from_str::<Identity>("{}")
                .unwrap()
                .field_errors("/identity"),
            []
        );
    }
}
