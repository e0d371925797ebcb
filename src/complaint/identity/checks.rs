//! Validation of an identity: short single lines, so that every identity fits into the sealed form
//! of constant length.

use super::field::IdentityField;
use super::given::Identity;
use crate::error::{FieldError, fault};
use crate::identity::email::is_email;
use crate::identity::organisation::line_error;

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
