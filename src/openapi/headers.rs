//! Headers derived from the properties of an operation: versions and preconditions, idempotency,
//! pages, locations, `Retry-After`.

use serde_json::{Value, json};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Required, Response, ResponseBuilder};

use super::idempotency::{self, stores_reply};
use super::{inline, representations};
use crate::web::idempotency_key::EXAMPLE;

/// Operations of single resources with a path that does not end in an id.
const SINGLE: [&str; 7] = [
    "show_me",
    "show_second_factors",
    "read_audit_notice",
    "read_audit_time",
    "show_signing_keys",
    "read_guide",
    "list_problems",
];
/// Files of reporters have no `ETag`: it would be a digest of a secret, stored in callers' caches.
const WITHOUT_VERSION: [&str; 2] = ["download_own_attachment", "download_attachment"];
/// An example of an `ETag`.
const ETAG: &str = "\"3.9f86d081884c\"";

/// Adds request and response headers. `is_step`: the operation is a step of an SOP; `confidential`:
/// reporters may call it.
pub(super) fn annotate(
    operation: &mut Operation,
    method: &str,
    path: &str,
    is_step: bool,
    confidential: bool,
) {
    let (resource, id) = representations::resource(operation, path);
    let single = method == "get"
        && (resource.ends_with('}') || SINGLE.contains(&id))
        && !WITHOUT_VERSION.contains(&id);
    let reporters = operation
        .security
        .iter()
        .flatten()
        .any(|one| serde_json::to_value(one).is_ok_and(|one| one.get("reporter").is_some()));
    // Reporters see no version of their complaint, because a new version would show when staff
    // acted.
    let versioned = single || (is_step && !reporters) || matches!(method, "put" | "patch");
    let has = |name: &str| {
        operation
            .parameters
            .iter()
            .flatten()
            .any(|one| matches!(one, RefOr::T(one) if one.name == name))
    };
    let (paged, guarded) = (has("cursor"), has("If-Match"));
    let mut request_headers = Vec::new();
    if stores_reply(operation, method, path) {
        let words = "Makes the request safe to repeat: the same key with the same body returns the stored reply.";
        if idempotency::requires_random_key(operation, confidential) {
            let words = format!(
                "{words} Generate a random key for each request (a UUID of version 4): words, sequences and examples are refused."
            );
            request_headers
                .push(described("Idempotency-Key", &words, idempotency::key_schema(true)).build());
        } else {
            request_headers.push(parameter(
                "Idempotency-Key",
                words,
                EXAMPLE,
                idempotency::key_schema(false),
            ));
        }
    }
    if is_step && method == "post" && path.contains('{') && !guarded && !reporters {
        request_headers.push(parameter(
            "If-Match",
            "ETag of the version you read; 412 when the resource has changed since.",
            ETAG,
            text(),
        ));
    }
    if single {
        request_headers.push(parameter(
            "If-None-Match",
            "ETag of the version you have; 304 when it is current.",
            ETAG,
            text(),
        ));
        let not_modified = ResponseBuilder::new()
            .description("Your version is current")
            .header("ETag", etag())
            .build();
        operation
            .responses
            .responses
            .insert("304".to_owned(), RefOr::T(not_modified));
    }
    if !request_headers.is_empty() {
        operation
            .parameters
            .get_or_insert_default()
            .extend(request_headers.into_iter().map(RefOr::T));
    }
    for (status, response) in &mut operation.responses.responses {
        if let Some(response) = inline(response) {
            annotate_response(response, status, versioned, paged);
        }
    }
}

fn annotate_response(response: &mut Response, status: &str, versioned: bool, paged: bool) {
    let mut insert = |name: &str, header: Header| {
        drop(response.headers.insert(name.to_owned(), RefOr::T(header)));
    };
    match status {
        "200" if versioned => insert("ETag", etag()),
        "200" if paged => {
            insert(
                "Link",
                header(
                    "The next page, if there is one.",
                    json!("</api/v1/applications?limit=20&cursor=bm90IG91cnM>; rel=\"next\""),
                ),
            );
        }
        "201" => insert(
            "Location",
            header(
                "The address of the new resource.",
                json!("/api/v1/applications/0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70"),
            ),
        ),
        "401" => insert(
            "WWW-Authenticate",
            header(
                "The authentication scheme.",
                json!("Bearer realm=\"service-desk\""),
            ),
        ),
        "405" => insert(
            "Allow",
            header("The methods of this path.", json!("GET, HEAD")),
        ),
        "429" | "503" => insert("Retry-After", header("Seconds to wait.", json!("1"))),
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
