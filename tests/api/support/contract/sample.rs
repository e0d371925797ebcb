//! A small valid contract in the style of the generator. The tests of the checker and of the
//! quality rules break one thing in it at a time.

use serde_json::{Map, Value, json};

pub fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "A made-up desk", "version": "1.0.0" },
        "paths": {
            "/api/v1/files": { "get": list_files(), "post": open_file() },
            "/api/v1/files/{id}": {
                "parameters": [at_file()],
                "get": read_file(),
                "patch": change_file(),
            },
            "/api/v1/files/mine": { "get": simple("list_mine", "My files (Berkas saya)", &json!({ "$ref": "#/components/schemas/Page" })) },
            "/api/v1/files/{id}/report.csv": { "parameters": [at_file()], "get": report() },
        },
        "components": {
            "schemas": schemas(),
            "responses": { "Unauthenticated": problem(401, "unauthenticated") },
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// A file, as the sample's reading operations return it.
pub fn file() -> Value {
    json!({
        "id": "0197b1f0-0000-7000-8000-000000000001",
        "applicant": { "kind": "person", "full_name": "Siti" },
        "previous": null,
        "made_at": "2026-11-23T01:00:00Z",
        "notes": { "first": { "pointer": "/scheme", "code": "unknown", "detail": "No such scheme." } },
        "steps": [{ "step": 1, "children": [{ "step": null, "children": [] }] }],
        "extra": { "anything": ["at", { "all": true }] },
    })
}

/// A complete problem.
pub fn refusal(status: u16, code: &str) -> Value {
    json!({
        "type": format!("/problems/{code}"), "title": "Refused", "status": status, "detail": "Not like this.",
        "instance": "/api/v1/files", "code": code, "trace_id": "0af7651916cd43dd",
    })
}

fn at_file() -> Value {
    json!({ "name": "id", "in": "path", "required": true, "description": "The file.", "schema": { "type": "string" } })
}

/// These refusals, and the one that every operation of the sample has.
fn refusals(codes: &[(u16, &str)]) -> Map<String, Value> {
    let mut all = Map::from_iter([(
        "401".to_owned(),
        json!({ "$ref": "#/components/responses/Unauthenticated" }),
    )]);
    all.extend(
        codes
            .iter()
            .map(|(status, code)| (status.to_string(), problem(*status, code))),
    );
    all
}

fn problem(status: u16, code: &str) -> Value {
    let media = json!({ "schema": { "$ref": "#/components/schemas/Problem" }, "example": refusal(status, code) });
    json!({ "description": format!("`{code}`"), "content": { "application/problem+json": media } })
}

fn operation(id: &str, summary: &str, success: (&str, Value), refused: &[(u16, &str)]) -> Value {
    let mut responses = refusals(refused);
    responses.insert(success.0.to_owned(), success.1);
    json!({
        "operationId": id, "summary": summary, "description": "What it does.", "tags": ["files"],
        "security": [{ "bearer": [] }], "responses": responses,
    })
}

fn simple(id: &str, summary: &str, schema: &Value) -> Value {
    let page = json!({ "items": [file()], "next_cursor": null });
    let media = json!({ "schema": schema, "examples": { "one": { "value": page } } });
    operation(
        id,
        summary,
        (
            "200",
            json!({ "description": "A page.", "content": { "application/json": media } }),
        ),
        &[(403, "not_yours")],
    )
}

fn list_files() -> Value {
    simple(
        "list_files",
        "List files (Berkas)",
        &json!({ "$ref": "#/components/schemas/Page" }),
    )
}

fn open_file() -> Value {
    let created = json!({
        "description": "Opened.",
        "headers": { "Location": { "description": "Where it is.", "schema": { "type": "string" } } },
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/File" } } },
    });
    let refused = [
        (400, "unparsable"),
        (403, "not_yours"),
        (413, "too_large"),
        (415, "wrong_type"),
        (422, "invalid"),
    ];
    let mut operation = operation(
        "open_file",
        "Open a file · Buka berkas",
        ("201", created),
        &refused,
    );
    operation["requestBody"] = body(&json!({ "$ref": "#/components/schemas/Draft" }));
    operation["x-sop"] =
        json!({ "sop": "cert", "step": 1, "actor": "customer", "within_minutes": 30 });
    operation["responses"]["422"]["x-problem-codes"] = json!(["invalid", "unknown_field"]);
    operation
}

fn read_file() -> Value {
    let found = json!({
        "description": "The file.",
        "headers": {
            "ETag": { "description": "Its version.", "schema": { "type": "string" } },
            "Age": { "description": "Seconds.", "schema": { "type": "integer" } },
            "X-Room": { "description": "The room.", "schema": { "type": "string" }, "required": true },
            "X-Office": { "description": "The office.", "schema": { "type": "string" }, "x-required": true },
        },
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/File" } } },
    });
    let mut operation = operation(
        "read_file",
        "Read a file (Berkas)",
        ("200", found),
        &[(404, "not_found")],
    );
    operation["responses"]["304"] = json!({ "description": "Unchanged." });
    operation
}

fn change_file() -> Value {
    let refused = [
        (400, "unparsable"),
        (404, "not_found"),
        (412, "stale"),
        (413, "too_large"),
        (415, "wrong_type"),
        (422, "invalid"),
        (428, "no_precondition"),
    ];
    let mut operation = operation(
        "change_file",
        "Change a file (Ubah)",
        ("204", json!({ "description": "Changed." })),
        &refused,
    );
    operation["requestBody"] = body(&json!({ "$ref": "#/components/schemas/Draft" }));
    operation["parameters"] = json!([{ "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" } }]);
    operation
}

