//! Every text of every form, compared with its schema: a text that the schema allows is accepted,
//! however odd, and a text that the schema forbids is refused at its place. No check depends on the
//! look of a text.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Operation;
use super::shapes::{Crowd, forms};
use crate::support::{Answer, contract};

/// Texts that look like something else: telephone numbers, dates, impossible years, ids, numbers,
/// formulas, JSON.
const ODD_TEXTS: [&str; 12] = [
    "+62811-7123-456",
    "-0001-01-01 adalah kode contoh",
    "+12345-01-01T00:00:00Z",
    "2026-13-45",
    "0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a7",
    "1e309",
    "null",
    "=1+1",
    "{\"a\": [1]}",
    "%00%0a",
    "\\u0000",
    "'; drop table journal; --",
];

/// Operations that end the user's session or count against a limit.
const LEFT_OUT: [&str; 4] = [
    "change_password",
    "login",
    "open_complaint_session",
    "activate_slip",
];

/// A text of a form: its place in the example, and its schema.
struct TextField {
    pointer: String,
    schema: Value,
}

impl TextField {
    fn number(&self, name: &str) -> Option<usize> {
        self.schema[name]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
    }

    /// Whether every text of a valid length is allowed.
    fn is_free(&self) -> bool {
        ["format", "pattern", "enum", "const"]
            .iter()
            .all(|name| self.schema.get(name).is_none())
    }

    /// Whether the schema allows the empty text.
    fn may_be_empty(&self) -> bool {
        self.is_free() && self.number("minLength").is_none_or(|least| least == 0)
    }
}

/// The texts of `schema`, as far as `example` has a place for them.
fn leaves(schema: &Value, example: &Value, pointer: &str, found: &mut Vec<TextField>) {
    let schema = contract().resolved(schema);
    if let Some(choices) = ["oneOf", "anyOf"]
        .iter()
        .find_map(|name| schema[name].as_array())
    {
        // The only alternative beside null. Texts of several alternatives are not tried.
        let real: Vec<_> = choices
            .iter()
            .filter(|choice| choice["type"] != "null")
            .collect();
        if let [only] = real.as_slice() {
            leaves(only, example, pointer, found);
        }
        return;
    }
    for (name, one) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        leaves(one, &example[name.as_str()], &place, found);
    }
    if let (Some(items), Some(first)) = (schema.get("items"), example.get(0)) {
        leaves(items, first, &format!("{pointer}/0"), found);
    }
    let is_text = schema["type"] == "string"
        || schema["type"]
            .as_array()
            .is_some_and(|types| types.contains(&json!("string")));
    if is_text && schema.get("enum").is_none() && schema.get("const").is_none() {
        found.push(TextField {
            pointer: pointer.to_owned(),
            schema,
        });
    }
}

/// The example with `text` at `pointer`; none when the example has no such place.
fn with(example: &Value, pointer: &str, text: &str) -> Option<Value> {
    let mut body = example.clone();
    let (parent, name) = pointer.rsplit_once('/')?;
    match body.pointer_mut(parent)? {
        Value::Object(members) => {
            drop(members.insert(name.replace("~1", "/").replace("~0", "~"), json!(text)));
        }
        Value::Array(items) => *items.get_mut(name.parse::<usize>().ok()?)? = json!(text),
        _ => return None,
    }
    Some(body)
}

/// Whether the refusal names `pointer`, or a place inside it.
fn finds_fault_with(answer: &Answer, pointer: &str) -> bool {
    let listed = answer.body["errors"].as_array().into_iter().flatten();
    // An unknown code is refused because of stored data, and a scope in an application for products
    // because of the scheme: neither is a fault of the text itself.
    let is_of_shape = |code: &serde_json::Value| code != "token_not_good" && code != "does_not_fit";
    answer.status == 422
        && listed
            .into_iter()
            .any(|one| one["pointer"] == pointer && is_of_shape(&one["code"]))
}

