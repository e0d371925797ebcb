//! A customer organisation (Pelanggan): form, view and validation.

use serde::{Deserialize, Serialize};

use crate::error::{FieldError, fault};
use crate::web::body::line_error;

/// An organisation that applies for certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Name of the firm (nama perusahaan).
    #[schema(example = "PT Tirta Musi Sejahtera", min_length = 1, max_length = 200)]
    pub name: String,
    /// Postal address for letters (alamat).
    pub address: PostalAddress,
    /// Business number (Nomor Induk Berusaha), 13 digits; null until the firm has one.
    #[serde(default)]
    #[schema(example = "1234567890123", pattern = "^[0-9]{13}$")]
    pub nib: Option<String>,
}

/// A postal address in Indonesia.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostalAddress {
    /// Street and number (jalan).
    #[schema(
        example = "Jl. Perindustrian II No. 12, Sukarami",
        min_length = 1,
        max_length = 200
    )]
    pub street: String,
    /// City or regency (kota/kabupaten).
    #[schema(example = "Palembang", min_length = 1, max_length = 100)]
    pub city: String,
    /// Province (provinsi).
    #[schema(example = "Sumatera Selatan", min_length = 1, max_length = 100)]
    pub province: String,
    /// Postal code (kode pos), 5 digits.
    #[schema(example = "30152", pattern = "^[0-9]{5}$")]
    pub postal_code: String,
}

impl Organisation {
    /// Validation errors, with pointers below `pointer`.
    pub(crate) fn field_errors(&self, pointer: &str) -> Vec<FieldError> {
        let address = &self.address;
        let lines = [
            line_error(&self.name, &format!("{pointer}/name"), 200),
            line_error(&address.street, &format!("{pointer}/address/street"), 200),
            line_error(&address.city, &format!("{pointer}/address/city"), 100),
            line_error(
                &address.province,
                &format!("{pointer}/address/province"),
                100,
            ),
            digits_error(
                &address.postal_code,
                &format!("{pointer}/address/postal_code"),
                5,
            ),
            self.nib
                .as_deref()
                .and_then(|nib| digits_error(nib, &format!("{pointer}/nib"), 13)),
        ];
        lines.into_iter().flatten().collect()
    }
}

fn digits_error(text: &str, pointer: &str, count: usize) -> Option<FieldError> {
    let right = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    (!right).then(|| {
        fault(
            pointer,
            "not_digits",
            format!("Harus {count} angka."),
            format!("It must be {count} digits."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation() -> Organisation {
        let address = PostalAddress {
            street: "Jl. Musi 1".into(),
            city: "Palembang".into(),
            province: "Sumatera Selatan".into(),
            postal_code: "30152".into(),
        };
        Organisation {
            name: "PT Karet".into(),
            address,
            nib: None,
        }
    }

    #[test]
    fn a_line_shows_something_and_hides_nothing() {
        let code = |text: &str| line_error(text, "/name", 10).map(|fault| fault.code);
        for blank in [
            "",
            " ",
            "\u{200b}",
            "\u{feff}\u{ad}",
            "\u{3164}",
            "\u{2800} \u{a0}",
            "\u{200d}",
            "\u{202e}",
        ] {
            assert_eq!(code(blank), Some("empty"), "{blank:?}");
        }
        for hidden in [
            "Bu\u{200b}di",
            "a\u{202e}b",
            "a\nb",
            "a\u{2028}b",
            "a\u{ad}b",
            "a\u{2066}b",
            "a\u{e0041}b",
        ] {
            assert_eq!(code(hidden), Some("not_one_line"), "{hidden:?}");
        }
        assert_eq!(
            (code("Ny. Ida"), code("Kopi\u{2122}\u{fe0f}")),
            (None, None)
        );
    }

    #[test]
    fn an_organisation_needs_a_name_and_a_whole_address() {
        assert_eq!(organisation().field_errors("/organisation"), []);
        let mut wrong = organisation();
        (
            wrong.name,
            wrong.address.city,
            wrong.address.postal_code,
            wrong.nib,
        ) = (
            " ".into(),
            "Pal\nembang".into(),
            "3015".into(),
            Some("12".into()),
        );
        let pointers: Vec<_> = wrong
            .field_errors("/organisation")
            .into_iter()
            .map(|fault| fault.pointer)
            .collect();
        assert_eq!(
            pointers,
            [
                "/organisation/name",
                "/organisation/address/city",
                "/organisation/address/postal_code",
                "/organisation/nib"
            ]
        );
    }
}
