//! Which operations a key for a program may ask for: those that read, need somebody signed in, and are of a subject that keys may have.

use actix_web::http::Method;
use serde_json::json;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::access::{Access, INTEGRATION, requirement};
use super::{extend, operations};
use crate::identity::ScopedOperations;
use crate::identity::integrations::Scope;
use crate::web::confidential::is_below_complaints;

/// What the document calls the scope.
const NAME: &str = "x-integration-scope";

/// The scope that opens the operation, if one does. Nothing below the complaints is opened, whatever its tag.
pub(super) fn scope_of(
    operation: &Operation,
    method: &str,
    path: &str,
    access: Access,
) -> Option<Scope> {
    let readable = method == "get" && access == Access::SignedIn && !is_below_complaints(path);
    let tags = operation.tags.iter().flatten().filter(|_| readable);
    tags.into_iter().find_map(|tag| Scope::of_tag(tag))
}

/// Says in the document that keys with this scope open the operation.
pub(super) fn stamp(operation: &mut Operation, scope: Scope) {
    operation
        .security
        .get_or_insert_default()
        .push(requirement(INTEGRATION));
    extend(operation, NAME, json!(scope.code()));
}

/// The scope the document names.
pub(super) fn named(operation: &Operation) -> Option<Scope> {
    operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get(NAME))
        .and_then(|code| Scope::from_code(code.as_str()?))
}

/// The operations that keys open, as the document says.
#[must_use]
pub fn scoped_operations(document: &OpenApi) -> ScopedOperations {
    let scoped = operations(document).filter_map(|(method, path, operation)| {
        Some(((method, path.to_owned()), named(operation)?))
    });
    ScopedOperations::new(scoped.collect::<Vec<((Method, String), Scope)>>())
}