fn report() -> Value {
    let media = json!({ "text/csv; charset=utf-8": { "schema": { "type": "string" } } });
    let rows = json!({ "description": "Rows.", "content": media });
    operation(
        "read_report",
        "Read a report (Laporan)",
        ("200", rows),
        &[(404, "not_found")],
    )
}

fn body(schema: &Value) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

fn schemas() -> Value {
    let text = json!({ "type": "string" });
    let kind = |kind: &str| json!({ "type": "string", "enum": [kind] });
    json!({
        "Draft": {
            "type": "object", "required": ["scheme"], "properties": { "scheme": text }, "additionalProperties": false,
            "example": { "scheme": "product_sni" },
        },
        "Applicant": { "oneOf": [
            { "type": "object", "required": ["kind", "name"], "properties": { "kind": kind("company"), "name": text } },
            { "type": "object", "required": ["kind", "full_name"], "properties": { "kind": kind("person"), "full_name": text } },
        ] },
        "Stamp": { "type": "object", "required": ["made_at"], "properties": { "made_at": { "type": "string", "format": "date-time" } } },
        "File": {
            "allOf": [{ "$ref": "#/components/schemas/Stamp", "description": "Flattened." }, {
                "type": "object", "required": ["id", "applicant", "steps"], "properties": {
                    "id": { "type": "string", "format": "uuid" },
                    "applicant": { "$ref": "#/components/schemas/Applicant" },
                    "previous": { "oneOf": [{ "$ref": "#/components/schemas/Applicant" }, { "type": "null" }] },
                    "notes": { "type": "object", "additionalProperties": { "$ref": "#/components/schemas/Fault" } },
                    "steps": { "type": "array", "items": { "$ref": "#/components/schemas/Step" } },
                    "extra": { "description": "Whatever the office likes." },
                },
            }],
            "example": file(),
        },
        "Step": { "type": "object", "required": ["children"], "properties": {
            "step": { "type": ["integer", "null"], "format": "int32" },
            "children": { "type": "array", "items": { "$ref": "#/components/schemas/Step" } },
        } },
        "Page": { "type": "object", "required": ["items"], "properties": {
            "items": { "type": "array", "items": { "$ref": "#/components/schemas/File" } },
            "next_cursor": { "type": ["string", "null"] },
        } },
        "Fault": {
            "type": "object", "required": ["pointer", "code", "detail"],
            "properties": { "pointer": text, "code": text, "detail": text },
        },
        "Problem": {
            "type": "object", "required": ["type", "title", "status", "detail", "instance", "code", "trace_id"],
            "properties": {
                "type": text, "title": text, "status": { "type": "integer" }, "detail": text, "instance": text, "code": text,
                "trace_id": text, "errors": { "type": "array", "items": { "$ref": "#/components/schemas/Fault" } },
            },
        },
    })
}
