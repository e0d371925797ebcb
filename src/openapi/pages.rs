//! Lists: a page names its items, and its size has bounds.

use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::{ArrayItems, Components, Schema};
use utoipa::openapi::{Ref, RefOr};

use crate::web::page::{DEFAULT, LARGEST};

/// In each `Kind_Content`, puts a reference where a field is a list of what the schema `Content` says word for word: utoipa writes it out in full, and a
/// client would get the same type twice, once without a name.
pub(super) fn name_items(components: &mut Components) {
    let generic: Vec<(String, String)> = components
        .schemas
        .keys()
        .filter_map(|name| Some((name.clone(), name.split_once('_')?.1.to_owned())))
        .collect();
    for (name, content) in generic {
        let Some(written_out) = components.schemas.get(&content).cloned() else {
            continue;
        };
        let Some(RefOr::T(Schema::Object(page))) = components.schemas.get_mut(&name) else {
            continue;
        };
        for field in page.properties.values_mut() {
            if let RefOr::T(Schema::Array(list)) = field
                && let ArrayItems::RefOrSchema(items) = &mut list.items
                && **items == written_out
            {
                **items = RefOr::Ref(Ref::from_schema_name(content.clone()));
            }
        }
    }
}

/// Says within which bounds the `limit` of a paged operation lies.
pub(super) fn bound(operation: &mut Operation) {
    let parameters = operation.parameters.iter_mut().flatten();
    let mut parameters: Vec<&mut Parameter> = parameters
        .filter_map(|one| {
            if let RefOr::T(one) = one {
                Some(one)
            } else {
                None
            }
        })
        .collect();
    if !parameters.iter().any(|one| one.name == "cursor") {
        return;
    }
    for parameter in parameters.iter_mut().filter(|one| one.name == "limit") {
        if let Some(RefOr::T(Schema::Object(size))) = &mut parameter.schema {
            size.minimum = Some(1_i64.into());
            size.maximum = Some(LARGEST.into());
            size.default = Some(json!(DEFAULT));
        }
    }
}
