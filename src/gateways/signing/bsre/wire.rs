//! Request and response bodies of the e-sign client service, version 2. Unknown fields of a
//! response are ignored.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `POST /api/v2/user/check/status`.
#[derive(Serialize)]
pub struct StatusRequest<'a> {
    pub nik: &'a str,
}

/// Response of `/api/v2/user/check/status`.
#[derive(Deserialize)]
pub struct StatusResponse {
    #[serde(default)]
    pub status: String,
}

/// `POST /api/v2/sign/pdf`.
#[derive(Serialize)]
pub struct SignRequest<'a> {
    pub nik: &'a str,
    pub passphrase: &'a str,
    #[serde(rename = "signatureProperties")]
    pub signature_properties: [SignatureProperties<'a>; 1],
    pub file: [String; 1],
}

/// Appearance and text of the signature. The signature is invisible, because the letter itself
/// shows name, title and QR code.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureProperties<'a> {
    tampilan: &'static str,
    #[serde(rename = "imageBase64")]
    image_base64: Option<&'static str>,
    page: u8,
    origin_x: f32,
    origin_y: f32,
    width: f32,
    height: f32,
    location: &'a str,
    reason: &'a str,
    contact_info: &'a str,
}

impl<'a> SignatureProperties<'a> {
    /// An invisible signature on the first page.
    pub fn invisible(location: &'a str, reason: &'a str, contact_info: &'a str) -> Self {
        Self {
            tampilan: "INVISIBLE",
            image_base64: None,
            page: 1,
            origin_x: 0.0,
            origin_y: 0.0,
            width: 0.0,
            height: 0.0,
            location,
            reason,
            contact_info,
        }
    }
}

/// Response of `/api/v2/sign/pdf`.
#[derive(Deserialize)]
pub struct SignResponse {
    #[serde(default)]
    pub file: Vec<String>,
}

/// `POST /api/v2/verify/pdf`.
#[derive(Serialize)]
pub struct VerifyRequest<'a> {
    pub file: &'a str,
}

/// Response of `/api/v2/verify/pdf`.
#[derive(Deserialize)]
pub struct VerifyResponse {
    #[serde(default)]
    pub conclusion: String,
}

/// Error numbers about the signer: not registered, no usable certificate, wrong passphrase.
const SIGNER_CODES: [u16; 3] = [2011, 2021, 2031];
/// Keywords about the signer for responses without such a number, in lower case: a subject, and the
/// phrases of which one must appear with it.
const SIGNER_WORDS: [(&str, &[&str]); 4] = [
    (
        "passphrase",
        &["salah", "tidak sesuai", "wrong", "incorrect"],
    ),
    (
        "nik",
        &[
            "tidak terdaftar",
            "belum terdaftar",
            "tidak ditemukan",
            "not registered",
            "not found",
        ],
    ),
    (
        "user",
        &[
            "tidak terdaftar",
            "belum terdaftar",
            "tidak ditemukan",
            "not registered",
            "not found",
        ],
    ),
    (
        "sertifikat",
        &[
            "kedaluwarsa",
            "kadaluarsa",
            "kadaluwarsa",
            "dicabut",
            "tidak aktif",
            "belum aktif",
            "expired",
            "revoked",
        ],
    ),
];

/// A refusal of the service: a number and a text. The text may quote the signer, so it is neither
/// logged nor passed on; it is only searched for the keywords above.
#[derive(Default, Deserialize)]
pub struct Refusal {
    #[serde(default, alias = "statusCode", alias = "code")]
    status_code: Value,
    #[serde(default)]
    error: Value,
    #[serde(default)]
    message: Value,
}

impl Refusal {
    /// The error number, which may arrive as a number or as a string.
    pub fn number(&self) -> Option<u16> {
        let number = self
            .status_code
            .as_u64()
            .or_else(|| self.status_code.as_str().and_then(|text| text.parse().ok()));
        number.and_then(|number| u16::try_from(number).ok())
    }

    /// True if the service refuses the signer's NIK, passphrase or certificate, and not the letter
    /// or the office.
    pub fn concerns_signer(&self) -> bool {
        let says = |words: &Value| {
            let words = words.as_str().unwrap_or_default().to_lowercase();
            let names = |subject: &str| {
                words
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == subject)
            };
            SIGNER_WORDS.iter().any(|(subject, faults)| {
                names(subject) && faults.iter().any(|fault| words.contains(fault))
            })
        };
        self.number()
            .is_some_and(|number| SIGNER_CODES.contains(&number))
            || says(&self.error)
            || says(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_names_of_the_service() {
        let properties =
            SignatureProperties::invisible("Palembang", "Surat", "https://desk.test/x");
        let written = serde_json::to_value(SignRequest {
            nik: "1",
            passphrase: "2",
            signature_properties: [properties],
            file: ["3".into()],
        })
        .unwrap();
        let names = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        let mut top = names(&written);
        top.sort();
        assert_eq!(top, ["file", "nik", "passphrase", "signatureProperties"]);
        let mut inner = names(&written["signatureProperties"][0]);
        inner.sort();
        let expected = [
            "contactInfo",
            "height",
            "imageBase64",
            "location",
            "originX",
            "originY",
            "page",
            "reason",
            "tampilan",
            "width",
        ];
        assert_eq!(inner, expected);
    }

    #[test]
    fn a_refusal_is_known_by_its_number_however_it_is_written() {
        let number = |text: &str| serde_json::from_str::<Refusal>(text).unwrap().number();
        assert_eq!(
            number(
                r#"{"error": "Proses signing gagal : passphrase anda salah", "status_code": 2031}"#
            ),
            Some(2031)
        );
        assert_eq!(number(r#"{"status_code": "2031"}"#), Some(2031));
        assert_eq!(number(r#"{"error": "x"}"#), None);
    }
}
