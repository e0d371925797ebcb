//! The refusals of an operation, derived from its properties.

use serde_json::{Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};

use super::assurance;
use super::idempotency::stores_reply;
use crate::error::Code;
use crate::problems;
use crate::web::operations::Access;
use crate::web::problem::Language;

/// The properties of an operation that determine its refusals.
pub(super) struct OperationTraits<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) access: Access,
    pub(super) is_step: bool,
}

/// Documents every refusal with its status and codes.
pub(super) fn annotate(operation: &mut Operation, traits: &OperationTraits<'_>) {
    let mut codes = own_codes(operation);
    codes.extend(derived_codes(operation, traits));
    let mut statuses: Vec<u16> = codes.iter().map(|code| code.row().status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let here: Vec<Code> = Code::ALL
            .iter()
            .copied()
            .filter(|code| code.row().status == status && codes.contains(code))
            .collect();
        let names: Vec<&str> = here.iter().map(|code| code.row().code).collect();
        let content = ContentBuilder::new()
            .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
            .example(Some(example(here[0])))
            .build();
        let described = here
            .iter()
            .map(|code| format!("`{}`: {}", code.row().code, code.row().title.en))
            .collect::<Vec<_>>()
            .join("; ");
        let mut response = ResponseBuilder::new()
            .description(described)
            .content("application/problem+json", content)
            .build();
        response.extensions = Some(
            utoipa::openapi::extensions::Extensions::builder()
                .add("x-problem-codes", json!(names))
                .build(),
        );
        operation
            .responses
            .responses
            .insert(status.to_string(), RefOr::T(response));
    }
    // Each refusal lists its codes.
    if let Some(extensions) = &mut operation.extensions {
        extensions.remove("x-problem-codes");
    }
}

fn own_codes(operation: &Operation) -> Vec<Code> {
    let named = operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get("x-problem-codes"));
    let own: Vec<String> = named
        .and_then(|list| serde_json::from_value(list.clone()).ok())
        .unwrap_or_default();
    Code::ALL
        .iter()
        .copied()
        .filter(|code| own.iter().any(|name| name == code.row().code))
        .collect()
}

fn derived_codes(operation: &Operation, traits: &OperationTraits<'_>) -> Vec<Code> {
    let mut codes = vec![Code::TooManyRequests, Code::Internal, Code::Busy];
    let api = traits.path.starts_with("/api/v1");
    let has = |name: &str| {
        operation
            .parameters
            .iter()
            .flatten()
            .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == name))
    };
    let json_body = matches!(&operation.request_body, Some(RefOr::T(body)) if body.content.contains_key("application/json"));
    let streamed = operation.request_body.is_some() && !json_body;
    if traits.access == Access::SignedIn && api {
        codes.push(Code::Forbidden);
        let assurance = assurance::of(operation);
        if !assurance.is_for_enrolment() {
            codes.push(Code::SecondFactorRequired);
        }
        if assurance.is_fresh() {
            codes.push(Code::StepUpRequired);
        }
    }
    if api && !(traits.access == Access::Public && traits.access.is_confidential(traits.path)) {
        // Public operations reject an invalid token as well. Only the public routes of complaints
        // ignore tokens.
        codes.push(Code::Unauthenticated);
    }
    // Unknown query parameters are rejected.
    if api
        || operation
            .parameters
            .as_ref()
            .is_some_and(|parameters| !parameters.is_empty())
    {
        codes.push(Code::InvalidParameter);
    }
    // The complaint of a reporter may be deleted during the session.
    if traits.path.contains('{') || traits.access == Access::Reporter {
        codes.push(Code::NotFound);
    }
    if has("cursor") {
        codes.push(Code::InvalidCursor);
    }
    if json_body || streamed {
        codes.extend([
            Code::MalformedBody,
            Code::RequestTimeout,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::InvalidContent,
        ]);
    }
    // A step that creates a file can neither be out of order nor refer to an old version.
    let on_a_file =
        traits.is_step && (traits.path.contains('{') || traits.access == Access::Reporter);
    if traits.is_step && traits.access != Access::Public {
        codes.push(Code::NotYourStep);
    }
    if on_a_file {
        codes.extend([Code::OutOfOrder, Code::Overtaken]);
    }
    if stores_reply(operation, traits.method, traits.path) {
        codes.extend([
            Code::InvalidParameter,
            Code::IdempotencyInFlight,
            Code::IdempotencyMismatch,
        ]);
    }
    if on_a_file && traits.access == Access::SignedIn {
        codes.push(Code::StaleVersion);
    }
    if has("If-Match") {
        codes.extend([Code::StaleVersion, Code::PreconditionRequired]);
    }
    codes
}

/// An example of a problem.
fn example(code: Code) -> Value {
    serde_json::to_value(problems::example::example(code, Language::English)).unwrap_or_default()
}
