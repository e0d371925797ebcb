//! The signer's credentials for the national service: NIK and passphrase. Their memory is wiped on
//! drop, they implement neither `Debug`, `Clone` nor `Serialize`, and error messages do not quote
//! them.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::error::{FieldError, fault};
use crate::web::body::verbatim;

/// Number of digits of a NIK.
const NIK_DIGITS: usize = 16;
/// Maximum length of a passphrase, in bytes.
const MAX_PASSPHRASE: usize = 200;

/// The signer's NIK (Nomor Induk Kependudukan, the national identity number).
pub struct Nik(Zeroizing<String>);

/// The passphrase of the signer's certificate.
pub struct Passphrase(Zeroizing<String>);

/// The credentials in a request; both are required if the provider needs them.
#[derive(Default)]
pub struct Credentials {
    /// NIK of the signer.
    pub nik: Option<Nik>,
    /// Passphrase of the signer.
    pub passphrase: Option<Passphrase>,
}

impl Nik {
    /// The digits, only for the request to the provider.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The validation error, if any.
    pub fn field_error(&self) -> Option<FieldError> {
        let whole = self.0.len() == NIK_DIGITS && self.0.bytes().all(|byte| byte.is_ascii_digit());
        (!whole).then(|| {
            fault(
                "/nik",
                "wrong_value",
                "NIK terdiri dari enam belas angka.",
                "A NIK has sixteen digits.",
            )
        })
    }
}

impl Passphrase {
    /// The passphrase, only for the request to the provider.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The validation error, if any.
    pub fn field_error(&self) -> Option<FieldError> {
        let whole = (1..=MAX_PASSPHRASE).contains(&self.0.len());
        (!whole).then(|| {
            fault(
                "/passphrase",
                "wrong_value",
                "Isi 1 sampai 200 bita.",
                "1 to 200 bytes.",
            )
        })
    }
}

impl Credentials {
    /// Errors for the missing fields, for a provider that needs both.
    pub fn missing(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.nik.is_none() {
            faults.push(fault(
                "/nik",
                "missing_field",
                "NIK penanda tangan wajib diisi.",
                "The signer's NIK is needed.",
            ));
        }
        if self.passphrase.is_none() {
            faults.push(fault(
                "/passphrase",
                "missing_field",
                "Passphrase penanda tangan wajib diisi.",
                "The signer's passphrase is needed.",
            ));
        }
        faults
    }
}

impl<'de> Deserialize<'de> for Nik {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        unquoted(from).map(Self)
    }
}

impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        unquoted(from).map(Self)
    }
}

/// Replaces the parser's error message, which would quote a NIK given as a number.
fn unquoted<'de, D: Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
    verbatim(from)
        .map(Zeroizing::new)
        .map_err(|_| serde::de::Error::custom("expected a string"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_does_not_quote_them() {
        let refusal = serde_json::from_str::<Nik>("1671010101900001")
            .err()
            .unwrap()
            .to_string();
        assert!(!refusal.contains("1671"), "{refusal}");
    }

    #[test]
    fn a_nik_has_sixteen_digits() {
        let nik = |text: &str| serde_json::from_value::<Nik>(text.into()).unwrap();
        assert!(nik("1671010101900001").field_error().is_none());
        assert!(
            nik("167101010190000").field_error().is_some()
                && nik("16710101019000O1").field_error().is_some()
        );
        assert_eq!(Credentials::default().missing().len(), 2);
    }
}
