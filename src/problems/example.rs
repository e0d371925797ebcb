//! A whole problem of each kind, as the service would send it: for the catalogue and for the contract.

use super::faults;
use crate::error::{Code, fault};
use crate::web::problem::{Language, Problem, ProblemItem};

/// The file of the examples.
const CASE: &str = "/api/v1/applications/0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70";

/// A refusal with `code` of a request for `instance`; of one that fits the code, when none is given.
#[must_use]
pub fn example(code: Code, instance: Option<&str>, language: Language) -> Problem {
    let row = code.row();
    let english = language == Language::English;
    Problem {
        r#type: format!("/api/v1/problems/{}", row.code),
        title: if english { row.title_en } else { row.title_id }.to_owned(),
        status: row.status,
        detail: if english { row.remedy_en } else { row.remedy_id }.to_owned(),
        instance: instance.map_or_else(|| place(code), str::to_owned),
        code: row.code.to_owned(),
        trace_id: "5b0a2c9e7f1d4e3ab6c8d9e0f1a2b3c4".to_owned(),
        request_id: None,
        errors: errors(code, language),
    }
}

/// Where one comes upon it.
fn place(code: Code) -> String {
    match code {
        Code::BadCredentials => "/api/v1/auth/login".to_owned(),
        Code::InvalidRefreshToken => "/api/v1/auth/refresh".to_owned(),
        Code::BadReceiptCode => "/api/v1/complaints/sessions".to_owned(),
        Code::ActivationUsed => "/api/v1/complaints/activations".to_owned(),
        Code::InvalidParameter | Code::InvalidCursor | Code::MalformedBody | Code::IdempotencyInFlight | Code::IdempotencyMismatch => {
            "/api/v1/applications".to_owned()
        }
        Code::Forbidden => "/api/v1/users".to_owned(),
        Code::Conflict => "/api/v1/auth/register".to_owned(),
        Code::FourEyes => format!("{CASE}/audit-notice/signature"),
        Code::NotYourStep | Code::OutOfOrder | Code::Overtaken => format!("{CASE}/filing"),
        Code::BodyTooLarge | Code::UnsupportedMediaType | Code::RequestTimeout => format!("{CASE}/documents/Q01"),
        Code::RangeNotSatisfiable => format!("{CASE}/documents/Q01/versions/1"),
        Code::InvalidContent => format!("{CASE}/verification"),
        Code::Unauthenticated
        | Code::NotFound
        | Code::MethodNotAllowed
        | Code::NotAcceptable
        | Code::StaleVersion
        | Code::PreconditionRequired
        | Code::TooManyRequests
        | Code::Internal
        | Code::Busy => CASE.to_owned(),
    }
}

fn errors(code: Code, language: Language) -> Vec<ProblemItem> {
    let said = |pointer: &str, code: &str| {
        let kind = faults::TABLE.iter().find(|kind| kind.code == code);
        kind.map(|kind| ProblemItem::of(&fault(pointer, kind.code, kind.meaning_id, kind.meaning_en), language))
    };
    if code == Code::InvalidContent {
        [said("/items/0/result", "unknown_value"), said("/items/3/note", "missing_field")].into_iter().flatten().collect()
    } else if code == Code::InvalidParameter {
        said("?limit", "wrong_value").into_iter().collect()
    } else {
        Vec::new()
    }
}
