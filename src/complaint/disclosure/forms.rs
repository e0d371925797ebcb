//! Request bodies: request, decision, opening. The passphrase of a key file is wiped from memory,
//! and never quoted in an error.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::complaint::custody::wrapped_key::WrappedKey;
use crate::complaint::identity::IdentityField;
use crate::complaint::papers::disclosure_file::DisclosurePurpose;
use crate::complaint::papers::form::{duplicate_errors, prose_error};
use crate::error::{FieldError, fault};
use crate::ids::{AttachmentId, ComplaintId, DisclosureId};
use crate::web::body::{Validate, verbatim};

/// Maximum length of a reason, in characters.
const MAX_TEXT_CHARS: usize = 5_000;

/// Path parameters of a request.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtDisclosure {
    /// Id of the complaint.
    pub id: ComplaintId,
    /// Id of the request.
    pub disclosure: DisclosureId,
}

/// A request to open part of an identity, or the original of an attachment: either `fields` or
/// `original`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DisclosureRequest, example = json!({
    "fields": ["name", "address"], "purpose": "delivery", "reason": "Surat jawaban harus diantar ke rumah pelapor."
}))]
pub struct Request {
    /// The requested parts of the identity.
    #[serde(default)]
    #[schema(example = json!(["name", "address"]), min_items = 1, max_items = 6)]
    pub fields: Option<Vec<IdentityField>>,
    /// The attachment to open as the reporter sent it (berkas asli lampiran).
    #[serde(default)]
    #[schema(example = json!(null))]
    pub original: Option<AttachmentId>,
    /// Purpose. `delivery` allows only address and name.
    #[schema(example = "delivery")]
    pub purpose: DisclosurePurpose,
    /// Reason (alasan). The custodian reads the reason and nothing else of the complaint.
    #[schema(
        example = "Surat jawaban harus diantar ke rumah pelapor.",
        min_length = 1,
        max_length = 5000
    )]
    pub reason: String,
}

impl Validate for Request {
    fn errors(&self) -> Vec<FieldError> {
        let fields = self.fields.as_deref();
        let mut faults = fields.map(fields_errors).unwrap_or_default();
        let beyond = fields
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter(|(_, field)| !self.purpose.allows(**field));
        faults.extend(beyond.map(|(i, _)| not_for_delivery(format!("/fields/{i}"))));
        match (fields, self.original) {
            (None, None) => {
                faults.push(fault(
                    "/fields",
                    "missing_field",
                    "Sebutkan data identitas atau satu lampiran.",
                    "Name fields or one attachment.",
                ));
            }
            (Some(_), Some(_)) => {
                faults.push(fault(
                    "/original",
                    "not_both",
                    "Mintalah data identitas atau lampiran, tidak keduanya.",
                    "Request fields or an original, not both.",
                ));
            }
            (None, Some(_)) if !self.purpose.allows_originals() => {
                faults.push(not_for_delivery("/original".to_owned()));
            }
            (None, Some(_)) | (Some(_), None) => {}
        }
        faults.extend(prose_error(
            &self.reason,
            "/reason".to_owned(),
            MAX_TEXT_CHARS,
        ));
        faults
    }
}

/// A decision on a request.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DisclosureDecision)]
pub struct Decision {
    /// Whether the request is granted.
    #[schema(example = false)]
    pub grant: bool,
    /// The granted fields, out of those requested; all by default. Not used for an original.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 6)]
    pub fields: Option<Vec<IdentityField>>,
    /// Reason of the decision (pertimbangan). The requester reads it.
    #[schema(
        example = "Jawaban dapat disampaikan melalui portal.",
        min_length = 1,
        max_length = 5000
    )]
    pub reason: String,
    /// Withholds the notice to the reporter on a legal basis: only for `law_enforcement`, by either
    /// custodian.
    #[serde(default)]
    pub withhold_notice: Option<Withholding>,
    /// Your key file. Required for the decision that opens the identity; not for a denial, nor for
    /// the first of two custodians.
    #[serde(default)]
    pub custodian_key: Option<WrappedKey>,
    /// The passphrase of the key file.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "password", max_length = 1000)]
    pub passphrase: Option<Passphrase>,
}

/// Legal reason to withhold the notice to the reporter.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoticeWithholding)]
pub struct Withholding {
    /// Legal basis (dasar hukum).
    #[schema(
        example = "Permintaan tertulis penyidik, Pasal 5 ayat (1) KUHAP.",
        min_length = 1,
        max_length = 5000
    )]
    pub basis: String,
}

