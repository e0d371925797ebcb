//! Each rule gets a document with one fault and must find it.

use serde_json::{Value, json};

use super::faults;
use crate::support::contract::sample;

/// The faults of the sample with the value at `pointer` replaced, or removed without a replacement.
fn faults_with(pointer: &str, replacement: Option<Value>) -> Vec<String> {
    let mut document = sample::document();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap();
    match replacement {
        Some(value) => drop(parent.insert(key.to_owned(), value)),
        None => drop(parent.remove(key).expect("what is removed was there")),
    }
    faults(&document)
}

/// Asserts that one fault of the operation contains this text.
fn assert_fault(faults: &[String], operation: &str, saying: &str) {
    assert!(
        faults
            .iter()
            .any(|fault| fault.starts_with(operation) && fault.contains(saying)),
        "no {saying:?} of {operation} in {faults:#?}"
    );
}

const LIST: &str = "/paths/~1api~1v1~1files/get";
const OPEN: &str = "/paths/~1api~1v1~1files/post";
const READ: &str = "/paths/~1api~1v1~1files~1{id}/get";
const CHANGE: &str = "/paths/~1api~1v1~1files~1{id}/patch";

#[test]
fn the_sample_has_no_fault() {
    assert_eq!(faults(&sample::document()), Vec::<String>::new());
}

#[test]
fn a_document_without_operations_is_no_contract() {
    assert_fault(
        &faults(&json!({ "openapi": "3.1.0" })),
        "the document",
        "has no operations",
    );
}

#[test]
fn operation_ids_are_there_unique_and_in_snake_case() {
    assert_fault(
        &faults_with(&format!("{LIST}/operationId"), None),
        "get /api/v1/files",
        "has no operation_id",
    );
    assert_fault(
        &faults_with(&format!("{LIST}/operationId"), Some(json!("listFiles"))),
        "listFiles",
        "not snake_case",
    );
    assert_fault(
        &faults_with(&format!("{LIST}/operationId"), Some(json!("list__files"))),
        "list__files",
        "not snake_case",
    );
    assert_fault(
        &faults_with(&format!("{LIST}/operationId"), Some(json!("open_file"))),
        "open_file",
        "2 operations",
    );
}

#[test]
fn words_are_there_in_both_languages() {
    for key in ["summary", "description"] {
        assert_fault(
            &faults_with(&format!("{LIST}/{key}"), None),
            "list_files",
            &format!("has no {key}"),
        );
        assert_fault(
            &faults_with(&format!("{LIST}/{key}"), Some(json!(" "))),
            "list_files",
            &format!("has no {key}"),
        );
    }
    for summary in ["List files", "List files ()", "List files · "] {
        assert_fault(
            &faults_with(&format!("{LIST}/summary"), Some(json!(summary))),
            "list_files",
            "lacks the Indonesian term",
        );
    }
    assert_fault(
        &faults_with(&format!("{LIST}/tags"), Some(json!([]))),
        "list_files",
        "has no tag",
    );
}

#[test]
fn security_is_bearer_reporter_or_openly_none() {
    assert_fault(
        &faults_with(&format!("{LIST}/security"), None),
        "list_files",
        "does not say its security",
    );
    assert_fault(
        &faults_with(&format!("{LIST}/security"), Some(json!([{ "cookie": [] }]))),
        "list_files",
        "cookie is neither bearer, integration, reporter nor none",
    );
    assert_fault(
        &faults_with("/components/securitySchemes", None),
        "list_files",
        "bearer is not among the components",
    );
    assert!(faults_with(&format!("{LIST}/security"), Some(json!([{}]))).is_empty());
    let mut document = sample::document();
    document.pointer_mut(LIST).unwrap()["security"] = json!([{ "reporter": [] }]);
    assert_fault(
        &faults(&document),
        "list_files",
        "reporter is not among the components",
    );
    document["components"]["securitySchemes"]["reporter"] =
        json!({ "type": "http", "scheme": "bearer" });
    assert!(faults(&document).is_empty());
}

#[test]
fn path_parameters_are_declared_and_described() {
    let list = "/paths/~1api~1v1~1files~1{id}/parameters";
    assert_fault(
        &faults_with(list, None),
        "read_file",
        "path parameter id is not declared",
    );
    let bare = json!([{ "name": "id", "in": "path", "schema": { "type": "string" } }]);
    let faults = faults_with(list, Some(bare));
    assert_fault(&faults, "read_file", "id is not described");
    assert_fault(&faults, "change_file", "id is not required");
    let mut document = sample::document();
    let own = document.pointer(list).unwrap().clone();
    document.pointer_mut(list).unwrap()[0]["description"] = json!("");
    document.pointer_mut(READ).unwrap()["parameters"] = own;
    let faults = super::faults(&document);
    assert!(
        faults.iter().all(|fault| !fault.starts_with("read_file")),
        "the operation's own declaration counts: {faults:#?}"
    );
}

#[test]
fn a_step_says_sop_step_actor_and_time() {
    for key in ["sop", "step", "actor", "within_minutes"] {
        assert_fault(
            &faults_with(&format!("{OPEN}/x-sop/{key}"), None),
            "open_file",
            &format!("lacks a proper {key}"),
        );
        assert_fault(
            &faults_with(&format!("{OPEN}/x-sop/{key}"), Some(json!(["x"]))),
            "open_file",
            &format!("lacks a proper {key}"),
        );
    }
    assert!(
        faults_with(&format!("{OPEN}/x-sop/step"), Some(Value::Null)).is_empty(),
        "a side exit has no number"
    );
}

