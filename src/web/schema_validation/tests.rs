use serde_json::json;

use super::*;

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is asked for")]
struct Form {
    name: String,
    day: chrono::NaiveDate,
    colour: Colour,
    parts: Vec<Part>,
    note: Option<String>,
    place: Option<Part>,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is asked for")]
enum Colour {
    Red,
    DeepBlue,
}

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is asked for")]
struct Part {
    n: u8,
    of: String,
}

fn found(body: &Value) -> Vec<(String, &'static str)> {
    let mut found: Vec<_> = SchemaValidator::of::<Form>()
        .schema_errors(body)
        .into_iter()
        .map(|schema_error| (schema_error.fault.pointer, schema_error.fault.code))
        .collect();
    found.sort();
    found
}

fn right() -> Value {
    json!({"name": "x", "day": "2026-07-06", "colour": "deep_blue", "parts": [{"n": 1, "of": "x"}], "note": null, "place": null})
}

#[test]
fn what_is_right_has_no_fault() {
    assert_eq!(found(&right()), []);
    let mut with = right();
    with["note"] = json!("x");
    with["place"] = json!({"n": 1, "of": "x"});
    assert_eq!(found(&with), []);
}

#[test]
fn every_fault_is_found_with_its_place() {
    let body = json!({
        "day": "yesterday", "colour": "green", "note": 7, "place": {"n": 1, "of": "x", "a/b": 1},
        "parts": [{"n": "one"}, {"n": 1, "of": "x", "more": true}, 3],
    });
    let expected = [
        ("/colour", "unknown_value"),
        ("/day", "wrong_type"),
        ("/name", "missing_field"),
        ("/note", "wrong_type"),
        ("/parts/0/n", "wrong_type"),
        ("/parts/0/of", "missing_field"),
        ("/parts/1/more", "unknown_field"),
        ("/parts/2", "wrong_type"),
        ("/place/a~1b", "unknown_field"),
    ];
    assert_eq!(
        found(&body),
        expected.map(|(pointer, code)| (pointer.to_owned(), code))
    );
}

#[test]
fn a_flood_of_faults_is_cut_off() {
    let mut body = right();
    body["parts"] = json!(vec![1; 5_000]);
    assert_eq!(
        SchemaValidator::of::<Form>().schema_errors(&body).len(),
        MAX_ERRORS
    );
}

#[test]
fn what_is_known_is_named() {
    let fault = SchemaValidator::of::<Form>().schema_errors(&json!({"name": "x", "day": "2026-07-06", "colour": "green", "parts": [{"n": 1, "of": "x", "more": 1}]}));
    let told: Vec<_> = fault
        .iter()
        .map(|schema_error| schema_error.fault.detail.en.as_ref())
        .collect();
    assert_eq!(
        told,
        [
            "It must be one of `red`, `deep_blue`.",
            "There is no such field; known fields are `n`, `of`."
        ]
    );
}
