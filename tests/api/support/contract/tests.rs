//! Each test breaks one promise of the sample contract, and the checker must refuse it.

use serde_json::{Value, json};

use super::sample::{document, file, refusal};
use super::{Contract, Exchange};

const FILE: &str = "/api/v1/files/0197b1f0";
const SENT_WITH_A_FILE: &[(&str, &str)] = &[
    ("content-type", "application/json; charset=utf-8"),
    ("etag", "\"1\""),
    ("age", "3"),
    ("x-office", "plg"),
    ("x-room", "2"),
];
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
const PROBLEM: &[(&str, &str)] = &[
    ("content-type", "application/problem+json"),
    ("www-authenticate", "Bearer"),
];

fn answer(
    contract: &Contract,
    request: &str,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<(), String> {
    let (method, path) = request.split_once(' ').unwrap();
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    contract.check(&Exchange {
        method,
        path,
        status,
        headers: &headers,
        body,
    })
}

fn json_answer(
    request: &str,
    status: u16,
    headers: &[(&str, &str)],
    body: &Value,
) -> Result<(), String> {
    answer(
        &Contract::new(&document()),
        request,
        status,
        headers,
        body.to_string().as_bytes(),
    )
}

/// Asserts that the reply is refused with a message that contains this text.
fn refused(outcome: Result<(), String>, saying: &str) {
    let message = outcome.expect_err("the contract is broken here");
    assert!(
        message.contains(saying),
        "{message:?} does not say {saying:?}"
    );
}

/// A read of a file with one change.
fn read_with(change: impl FnOnce(&mut Value)) -> Result<(), String> {
    let mut body = file();
    change(&mut body);
    json_answer(&format!("GET {FILE}"), 200, SENT_WITH_A_FILE, &body)
}

#[test]
fn a_reply_as_documented_passes() {
    assert_eq!(read_with(|_| {}), Ok(()));
    let page = json!({ "items": [file()], "next_cursor": "abc" });
    assert_eq!(
        json_answer("GET /api/v1/files?limit=1&stage=draft", 200, JSON, &page),
        Ok(())
    );
    let contract = Contract::new(&document());
    assert_eq!(
        answer(&contract, &format!("PATCH {FILE}"), 204, &[], b""),
        Ok(())
    );
    assert_eq!(
        answer(
            &contract,
            &format!("GET {FILE}/report.csv"),
            200,
            &[("content-type", "text/csv")],
            b"a;b"
        ),
        Ok(())
    );
    assert_eq!(
        answer(&contract, &format!("GET {FILE}"), 304, &[], b""),
        Ok(())
    );
}

#[test]
fn a_value_of_the_wrong_type_or_format_is_refused() {
    refused(read_with(|body| body["steps"] = json!("one")), "/steps:");
    refused(read_with(|body| body["id"] = json!("7")), "uuid");
    refused(
        read_with(|body| body["made_at"] = json!("yesterday")),
        "date-time",
    );
    refused(
        read_with(|body| body["applicant"] = json!({ "kind": "person" })),
        "/applicant:",
    );
    refused(
        read_with(|body| drop(body.as_object_mut().unwrap().remove("steps"))),
        "steps",
    );
}

#[test]
fn a_property_that_no_schema_names_is_refused_however_deep() {
    let places = [
        "",
        "/applicant",
        "/notes/first",
        "/steps/0",
        "/steps/0/children/0",
    ];
    for place in places {
        let outcome =
            read_with(|body| body.pointer_mut(place).unwrap()["password_hash"] = json!("x"));
        refused(
            outcome,
            &format!("{place}/password_hash: its schema does not name this property"),
        );
    }
}

#[test]
fn of_several_alternatives_only_the_one_that_fits_names_properties() {
    let of_a_company = |body: &mut Value| {
        body["previous"] = json!({ "kind": "company", "name": "PT Musi", "full_name": "Siti" });
    };
    refused(read_with(of_a_company), "/previous/full_name");
    let proper =
        |body: &mut Value| body["previous"] = json!({ "kind": "company", "name": "PT Musi" });
    assert_eq!(read_with(proper), Ok(()));
}

#[test]
fn an_object_without_named_properties_is_free_only_when_it_says_so() {
    let with = |schema: Value| {
        let mut document = document();
        document["components"]["schemas"]["File"]["allOf"][1]["properties"]["extra"] = schema;
        answer(
            &Contract::new(&document),
            &format!("GET {FILE}"),
            200,
            SENT_WITH_A_FILE,
            file().to_string().as_bytes(),
        )
    };
    refused(with(json!({ "type": "object" })), "/extra/anything");
    assert_eq!(
        with(json!({ "type": "object", "additionalProperties": true })),
        Ok(())
    );
    assert_eq!(
        with(json!({ "type": "object", "patternProperties": { "^any": {} } })),
        Ok(())
    );
    assert_eq!(
        with(json!({ "type": "object", "unevaluatedProperties": {} })),
        Ok(())
    );
    refused(
        with(json!({ "type": "object", "patternProperties": { "^some": {} } })),
        "/extra/anything",
    );
    assert_eq!(
        with(
            json!({ "type": "object", "properties": { "anything": { "type": "array", "items": {} } } })
        ),
        Ok(())
    );
    refused(
        with(json!({ "type": "object", "properties": { "anything": { "type": "array" } } })),
        "/extra/anything/1/all",
    );
    let tuple =
        json!({ "type": "array", "prefixItems": [{ "type": "string" }, {}], "items": false });
    assert_eq!(
        with(json!({ "type": "object", "properties": { "anything": tuple } })),
        Ok(())
    );
    let when = json!({ "if": { "required": ["anything"] }, "then": { "properties": { "anything": true } }, "type": "object" });
    assert_eq!(with(when), Ok(()));
    let otherwise = json!({ "if": { "required": ["nothing"] }, "else": { "properties": { "anything": true } }, "type": "object" });
    assert_eq!(with(otherwise), Ok(()));
}

#[test]
fn an_undocumented_path_method_status_or_type_is_refused() {
    refused(
        json_answer("GET /api/v1/secrets", 200, JSON, &json!({})),
        "no path of the document matches",
    );
    refused(
        json_answer("DELETE /api/v1/files", 200, JSON, &json!({})),
        "/api/v1/files has no DELETE",
    );
    refused(
        json_answer("GET /api/v1/files", 418, JSON, &json!({})),
        "list_files does not document this status, only 200, 401, 403",
    );
    let as_text = [
        ("content-type", "text/html"),
        ("etag", "\"1\""),
        ("x-office", "plg"),
    ];
    refused(
        json_answer(&format!("GET {FILE}"), 200, &as_text, &file()),
        "text/html is not documented, only application/json",
    );
    refused(
        json_answer("GET /api/v1/files", 200, &[], &json!({ "items": [] })),
        "it has no content type",
    );
}

#[test]
fn a_status_or_a_type_may_be_documented_as_a_range() {
    let mut document = document();
    let responses = document["paths"]["/api/v1/files"]["get"]["responses"]
        .as_object_mut()
        .unwrap();
    let ok = responses.remove("200").unwrap();
    responses.insert("2XX".to_owned(), ok.clone());
    let responses = document["paths"]["/api/v1/files/mine"]["get"]["responses"]
        .as_object_mut()
        .unwrap();
    responses.remove("200").unwrap();
    responses.insert("default".to_owned(), ok);
    document["paths"]["/api/v1/files/{id}/report.csv"]["get"]["responses"]["200"]["content"] =
        json!({ "text/*": {} });
    let contract = Contract::new(&document);
    for path in ["/api/v1/files", "/api/v1/files/mine"] {
        assert_eq!(
            answer(
                &contract,
                &format!("GET {path}"),
                200,
                JSON,
                br#"{"items": []}"#
            ),
            Ok(())
        );
        refused(
            answer(&contract, &format!("GET {path}"), 200, JSON, b"{}"),
            "items",
        );
    }
    assert_eq!(
        answer(
            &contract,
            &format!("GET {FILE}/report.csv"),
            200,
            &[("content-type", "text/csv")],
            b"a;b"
        ),
        Ok(())
    );
    refused(
        answer(
            &contract,
            &format!("GET {FILE}/report.csv"),
            200,
            &[("content-type", "image/png")],
            b"a;b",
        ),
        "image/png is not documented",
    );
}

#[test]
fn a_compressed_body_is_judged_by_its_type_alone() {
    let contract = Contract::new(&document());
    let packed = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
    ];
    assert_eq!(
        answer(&contract, "GET /api/v1/files", 200, &packed, b"\x1f\x8b"),
        Ok(())
    );
    let plain = [
        ("content-type", "application/json"),
        ("content-encoding", "identity"),
    ];
    refused(
        answer(&contract, "GET /api/v1/files", 200, &plain, b"\x1f\x8b"),
        "the body is not JSON",
    );
}

