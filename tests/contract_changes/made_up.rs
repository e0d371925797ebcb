//! Tests the comparison with a made-up contract and one change at a time.

use serde_json::{Value, json};

use crate::compare::{ChangeKind, changes};

fn contract() -> Value {
    json!({
        "info": {"version": "1.0.0"},
        "paths": {"/files": {"post": {
            "operationId": "add_file", "security": [{"bearer": []}],
            "parameters": [{"name": "limit", "in": "query", "required": false, "schema": {"type": "integer", "maximum": 200}}],
            "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Form"}}}},
            "responses": {
                "201": {"headers": {"Location": {}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/File"}}}},
                "409": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
            },
        }}},
        "components": {"schemas": {
            "Form": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 200},
                "kind": {"type": "string", "enum": ["a", "b"]},
                "note": {"type": ["string", "null"]},
            }, "additionalProperties": false},
            "File": {"type": "object", "required": ["id", "kind"], "properties": {
                "id": {"type": "string"},
                "kind": {"type": "string", "enum": ["a", "b"]},
                "size": {"type": "integer"},
                "parent": {"oneOf": [{"$ref": "#/components/schemas/File"}, {"type": "null"}]},
                "shape": {"oneOf": [{"type": "object", "required": ["round"], "properties": {"round": {"type": "boolean"}}}, {"type": "string"}]},
            }},
        }},
    })
}

/// The kinds of the changes after one value was replaced.
fn after(pointer: &str, value: Value) -> Vec<ChangeKind> {
    let (old, mut new) = (contract(), contract());
    let (place, name) = pointer.rsplit_once('/').unwrap();
    let place = new.pointer_mut(place).unwrap();
    match (place, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(&name.replace("~1", "/"))),
        (Value::Object(members), value) => drop(members.insert(name.replace("~1", "/"), value)),
        (Value::Array(items), Value::Null) => drop(items.remove(name.parse().unwrap())),
        (Value::Array(items), value) => items.push(value),
        (other, _) => panic!("nothing stands in {other}"),
    }
    changes(&old, &new)
        .into_iter()
        .map(|one| one.kind)
        .collect()
}

const POST: &str = "/paths/~1files/post";
const FORM: &str = "/components/schemas/Form";
const FILE: &str = "/components/schemas/File";

#[test]
fn what_callers_rely_on_may_not_go() {
    for (pointer, value) in [
        (POST.to_owned(), json!(null)),
        (format!("{POST}/operationId"), json!("make_file")),
        (format!("{POST}/security"), json!([])),
        (format!("{POST}/responses/409"), json!(null)),
        (format!("{POST}/responses/201"), json!(null)),
        (
            format!("{POST}/responses/201/headers/Location"),
            json!(null),
        ),
        (
            format!("{POST}/responses/201/content/application~1json"),
            json!(null),
        ),
        (format!("{POST}/parameters/0"), json!(null)),
        (format!("{FILE}/properties/size"), json!(null)),
        (format!("{FILE}/required/1"), json!(null)),
        (
            format!("{FILE}/properties/id/type"),
            json!(["string", "null"]),
        ),
        (format!("{FILE}/properties/kind/enum/1"), json!(null)),
        (format!("{FILE}/properties/kind/enum"), json!(null)),
        (format!("{FILE}/properties/shape/oneOf/1"), json!(null)),
        (
            format!("{FILE}/properties/shape/oneOf/0/required/0"),
            json!(null),
        ),
        (format!("{FORM}/properties/note"), json!(null)),
    ] {
        assert!(
            after(&pointer, value).contains(&ChangeKind::Breaking),
            "{pointer}"
        );
    }
}

#[test]
fn nobody_may_be_asked_for_more() {
    for (pointer, value) in [
        (format!("{POST}/parameters/0/required"), json!(true)),
        (
            format!("{POST}/parameters/-"),
            json!({"name": "day", "in": "query", "required": true, "schema": {"type": "string"}}),
        ),
        (format!("{POST}/parameters/0/schema/maximum"), json!(100)),
        (format!("{FORM}/required/-"), json!("kind")),
        (format!("{FORM}/properties/name/maxLength"), json!(100)),
        (format!("{FORM}/properties/name/pattern"), json!("^x$")),
        (format!("{FORM}/properties/name/type"), json!("integer")),
        (format!("{FORM}/properties/note/type"), json!("string")),
        (format!("{FORM}/properties/kind/enum/1"), json!(null)),
    ] {
        assert!(
            after(&pointer, value).contains(&ChangeKind::Breaking),
            "{pointer}"
        );
    }
    let (old, mut new) = (contract(), contract());
    new["components"]["schemas"]["Form"]["properties"]["owner"] = json!({"type": "string"});
    new["components"]["schemas"]["Form"]["required"] = json!(["name", "owner"]);
    assert!(
        changes(&old, &new)
            .iter()
            .any(|one| one.kind == ChangeKind::Breaking),
        "a new required field"
    );
}

#[test]
fn what_is_added_breaks_nobody() {
    for (pointer, value) in [
        (
            "/paths/~1more".to_owned(),
            json!({"get": {"operationId": "list_more", "responses": {}}}),
        ),
        (
            format!("{POST}/parameters/-"),
            json!({"name": "day", "in": "query", "required": false, "schema": {"type": "string"}}),
        ),
        (format!("{POST}/responses/429"), json!({})),
        (
            format!("{FORM}/properties/owner"),
            json!({"type": "string"}),
        ),
        (
            format!("{FILE}/properties/owner"),
            json!({"type": "string"}),
        ),
        (format!("{FILE}/properties/kind/enum/-"), json!("c")),
        (
            format!("{FILE}/properties/shape/oneOf/-"),
            json!({"type": "boolean"}),
        ),
    ] {
        let found = after(&pointer, value);
        assert!(
            !found.is_empty() && found.iter().all(|kind| *kind == ChangeKind::Addition),
            "{pointer}: {found:?}"
        );
    }
}

#[test]
fn what_asks_for_less_or_says_it_more_narrowly_is_no_change() {
    for (pointer, value) in [
        (format!("{FORM}/required/0"), json!(null)),
        (format!("{FORM}/properties/name/maxLength"), json!(300)),
        (
            format!("{FORM}/properties/name/type"),
            json!(["string", "null"]),
        ),
        (format!("{FILE}/required/-"), json!("size")),
        (format!("{FILE}/properties/id/maxLength"), json!(36)),
        (format!("{FILE}/description"), json!("A file.")),
    ] {
        assert_eq!(after(&pointer, value), [], "{pointer}");
    }
}
