//! Headers that follow from what an operation is: versions and preconditions, retries, pages, places, and when to come back.

use serde_json::{Value, json};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Required, Response, ResponseBuilder};

use super::itself;
use super::retries::{self, keeps_its_reply};
use crate::web::retry_key::SHOWN;

/// Single resources whose path does not end in their id.
const SINGLE: [&str; 5] = [
    "show_me",
    "read_audit_notice",
    "show_signing_keys",
    "read_guide",
    "list_problems",
];
/// Files of reporters have no version: a tag would be a digest of a secret, for others to keep.
const WITHOUT_VERSION: [&str; 2] = ["download_own_attachment", "download_attachment"];
/// A version as we write it.
const ETAG: &str = "\"3.9f86d081884c\"";

/// Adds the headers of the request and of every reply. `is_step` says whether the operation is a step of an SOP, `confidential` whether it is a reporter's.
pub(super) fn stamp(
    operation: &mut Operation,
    method: &str,
    path: &str,
    is_step: bool,
    confidential: bool,
) {
    let id = operation.operation_id.clone().unwrap_or_default();
    let single = method == "get"
        && (path.ends_with('}') || SINGLE.contains(&id.as_str()))
        && !WITHOUT_VERSION.contains(&id.as_str());
    let reporters = operation
        .security
        .iter()
        .flatten()
        .any(|one| serde_json::to_value(one).is_ok_and(|one| one.get("reporter").is_some()));
    // A reporter's file tells no version: it would tell when somebody did something.
    let versioned = single || (is_step && !reporters) || matches!(method, "put" | "patch");
    let has = |name: &str| {
        operation
            .parameters
            .iter()
            .flatten()
            .any(|one| matches!(one, RefOr::T(one) if one.name == name))
    };
    let (paged, guarded) = (has("cursor"), has("If-Match"));
    let mut asked = Vec::new();
    if keeps_its_reply(operation, method, path) {
        let words = "Repeat a request safely: the same key and body get the stored reply, whatever happened to the first.";
        if retries::at_random(operation, confidential) {
            let words = format!(
                "{words} Drawn at random for each request (a UUID of version 4): words, sequences and examples are refused."
            );
            asked.push(described("Idempotency-Key", &words, retries::key(true)).build());
        } else {
            asked.push(parameter(
                "Idempotency-Key",
                words,
                SHOWN,
                retries::key(false),
            ));
        }
    }
    if is_step && method == "post" && path.contains('{') && !guarded && !reporters {
        asked.push(parameter(
            "If-Match",
            "ETag of the version you saw; refused with 412 when it has changed.",
            ETAG,
            text(),
        ));
    }
    if single {
        asked.push(parameter(
            "If-None-Match",
            "ETag of the version you have; 304 when it is still that.",
            ETAG,
            text(),
        ));
        let not_modified = ResponseBuilder::new()
            .description("What you have is still so")
            .header("ETag", etag())
            .build();
        operation
            .responses
            .responses
            .insert("304".to_owned(), RefOr::T(not_modified));
    }
    if !asked.is_empty() {
        operation
            .parameters
            .get_or_insert_default()
            .extend(asked.into_iter().map(RefOr::T));
    }
    for (status, response) in &mut operation.responses.responses {
        if let Some(response) = itself(response) {
            reply(response, status, versioned, paged);
        }
    }
}

fn reply(response: &mut Response, status: &str, versioned: bool, paged: bool) {
    let mut say = |name: &str, header: Header| {
        drop(response.headers.insert(name.to_owned(), RefOr::T(header)))
    };
    match status {
        "200" if versioned => say("ETag", etag()),
        "200" if paged => {
            say(
                "Link",
                header(
                    "The next page, when there is one.",
                    json!("</api/v1/applications?limit=20&cursor=bm90IG91cnM>; rel=\"next\""),
                ),
            );
        }
        "201" => say(
            "Location",
            header(
                "Where it now is.",
                json!("/api/v1/applications/0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70"),
            ),
        ),
        "401" => say(
            "WWW-Authenticate",
            header(
                "How to say who you are.",
                json!("Bearer realm=\"service-desk\""),
            ),
        ),
        "405" => say(
            "Allow",
            header("The methods of this path.", json!("GET, HEAD")),
        ),
        "429" | "503" => say("Retry-After", header("Seconds to wait.", json!("1"))),
        _ => {}
    }
}

fn etag() -> Header {
    header("The version, for If-Match and If-None-Match.", json!(ETAG))
}

fn header(words: &str, example: Value) -> Header {
    HeaderBuilder::new()
        .schema(Some(RefOr::T(text().into())))
        .description(Some(words))
        .example(Some(example))
        .build()
}

fn parameter(name: &str, words: &str, example: &str, schema: ObjectBuilder) -> Parameter {
    described(name, words, schema)
        .example(Some(json!(example)))
        .build()
}

fn described(name: &str, words: &str, schema: ObjectBuilder) -> ParameterBuilder {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False);
    parameter
        .description(Some(words))
        .schema(Some(RefOr::T(schema.into())))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