#[test]
fn a_body_is_there_exactly_when_one_is_documented() {
    let contract = Contract::new(&document());
    refused(
        answer(&contract, &format!("PATCH {FILE}"), 204, &[], b"{}"),
        "carries a body and none is documented",
    );
    refused(
        answer(&contract, "GET /api/v1/files", 200, JSON, b""),
        "carries no body; documented: application/json",
    );
    refused(
        answer(&contract, "GET /api/v1/files", 200, JSON, b"<html>"),
        "the body is not JSON",
    );
    refused(
        answer(
            &contract,
            &format!("GET {FILE}"),
            304,
            &[("etag", "\"1\"")],
            b"{}",
        ),
        "a body follows HEAD or 304",
    );
    refused(
        answer(&contract, "HEAD /api/v1/files", 200, JSON, b"{}"),
        "a body follows HEAD or 304",
    );
    assert_eq!(
        answer(&contract, "HEAD /api/v1/files", 200, JSON, b""),
        Ok(())
    );
}

#[test]
fn a_promised_header_is_missed() {
    let without = |name: &str| {
        let headers: Vec<_> = SENT_WITH_A_FILE
            .iter()
            .filter(|(known, _)| *known != name)
            .copied()
            .collect();
        json_answer(&format!("GET {FILE}"), 200, &headers, &file())
    };
    refused(without("etag"), "the header ETag is missing");
    refused(without("x-office"), "the header X-Office is missing");
    refused(without("x-room"), "the header X-Room is missing");
    assert_eq!(
        without("age"),
        Ok(()),
        "a header that is documented and not required may be absent"
    );
    refused(
        json_answer("POST /api/v1/files", 201, JSON, &file()),
        "the header Location is missing",
    );
    let mut wrong = SENT_WITH_A_FILE.to_vec();
    wrong.push(("age", "old"));
    wrong.remove(2);
    refused(
        json_answer(&format!("GET {FILE}"), 200, &wrong, &file()),
        "the header Age",
    );
}

