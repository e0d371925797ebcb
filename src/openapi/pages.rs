//! Schemas of lists: a page refers to its item type by name, and `limit` has bounds.

use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::{ArrayItems, Components, Schema};
use utoipa::openapi::{Ref, RefOr};

use crate::web::page::{DEFAULT_SIZE, MAX_SIZE};

/// The form of a cursor: base64 for URLs, without padding.
const CURSOR: &str = "^[A-Za-z0-9_-]+$";

/// In each generic schema `Kind_Content`, replaces each inlined copy of the schema `Content`, in a
/// field or in a list, by a reference. utoipa inlines it, and a client generator would produce the same type
/// twice, once without a name.
pub(super) fn reference_items(components: &mut Components) {
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
            let copy = match field {
                RefOr::T(Schema::Array(list)) => match &mut list.items {
                    ArrayItems::RefOrSchema(items) => &mut **items,
                    ArrayItems::False => continue,
                },
                _ => field,
            };
            if *copy == written_out {
                *copy = RefOr::Ref(Ref::from_schema_name(content.clone()));
            }
        }
    }
}

/// Documents the bounds of `limit` in paged operations.
pub(super) fn bound_limit(operation: &mut Operation) {
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
    for parameter in parameters.iter_mut().filter(|one| one.name == "cursor") {
        parameter.description = Some("`next_cursor` of the previous page.".to_owned());
        if let Some(RefOr::T(Schema::Object(cursor))) = &mut parameter.schema {
            cursor.pattern = Some(CURSOR.to_owned());
        }
    }
    for parameter in parameters.iter_mut().filter(|one| one.name == "limit") {
        parameter.description = Some("The number of items in a page.".to_owned());
        if let Some(RefOr::T(Schema::Object(size))) = &mut parameter.schema {
            size.minimum = Some(1_i64.into());
            size.maximum = Some(MAX_SIZE.into());
            size.default = Some(json!(DEFAULT_SIZE));
        }
    }
}
