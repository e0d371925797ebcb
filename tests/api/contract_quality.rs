//! Checks that the published contract is good enough for an outside developer. Each rule checks one
//! operation, and all faults of all operations are reported together. Conformance of the service is
//! tested elsewhere: every reply of every test is validated against the contract.

mod examples;
mod statuses;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::contract::Contract;
use crate::support::contract::routes::{self, Operation};
use crate::support::contract::walk::Node;

/// One operation and its context, for the rules.
struct Subject<'d> {
    contract: &'d Contract,
    root: &'d Value,
    operation: &'d Operation,
    place: Node<'d>,
}

impl<'d> Subject<'d> {
    /// The documented responses by status, references followed.
    fn responses(&self) -> Vec<(String, Node<'d>)> {
        self.place
            .get("responses")
            .map(|all| all.children())
            .unwrap_or_default()
    }

    /// The content of the request body by media type; empty when the operation takes none.
    fn request_content(&self) -> Vec<(String, Node<'d>)> {
        let content = self
            .place
            .get("requestBody")
            .and_then(|body| body.get("content"));
        content
            .map(|content| content.children())
            .unwrap_or_default()
    }

    /// Whether the operation's security names this scheme.
    fn wants(&self, scheme: &str) -> bool {
        let security = self
            .place
            .get("security")
            .map(|list| list.items())
            .unwrap_or_default();
        security.iter().any(|one| one.value.get(scheme).is_some())
    }
}

type Rule = fn(&Subject<'_>) -> Vec<String>;

const RULES: &[Rule] = &[
    words::operation_id,
    words::summary,
    words::description,
    words::tags,
    words::security,
    words::path_parameters,
    words::sop_step,
    statuses::described,
    statuses::of_a_body,
    statuses::of_a_bearer,
    statuses::of_a_reporter,
    statuses::of_a_precondition,
    examples::of_requests,
    examples::of_successes,
    examples::of_problems,
];

/// Every fault of a document, each beginning with its operation.
fn faults(document: &Value) -> Vec<String> {
    let contract = Contract::new(document);
    let operations = routes::operations(document);
    let mut found = repeated_ids(&operations);
    if operations.is_empty() {
        found.push("the document has no operations".to_owned());
    }
    for operation in &operations {
        let subject = Subject {
            contract: &contract,
            root: document,
            operation,
            place: operation.place(document),
        };
        let faults = RULES.iter().flat_map(|rule| rule(&subject));
        found.extend(faults.map(|fault| {
            format!(
                "{} ({} {}): {fault}",
                operation.id, operation.method, operation.template
            )
        }));
    }
    found
}

fn repeated_ids(operations: &[Operation]) -> Vec<String> {
    let mut counts = BTreeMap::<_, usize>::new();
    for operation in operations {
        *counts.entry(&operation.id).or_default() += 1;
    }
    let repeated = counts.into_iter().filter(|(_, count)| *count > 1);
    repeated
        .map(|(id, count)| format!("{id}: {count} operations have this operation_id"))
        .collect()
}

#[test]
fn a_stranger_can_build_against_the_published_contract() {
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    let faults = faults(&document);
    assert!(
        faults.is_empty(),
        "{} faults in the contract:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn what_follows_from_what_an_operation_is_stands_in_the_contract() {
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    let said = |pointer: &str| document.pointer(pointer).cloned().unwrap_or_default();
    let applications = "/paths/~1api~1v1~1applications";
    assert_eq!(
        said(&format!(
            "{applications}/post/responses/201/links/submit_application/parameters/id"
        )),
        "$response.body#/id"
    );
    assert_eq!(
        said(&format!(
            "{applications}/get/responses/200/links/read_application/parameters/id"
        )),
        "$response.body#/items/0/id"
    );
    let file = "~1{id}~1documents~1{requirement}/put/requestBody/content/application~1octet-stream";
    assert_eq!(
        said(&format!("{applications}{file}")),
        serde_json::json!({"schema": {"type": "string", "format": "binary"}})
    );
    assert_eq!(
        said("/components/schemas/Page_ApplicationSummary/properties/items/items/$ref"),
        "#/components/schemas/ApplicationSummary"
    );
    for operation in routes::operations(&document) {
        for parameter in operation
            .parameters(&document)
            .iter()
            .filter(|one| one.text("in") != Some("path"))
        {
            let name = parameter.text("name").unwrap_or_default();
            assert_eq!(
                parameter.value.get("example"),
                None,
                "{}: Swagger UI would send the example of {name}",
                operation.id
            );
            let unbounded = name == "limit"
                && parameter
                    .get("schema")
                    .is_some_and(|schema| schema.value.get("maximum").is_none());
            assert!(!unbounded, "{}: limit has no bounds", operation.id);
        }
    }
}

/// Fields that hold a code of the service wherever they occur.
const CODES: &[&str] = &[
    "acting",
    "actor_roles",
    "actors",
    "channel",
    "from_stage",
    "never_by",
    "refusal",
    "role",
    "roles",
    "sop",
    "stage",
    "stages",
    "task",
    "to_stage",
];

#[test]
fn codes_on_which_a_front_end_branches_are_named_enumerations() {
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut faults = Vec::new();
    for (name, schema) in schemas {
        // The names of background jobs are for administrators, and no code of an SOP. A receipt is
        // read as the holder sends it.
        if ["JobFailureView", "Receipt"].contains(&name.as_str()) {
            continue;
        }
        for (field, part) in schema["properties"].as_object().into_iter().flatten() {
            if CODES.contains(&field.as_str()) && !is_named(part, schemas) {
                faults.push(format!("{name}.{field}"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// Whether every string of this schema is a value of a named enumeration.
fn is_named(schema: &Value, schemas: &serde_json::Map<String, Value>) -> bool {
    let named = schema["$ref"]
        .as_str()
        .and_then(|to| schemas.get(to.rsplit('/').next()?));
    if let Some(named) = named {
        return named["enum"].is_array() || named["type"] != "string";
    }
    let parts = ["oneOf", "anyOf", "allOf"]
        .iter()
        .filter_map(|name| schema[*name].as_array())
        .flatten()
        .chain(schema.get("items"));
    let mut parts = parts.peekable();
    let is_text = schema["type"] == "string"
        || schema["type"]
            .as_array()
            .is_some_and(|types| types.contains(&"string".into()));
    !is_text && (parts.peek().is_none() || parts.all(|part| is_named(part, schemas)))
}

#[test]
fn parts_that_operations_share_are_written_once() {
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    for operation in routes::operations(&document) {
        let responses = &operation.place(&document).value["responses"];
        for (status, response) in responses.as_object().unwrap() {
            assert!(
                status.starts_with('2') || response["$ref"].is_string(),
                "{} {status} is not a reference",
                operation.id
            );
        }
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        let variants = schema["oneOf"].as_array();
        let inline = variants
            .into_iter()
            .flatten()
            .filter(|variant| variant["type"] == "object");
        assert_eq!(inline.count(), 0, "{name} has variants without a name");
        for text in ["title_id", "title_en", "text_id", "text_en"] {
            assert!(schema["properties"].get(text).is_none(), "{name}.{text}");
        }
    }
}
