//! A complete example of each problem, for the catalogue and for the contract.

use crate::error::{Code, fault, faults};
use crate::web::problem::{Language, Problem, ProblemItem};

/// The application of the examples.
const CASE: &str = "/api/v1/applications/0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70";

/// An example of a refusal with `code` at a typical path for the code.
pub fn example(code: Code, language: Language) -> Problem {
    let row = code.row();
    Problem {
        r#type: format!("/api/v1/problems/{}", row.code),
        title: (*language.select(&row.title)).to_owned(),
        status: row.status,
        detail: (*language.select(&row.remedy)).to_owned(),
        instance: example_instance(code),
        code,
        trace_id: "5b0a2c9e7f1d4e3ab6c8d9e0f1a2b3c4".to_owned(),
        request_id: None,
        errors: errors(code, language),
    }
}

/// Typical paths of codes that do not occur at the application itself.
const INSTANCES: &[(Code, &str)] = &[
    (Code::BadCredentials, "/api/v1/auth/login"),
    (Code::InvalidRefreshToken, "/api/v1/auth/refresh"),
    (Code::BadReceiptCode, "/api/v1/complaints/sessions"),
    (
        Code::BadSignature,
        "/api/v1/integrations/e-billing/payments",
    ),
    (
        Code::DisclosuresFrozen,
        "/api/v1/complaints/3f0c9a52-6a1d-4e7b-9c1e-0d2b7f5a8e11/disclosures",
    ),
    (Code::ActivationUsed, "/api/v1/complaints/activations"),
    (Code::InvalidParameter, "/api/v1/applications"),
    (Code::InvalidCursor, "/api/v1/applications"),
    (Code::MalformedBody, "/api/v1/applications"),
    (Code::IdempotencyInFlight, "/api/v1/applications"),
    (Code::IdempotencyMismatch, "/api/v1/applications"),
    (Code::Forbidden, "/api/v1/users"),
    (Code::Conflict, "/api/v1/teams"),
    (Code::FourEyes, "{case}/audit-notice/signature"),
    (Code::SignatureRefused, "{case}/audit-notice/signature"),
    (Code::SigningFailed, "{case}/audit-notice/signature"),
    (Code::SigningUnavailable, "{case}/audit-notice/signature"),
    (Code::NotYourStep, "{case}/filing"),
    (Code::OutOfOrder, "{case}/filing"),
    (Code::Overtaken, "{case}/filing"),
    (Code::BodyTooLarge, "{case}/documents/Q01"),
    (Code::UnsupportedMediaType, "{case}/documents/Q01"),
    (Code::RequestTimeout, "{case}/documents/Q01"),
    (Code::RangeNotSatisfiable, "{case}/documents/Q01/versions/1"),
    (Code::InvalidContent, "{case}/verification"),
];

fn example_instance(code: Code) -> String {
    let known = INSTANCES.iter().find(|(known, _)| *known == code);
    known
        .map_or(CASE, |(_, example_instance)| example_instance)
        .replace("{case}", CASE)
}

fn errors(code: Code, language: Language) -> Vec<ProblemItem> {
    let example_error = |pointer: &str, code: &str| {
        let kind = faults::TABLE.iter().find(|kind| kind.code == code);
        kind.map(|kind| {
            ProblemItem::of(
                &fault(pointer, kind.code, kind.meaning.id, kind.meaning.en),
                language,
            )
        })
    };
    if code == Code::InvalidContent {
        [
            example_error("/items/0/result", "unknown_value"),
            example_error("/items/3/note", "missing_field"),
        ]
        .into_iter()
        .flatten()
        .collect()
    } else if code == Code::InvalidParameter {
        example_error("?limit", "wrong_value").into_iter().collect()
    } else {
        Vec::new()
    }
}