#[test]
fn a_problem_agrees_with_its_reply_and_carries_a_listed_code() {
    assert_eq!(
        json_answer(
            "POST /api/v1/files",
            422,
            PROBLEM,
            &refusal(422, "unknown_field")
        ),
        Ok(())
    );
    assert_eq!(
        json_answer(
            "GET /api/v1/files",
            401,
            PROBLEM,
            &refusal(401, "unauthenticated")
        ),
        Ok(())
    );
    refused(
        json_answer("POST /api/v1/files", 422, PROBLEM, &refusal(400, "invalid")),
        "the problem says 400, the reply 422",
    );
    let unlisted = json_answer(
        "POST /api/v1/files",
        422,
        PROBLEM,
        &refusal(422, "overtaken"),
    );
    refused(
        unlisted,
        r#"the code "overtaken" is not listed for this operation, only invalid, unknown_field"#,
    );
    refused(
        json_answer("GET /api/v1/files", 401, PROBLEM, &refusal(401, "expired")),
        "only unauthenticated",
    );
    let mut document = document();
    document["components"]["responses"]["Unauthenticated"]["description"] =
        json!("See `WWW-Authenticate`: `expired`, not `unauthenticated`");
    let contract = Contract::new(&document);
    let body = refusal(401, "nobody").to_string();
    refused(
        answer(
            &contract,
            "GET /api/v1/files/mine",
            401,
            PROBLEM,
            body.as_bytes(),
        ),
        "only expired, unauthenticated",
    );
}

#[test]
fn an_unknown_route_is_refused_with_a_whole_problem() {
    let lost = refusal(404, "no_such_route");
    assert_eq!(
        json_answer("GET /api/v1/secrets", 404, PROBLEM, &lost),
        Ok(())
    );
    assert_eq!(
        json_answer(
            "DELETE /api/v1/files",
            405,
            PROBLEM,
            &refusal(405, "no_such_method")
        ),
        Ok(())
    );
    refused(
        json_answer("DELETE /api/v1/files", 403, PROBLEM, &refusal(403, "x")),
        "/api/v1/files has no DELETE in the document",
    );
    let contract = Contract::new(&document());
    assert_eq!(
        answer(&contract, "HEAD /api/v1/secrets", 404, PROBLEM, b""),
        Ok(())
    );
    refused(
        answer(&contract, "GET /api/v1/secrets", 404, PROBLEM, b""),
        "the refusal is not JSON",
    );
    refused(
        json_answer("GET /api/v1/secrets", 404, JSON, &lost),
        "no application/problem+json",
    );
    refused(
        json_answer("GET /api/v1/secrets", 405, PROBLEM, &refusal(405, "x")),
        "no path of the document matches",
    );
    refused(
        json_answer("GET /api/v1/secrets", 404, PROBLEM, &refusal(405, "x")),
        "the problem says 405",
    );
    for name in ["type", "title", "detail", "instance", "code", "trace_id"] {
        let mut incomplete = lost.clone();
        incomplete.as_object_mut().unwrap().remove(name);
        refused(
            json_answer("GET /api/v1/secrets", 404, PROBLEM, &incomplete),
            &format!("/{name}: a problem says this"),
        );
    }
    let mut chatty = lost.clone();
    chatty["cause"] = json!("relation \"users\" does not exist");
    refused(
        json_answer("GET /api/v1/secrets", 404, PROBLEM, &chatty),
        "/cause: problems have no such member",
    );
    let mut vague = lost;
    vague["errors"] = json!([{ "pointer": "/a" }]);
    refused(
        json_answer("GET /api/v1/secrets", 404, PROBLEM, &vague),
        "/errors/0/code",
    );
}