impl Validate for Decision {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = self
            .fields
            .as_deref()
            .map(fields_errors)
            .unwrap_or_default();
        faults.extend(prose_error(
            &self.reason,
            "/reason".to_owned(),
            MAX_TEXT_CHARS,
        ));
        faults.extend(self.withhold_notice.as_ref().and_then(|hold| {
            prose_error(
                &hold.basis,
                "/withhold_notice/basis".to_owned(),
                MAX_TEXT_CHARS,
            )
        }));
        faults.extend(
            self.custodian_key
                .as_ref()
                .map(|key| key.errors("/custodian_key"))
                .unwrap_or_default(),
        );
        if self
            .passphrase
            .as_ref()
            .is_some_and(Passphrase::is_too_long)
        {
            faults.push(fault(
                "/passphrase",
                "too_long",
                "Paling banyak 1.000 byte.",
                "At most 1,000 bytes.",
            ));
        }
        if !self.grant {
            let grant_only = [
                (self.fields.is_some(), "/fields"),
                (self.withhold_notice.is_some(), "/withhold_notice"),
            ];
            let present = grant_only.into_iter().filter(|(present, _)| *present);
            faults.extend(present.map(|(_, at)| {
                fault(
                    at,
                    "only_for_a_grant",
                    "Hanya untuk persetujuan.",
                    "Only for a grant.",
                )
            }));
        }
        faults
    }
}

/// The opening code from the reply to the request.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DisclosureOpening)]
pub struct Opening {
    /// The opening code (kode pembuka).
    #[schema(
        example = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        max_length = 200
    )]
    pub opening_code: String,
}

impl Validate for Opening {}

fn not_for_delivery(at: String) -> FieldError {
    fault(
        at,
        "not_for_delivery",
        "Penyampaian hanya memerlukan alamat dan nama.",
        "Delivery needs address and name only.",
    )
}

fn fields_errors(fields: &[IdentityField]) -> Vec<FieldError> {
    if fields.is_empty() {
        return vec![fault(
            "/fields",
            "empty",
            "Sebutkan sedikitnya satu.",
            "Name at least one.",
        )];
    }
    duplicate_errors(fields, "/fields", "This field is named already.")
        .take(IdentityField::ALL.len())
        .collect()
}

/// Maximum length in bytes; bounds the work of the key derivation.
const MAX_BYTES: usize = 1_000;

/// A custodian's passphrase. Cannot be printed, copied or serialised.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Whether the passphrase exceeds `MAX_BYTES`.
    pub fn is_too_long(&self) -> bool {
        self.0.len() > MAX_BYTES
    }

    /// Takes out the text, only to open the key file.
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // The parser's own message would quote a numeric passphrase.
        verbatim(from)
            .map(|text| Self(Zeroizing::new(text)))
            .map_err(|_| serde::de::Error::custom("expected a string"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults<T: serde::de::DeserializeOwned + Validate>(
        body: serde_json::Value,
    ) -> Vec<(String, &'static str)> {
        serde_json::from_value::<T>(body)
            .ok()
            .unwrap()
            .errors()
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect()
    }

    #[test]
    fn a_request_names_each_field_once_and_for_delivery_only_two() {
        let asked = |fields, purpose: &str| {
            faults::<Request>(json!({"fields": fields, "purpose": purpose, "reason": "x"}))
        };
        assert_eq!(asked(json!(["name", "nik"]), "consent"), []);
        assert_eq!(asked(json!(["address", "name"]), "delivery"), []);
        assert_eq!(
            asked(json!([]), "consent"),
            [("/fields".to_owned(), "empty")]
        );
        assert_eq!(
            asked(json!(["name", "nik", "name"]), "consent"),
            [("/fields/2".to_owned(), "duplicate")]
        );
        assert_eq!(
            asked(json!(["name", "phone"]), "delivery"),
            [("/fields/1".to_owned(), "not_for_delivery")]
        );
    }

    #[test]
    fn a_request_is_for_fields_or_for_one_original_that_delivery_does_not_need() {
        let id = "3f0c9a52-6a1d-4e7b-9c1e-0d2b7f5a8e11";
        let asked = |what: serde_json::Value, purpose: &str| {
            let mut body = json!({"purpose": purpose, "reason": "x"});
            body.as_object_mut()
                .unwrap()
                .extend(what.as_object().unwrap().clone());
            faults::<Request>(body)
        };
        assert_eq!(asked(json!({"original": id}), "law_enforcement"), []);
        assert_eq!(
            asked(json!({}), "consent"),
            [("/fields".to_owned(), "missing_field")]
        );
        assert_eq!(
            asked(json!({"original": id, "fields": ["name"]}), "consent"),
            [("/original".to_owned(), "not_both")]
        );
        assert_eq!(
            asked(json!({"original": id}), "delivery"),
            [("/original".to_owned(), "not_for_delivery")]
        );
    }

    #[test]
    fn a_denial_grants_nothing_and_withholds_nothing() {
        let denial = json!({"grant": false, "reason": "x", "fields": ["name"], "withhold_notice": {"basis": "x"}});
        assert_eq!(
            faults::<Decision>(denial),
            [
                ("/fields".to_owned(), "only_for_a_grant"),
                ("/withhold_notice".to_owned(), "only_for_a_grant")
            ]
        );
        assert_eq!(
            faults::<Decision>(json!({"grant": true, "reason": " "})),
            [("/reason".to_owned(), "empty")]
        );
    }

    #[test]
    fn a_refusal_does_not_quote_it() {
        let refusal = serde_json::from_str::<Passphrase>("14285714285714")
            .err()
            .unwrap()
            .to_string();
        assert!(!refusal.contains("1428"), "{refusal}");
    }
}
