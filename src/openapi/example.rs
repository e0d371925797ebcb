//! Examples of JSON bodies, assembled from the examples of their fields, so that each is complete
//! and valid.

use serde_json::{Map, Value, json};
use utoipa::openapi::Content;
use utoipa::openapi::path::Operation;

use super::inline;

/// The deepest nesting that is followed; recursive schemas carry an example of their own.
const DEEPEST: usize = 40;

/// Adds an example to every JSON body of the operation that has none.
pub(super) fn annotate(operation: &mut Operation, schemas: &Value) {
    if let Some(body) = operation.request_body.as_mut().and_then(inline) {
        for (media_type, content) in &mut body.content {
            if let Some(content) = inline(content).filter(|_| media_type == "application/json") {
                fill(content, schemas);
            }
        }
    }
    for response in operation
        .responses
        .responses
        .values_mut()
        .filter_map(inline)
    {
        for (media_type, content) in &mut response.content {
            if let Some(content) = inline(content).filter(|_| media_type == "application/json") {
                fill(content, schemas);
            }
        }
    }
}

fn fill(content: &mut Content, schemas: &Value) {
    if content.example.is_none()
        && content.examples.is_empty()
        && let Some(schema) = &content.schema
    {
        let schema = serde_json::to_value(schema).unwrap_or_default();
        content.example = example_of(&schema, schemas, 0);
    }
}

/// An example of `schema`: its own if it has one, else assembled from its parts. `None` for schemas
/// without a JSON form.
fn example_of(schema: &Value, schemas: &Value, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next()?;
        return example_of(schemas.get(name)?, schemas, depth + 1);
    }
    if let Some(example) = schema
        .get("example")
        .or_else(|| schema.get("examples").and_then(|examples| examples.get(0)))
    {
        return Some(example.clone());
    }
    if let Some(fixed) = schema
        .get("const")
        .or_else(|| schema.get("enum").and_then(|values| values.get(0)))
    {
        return Some(fixed.clone());
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let objects = parts
            .iter()
            .filter_map(|part| example_of(part, schemas, depth + 1));
        let merged = objects
            .filter_map(|part| part.as_object().cloned())
            .flatten()
            .collect::<Map<_, _>>();
        return Some(Value::Object(merged));
    }
    let choices = ["oneOf", "anyOf"]
        .iter()
        .find_map(|name| schema.get(name).and_then(Value::as_array));
    if let Some(choices) = choices {
        let not_null = choices
            .iter()
            .filter(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
        return not_null
            .into_iter()
            .find_map(|choice| example_of(choice, schemas, depth + 1));
    }
    match type_name(schema)? {
        "object" => Some(object_example(schema, schemas, depth)),
        "array" => Some(json!([example_of(
            schema.get("items")?,
            schemas,
            depth + 1
        )?])),
        "string" => Some(text_example(schema)),
        "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or(json!(1))),
        "boolean" => Some(json!(true)),
        _ => Some(Value::Null),
    }
}

fn type_name(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(one) => Some(one),
        Value::Array(many) => many
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null"),
        _ => None,
    }
}

fn object_example(schema: &Value, schemas: &Value, depth: usize) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object);
    let members = properties.into_iter().flatten().filter_map(|(name, part)| {
        example_of(part, schemas, depth + 1).map(|example| (name.clone(), example))
    });
    Value::Object(members.collect())
}

fn text_example(schema: &Value) -> Value {
    match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => json!("0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70"),
        Some("date-time") => json!("2026-07-06T01:30:00Z"),
        Some("date") => json!("2026-07-20"),
        _ => json!("text"),
    }
}