#[test]
fn a_literal_segment_wins_over_a_parameter() {
    let mut document = document();
    let plainly = json!({ "200": { "description": "Nothing." } });
    document["paths"]["/api/v1/files/{name}.json"] =
        json!({ "get": { "operationId": "read_plainly", "responses": plainly } });
    let contract = Contract::new(&document);
    answer(
        &contract,
        "GET /api/v1/files/mine",
        200,
        JSON,
        br#"{"items": []}"#,
    )
    .unwrap();
    assert!(contract.seen().contains(&("list_mine".to_owned(), 200)));
    answer(&contract, "GET /api/v1/files/mine.json", 200, &[], b"").unwrap();
    assert!(
        contract.seen().contains(&("read_plainly".to_owned(), 200)),
        "a partly literal segment wins over a parameter"
    );
    refused(
        answer(&contract, "GET /api/v1/files/.json", 200, &[], b""),
        "the header ETag",
    );
    refused(
        answer(&contract, "GET /api/v1/files/a/b", 200, &[], b""),
        "no path of the document matches",
    );
    refused(
        answer(&contract, "GET /api/v1/files/", 200, &[], b""),
        "no path of the document matches",
    );
    // `mine` has no PATCH, and is not the name of a file either, as in the router.
    refused(
        answer(&contract, "PATCH /api/v1/files/mine", 204, &[], b""),
        "/api/v1/files/mine has no PATCH",
    );
}

#[test]
fn a_preflight_is_no_operation() {
    let contract = Contract::new(&document());
    assert_eq!(
        answer(
            &contract,
            "OPTIONS /api/v1/files",
            204,
            &[("access-control-allow-methods", "GET")],
            b""
        ),
        Ok(())
    );
    refused(
        answer(&contract, "OPTIONS /api/v1/files", 204, &[], b""),
        "has no OPTIONS",
    );
    refused(
        answer(
            &contract,
            "OPTIONS /api/v1/files",
            204,
            &[("access-control-allow-methods", "GET")],
            b"x",
        ),
        "has no OPTIONS",
    );
}

#[test]
fn what_no_reply_has_shown_is_known() {
    let contract = Contract::new(&document());
    let total = contract.never_seen().len();
    answer(
        &contract,
        "GET /api/v1/files",
        200,
        JSON,
        br#"{"items": []}"#,
    )
    .unwrap();
    assert_eq!(
        contract.seen().into_iter().collect::<Vec<_>>(),
        [("list_files".to_owned(), 200)]
    );
    assert_eq!(contract.never_seen().len(), total - 1);
    assert!(
        contract
            .never_seen()
            .contains(&("open_file".to_owned(), 201))
    );
    answer(&contract, "HEAD /api/v1/files/mine", 200, JSON, b"").unwrap();
    assert_eq!(
        contract.seen().len(),
        1,
        "a HEAD does not show the body of its GET"
    );
}

#[test]
fn every_difference_is_told_at_once() {
    let mut body = file();
    body["id"] = json!("7");
    body["steps"] = json!(1);
    let message = json_answer(
        &format!("GET {FILE}"),
        200,
        &[("content-type", "application/json")],
        &body,
    )
    .unwrap_err();
    for part in ["ETag", "X-Office", "/id", "/steps"] {
        assert!(message.contains(part), "{message} leaves out {part}");
    }
}

#[test]
fn a_reference_into_nowhere_is_a_fault_of_the_reply_that_needs_it() {
    let mut document = document();
    document["components"]["schemas"]
        .as_object_mut()
        .unwrap()
        .remove("Step");
    let contract = Contract::new(&document);
    refused(
        answer(
            &contract,
            &format!("GET {FILE}"),
            200,
            SENT_WITH_A_FILE,
            file().to_string().as_bytes(),
        ),
        "does not compile",
    );
}