#[test]
fn the_refusals_that_can_come_are_listed() {
    for status in ["400", "413", "415", "422"] {
        assert_fault(
            &faults_with(&format!("{OPEN}/responses/{status}"), None),
            "open_file",
            &format!("takes a body and does not list {status}"),
        );
    }
    assert_fault(
        &faults_with(&format!("{LIST}/responses/401"), None),
        "list_files",
        "does not list 401",
    );
    assert_fault(
        &faults_with(&format!("{LIST}/responses/403"), None),
        "list_files",
        "does not list 403 or 404",
    );
    let mut reporters = sample::document();
    reporters["components"]["securitySchemes"]["reporter"] =
        json!({ "type": "http", "scheme": "bearer" });
    let list = reporters.pointer_mut(LIST).unwrap();
    list["security"] = json!([{ "reporter": [] }]);
    list["responses"]
        .as_object_mut()
        .unwrap()
        .retain(|status, _| status != "401" && status != "403");
    assert_fault(
        &faults(&reporters),
        "list_files",
        "wants a reporter's token and does not list 401",
    );
    for status in ["412", "428"] {
        assert_fault(
            &faults_with(&format!("{CHANGE}/responses/{status}"), None),
            "change_file",
            &format!("If-Match and does not list {status}"),
        );
    }
    assert!(faults_with(&format!("{READ}/responses/304"), None).is_empty());
    // Only changes are checked: a read may take `If-Match`, and a change without it needs no reply
    // about it.
    let if_match = json!([{ "name": "if-match", "in": "header", "schema": { "type": "string" } }]);
    assert!(faults_with(&format!("{READ}/parameters"), Some(if_match)).is_empty());
    let mut unguarded = sample::document();
    let change = unguarded.pointer_mut(CHANGE).unwrap();
    change.as_object_mut().unwrap().remove("parameters");
    change["responses"]
        .as_object_mut()
        .unwrap()
        .retain(|status, _| status != "412" && status != "428");
    assert!(faults(&unguarded).is_empty());
}

#[test]
fn every_response_says_what_it_means() {
    assert_fault(
        &faults_with(&format!("{LIST}/responses/200/description"), None),
        "list_files",
        "response 200 has no description",
    );
    assert_fault(
        &faults_with(&format!("{LIST}/responses"), None),
        "list_files",
        "lists no responses",
    );
}

#[test]
fn requests_and_successes_show_an_example_that_fits() {
    let draft = "/components/schemas/Draft/example";
    assert_fault(
        &faults_with(draft, None),
        "open_file",
        "request body (application/json) has no example",
    );
    assert_fault(
        &faults_with(draft, Some(json!({ "scheme": 1 }))),
        "change_file",
        "does not fit: /scheme",
    );
    assert_fault(
        &faults_with("/components/schemas/File/example", None),
        "read_file",
        "its 200 (application/json) has no example",
    );
    let mut chatty = sample::file();
    chatty["row"] = json!(1);
    assert_fault(
        &faults_with("/components/schemas/File/example", Some(chatty)),
        "read_file",
        "does not fit: /row",
    );
    let media = format!("{LIST}/responses/200/content/application~1json");
    assert_fault(
        &faults_with(&format!("{media}/examples"), None),
        "list_files",
        "has no example",
    );
    assert_fault(
        &faults_with(&format!("{media}/examples/one/value/items"), Some(json!(0))),
        "list_files",
        "does not fit: /items",
    );
    assert_fault(
        &faults_with(&format!("{media}/schema"), None),
        "list_files",
        "has no schema",
    );
    let listed = json!([{ "scheme": "product_sni" }, { "scheme": 2 }]);
    let mut document = sample::document();
    let draft = document
        .pointer_mut("/components/schemas/Draft")
        .unwrap()
        .as_object_mut()
        .unwrap();
    draft.remove("example");
    draft.insert("examples".to_owned(), listed);
    assert_fault(&faults(&document), "open_file", "does not fit: /scheme");
}

#[test]
fn refusals_are_problems_with_an_example_of_their_own() {
    let refusal = format!("{LIST}/responses/403");
    assert_fault(
        &faults_with(&format!("{refusal}/content"), None),
        "list_files",
        "its 403 has no body",
    );
    assert_fault(
        &faults_with(
            &format!("{refusal}/content"),
            Some(json!({ "application/json": {} })),
        ),
        "list_files",
        "is not application/problem+json",
    );
    let media = format!("{refusal}/content/application~1problem+json");
    let without = faults_with(&format!("{media}/example"), None);
    assert_fault(
        &without,
        "list_files",
        "its 403 (application/problem+json) has no example",
    );
    assert_eq!(without.len(), 1, "{without:#?}");
    let broken = json!({ "description": "Broken.", "content": { "text/html": {} } });
    assert_fault(
        &faults_with(&format!("{LIST}/responses/500"), Some(broken)),
        "list_files",
        "its 500 (text/html) is not application/problem+json",
    );
    let other = sample::refusal(404, "not_yours");
    assert_fault(
        &faults_with(&format!("{media}/example"), Some(other)),
        "list_files",
        "the problem says 404, the reply 403",
    );
    let other = sample::refusal(403, "overtaken");
    assert_fault(
        &faults_with(&format!("{media}/example"), Some(other)),
        "list_files",
        "not listed for this operation, only not_yours",
    );
    assert_fault(
        &faults_with(
            &format!("{media}/schema"),
            Some(json!({ "type": "object" })),
        ),
        "list_files",
        "not described by the schema Problem",
    );
}

#[test]
fn all_faults_are_reported_at_once() {
    let mut document = sample::document();
    document["paths"]["/api/v1/files"]["get"] = json!({});
    let faults = faults(&document);
    for saying in [
        "operation_id",
        "summary",
        "description",
        "tag",
        "security",
        "responses",
    ] {
        assert_fault(&faults, "get /api/v1/files", saying);
    }
}