/// Each form with its example and its texts.
fn texts() -> Vec<(Operation, Value, Vec<TextField>)> {
    let mut all = Vec::new();
    for operation in forms().filter(|one| !LEFT_OUT.contains(&one.id.as_str())) {
        let example = operation.example().unwrap();
        let mut found = Vec::new();
        leaves(operation.form().unwrap(), &example, "", &mut found);
        all.push((operation, example, found));
    }
    all
}

/// Only values that the contract calls dates are checked as dates, and likewise every other kind of
/// text.
#[actix_web::test]
async fn a_text_that_its_schema_allows_is_taken_whatever_it_looks_like() {
    let crowd = Box::pin(Crowd::gather()).await;
    let (mut faults, mut tried) = (Vec::new(), 0);
    for (operation, example, leaves) in texts() {
        for leaf in leaves.iter().filter(|leaf| leaf.is_free()) {
            for odd in ODD_TEXTS {
                let text = format!(
                    "{odd}{}",
                    " x".repeat(
                        leaf.number("minLength")
                            .unwrap_or_default()
                            .saturating_sub(odd.len())
                            .div_ceil(2)
                    )
                );
                if leaf
                    .number("maxLength")
                    .is_some_and(|most| text.chars().count() > most)
                {
                    continue;
                }
                let Some(body) = with(&example, &leaf.pointer, &text) else {
                    continue;
                };
                let Some(answer) = crowd
                    .send(
                        &operation,
                        "application/json",
                        &serde_json::to_vec(&body).unwrap(),
                    )
                    .await
                else {
                    continue;
                };
                assert!(
                    answer.status < 500,
                    "{} {} {text:?}: {}",
                    operation.id,
                    leaf.pointer,
                    answer.body
                );
                tried += 1;
                if finds_fault_with(&answer, &leaf.pointer) {
                    faults.push(format!(
                        "{} {} {text:?}: {}",
                        operation.id, leaf.pointer, answer.body["errors"]
                    ));
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} texts were refused that their schema allows:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(tried > 500, "{tried}");
}

/// An empty text and a text that is too long are refused where the schema forbids them, and
/// accepted elsewhere.
#[actix_web::test]
async fn the_length_of_a_text_is_judged_as_its_schema_says() {
    let crowd = Box::pin(Crowd::gather()).await;
    let (mut faults, mut judged) = (BTreeMap::new(), 0);
    for (operation, example, leaves) in texts() {
        for leaf in &leaves {
            let most = leaf.number("maxLength");
            let long = "x".repeat(most.map_or(60_000, |most| most + 1));
            for (text, allowed) in [
                (String::new(), leaf.may_be_empty()),
                (long, leaf.is_free() && most.is_none()),
            ] {
                let Some(body) = with(&example, &leaf.pointer, &text) else {
                    continue;
                };
                let Some(answer) = crowd
                    .send(
                        &operation,
                        "application/json",
                        &serde_json::to_vec(&body).unwrap(),
                    )
                    .await
                else {
                    continue;
                };
                assert!(
                    answer.status < 500,
                    "{} {}: {}",
                    operation.id,
                    leaf.pointer,
                    answer.body
                );
                let refused = finds_fault_with(&answer, &leaf.pointer);
                // A refusal for another reason, such as the stage, may come before the check of the
                // text.
                if refused == allowed && (refused || answer.status < 300) {
                    let what = format!(
                        "{} {} of {} characters is {}",
                        operation.id,
                        leaf.pointer,
                        text.len(),
                        if refused { "refused" } else { "taken" }
                    );
                    faults.insert(what, (leaf.schema.to_string(), answer.body.to_string()));
                }
                judged += 1;
            }
        }
    }
    let told: Vec<_> = faults
        .iter()
        .map(|(what, (schema, answer))| format!("{what}\n    {schema}\n    {answer}"))
        .collect();
    assert!(
        told.is_empty(),
        "{} texts are judged otherwise than their schema says:\n{}",
        told.len(),
        told.join("\n")
    );
    assert!(judged > 200, "{judged}");
}
