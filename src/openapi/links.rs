//! Links between operations (OpenAPI `links`): a reply that contains an id links to the operations
//! that take the id. They are derived from the paths, so that tools and readers can follow a case
//! from the reply that created it.

use serde_json::{Value, json};
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{OpenApi, RefOr, Response};

use super::inline;

/// An operation that takes an id.
struct LinkTarget {
    id: String,
    method: HttpMethod,
    path: String,
}

/// Links each reply with an id to the operations below its path that have no other path parameter.
pub(super) fn add(document: &mut OpenApi) {
    let link_targets = link_targets(document);
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
            .and_then(inline);
        if let Some(made) = made.filter(|made| response_has(made, &["id"], &schemas)) {
            let all = link_targets.iter().filter(|target| {
                target.path == below || target.path.starts_with(&format!("{below}/"))
            });
            all.for_each(|target| link(made, target, "$response.body#/id"));
        }
        let listed = item
            .get
            .as_mut()
            .and_then(|listed| listed.responses.responses.get_mut("200"))
            .and_then(inline);
        if let Some(listed) =
            listed.filter(|listed| response_has(listed, &["items", "id"], &schemas))
        {
            let reads = link_targets
                .iter()
                .filter(|target| target.path == below && target.method == HttpMethod::Get);
            reads.for_each(|target| link(listed, target, "$response.body#/items/0/id"));
        }
    }
}

/// Every operation with `{id}` as its only path parameter.
fn link_targets(document: &OpenApi) -> Vec<LinkTarget> {
    let all = super::documented(document)
        .filter(|(_, path, _)| path.matches('{').count() == 1 && path.contains("/{id}"));
    all.filter_map(|(method, path, operation)| {
        let method = match method.as_str() {
            "GET" => HttpMethod::Get,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Post,
        };
        Some(LinkTarget {
            id: operation.operation_id.clone()?,
            method,
            path: path.to_owned(),
        })
    })
    .collect()
}

fn link(response: &mut Response, target: &LinkTarget, id: &str) {
    let link = LinkBuilder::new()
        .operation_id(target.id.clone())
        .parameter("id", id)
        .description("This operation takes the id of the reply.")
        .build();
    response.links.insert(target.id.clone(), RefOr::T(link));
}

/// True if the JSON of a reply has the field at `path`, through objects and lists.
fn response_has(response: &Response, path: &[&str], schemas: &Value) -> bool {
    let content = response
        .content
        .get("application/json")
        .map(|content| json!(content));
    let schema = content.as_ref().and_then(|content| content.get("schema"));
    schema.is_some_and(|schema| schema_has(schema, path, schemas))
}

fn schema_has(schema: &Value, path: &[&str], schemas: &Value) -> bool {
    if let Some(name) = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.rsplit('/').next())
    {
        return schemas
            .get(name)
            .is_some_and(|named| schema_has(named, path, schemas));
    }
    let Some((first, rest)) = path.split_first() else {
        return true;
    };
    if let Some(items) = schema.get("items") {
        return schema_has(items, path, schemas);
    }
    let parts = schema.get("allOf").and_then(Value::as_array);
    schema
        .pointer(&format!("/properties/{first}"))
        .is_some_and(|field| schema_has(field, rest, schemas))
        || parts.is_some_and(|parts| parts.iter().any(|part| schema_has(part, path, schemas)))
}
