//! Links between operations (OpenAPI's `links`): where a reply gives an id, which operations take it. Derived from the paths, so that tools, and those who
//! read, can follow a case from the reply that made it.

use serde_json::{Value, json};
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{OpenApi, RefOr, Response};

use super::itself;

/// What takes an id: its operation, its method and its path.
struct Taker {
    id: String,
    method: HttpMethod,
    path: String,
}

/// Adds to each reply with an id the operations below it that take nothing else in their path.
pub(super) fn add(document: &mut OpenApi) {
    let takers = takers(document);
    let schemas = document
        .components
        .as_ref()
        .map(|components| serde_json::to_value(&components.schemas).unwrap_or_default())
        .unwrap_or_default();
    for (path, item) in &mut document.paths.paths {
        let below = format!("{path}/{{id}}");
        let made = item
            .post
            .as_mut()
            .and_then(|made| made.responses.responses.get_mut("201"))
            .and_then(itself);
        if let Some(made) = made.filter(|made| gives(made, &["id"], &schemas)) {
            let all = takers.iter().filter(|taker| {
                taker.path == below || taker.path.starts_with(&format!("{below}/"))
            });
            all.for_each(|taker| link(made, taker, "$response.body#/id"));
        }
        let listed = item
            .get
            .as_mut()
            .and_then(|listed| listed.responses.responses.get_mut("200"))
            .and_then(itself);
        if let Some(listed) = listed.filter(|listed| gives(listed, &["items", "id"], &schemas)) {
            let reads = takers
                .iter()
                .filter(|taker| taker.path == below && taker.method == HttpMethod::Get);
            reads.for_each(|taker| link(listed, taker, "$response.body#/items/0/id"));
        }
    }
}

/// Every operation whose path takes an id and nothing else.
fn takers(document: &OpenApi) -> Vec<Taker> {
    let all = super::operations(document)
        .filter(|(_, path, _)| path.matches('{').count() == 1 && path.contains("/{id}"));
    all.filter_map(|(method, path, operation)| {
        let method = match method.as_str() {
            "GET" => HttpMethod::Get,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Post,
        };
        Some(Taker {
            id: operation.operation_id.clone()?,
            method,
            path: path.to_owned(),
        })
    })
    .collect()
}

fn link(response: &mut Response, taker: &Taker, id: &str) {
    let link = LinkBuilder::new()
        .operation_id(taker.id.clone())
        .parameter("id", id)
        .description("Takes the id of this reply.")
        .build();
    response.links.insert(taker.id.clone(), RefOr::T(link));
}

/// Whether the JSON of a reply has the field at `path`, through objects and lists.
fn gives(response: &Response, path: &[&str], schemas: &Value) -> bool {
    let content = response
        .content
        .get("application/json")
        .map(|content| json!(content));
    let schema = content.as_ref().and_then(|content| content.get("schema"));
    schema.is_some_and(|schema| has(schema, path, schemas))
}

fn has(schema: &Value, path: &[&str], schemas: &Value) -> bool {
    if let Some(name) = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.rsplit('/').next())
    {
        return schemas
            .get(name)
            .is_some_and(|named| has(named, path, schemas));
    }
    let Some((first, rest)) = path.split_first() else {
        return true;
    };
    if let Some(items) = schema.get("items") {
        return has(items, path, schemas);
    }
    let parts = schema.get("allOf").and_then(Value::as_array);
    schema
        .pointer(&format!("/properties/{first}"))
        .is_some_and(|field| has(field, rest, schemas))
        || parts.is_some_and(|parts| parts.iter().any(|part| has(part, path, schemas)))
}
