//! The operations that integration keys may call: read operations of signed-in users with a tag
//! that belongs to a scope.

use actix_web::http::Method;
use serde_json::json;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::access::{Access, INTEGRATION, requirement};
use super::{extend, operations};
use crate::identity::ScopedOperations;
use crate::identity::integrations::Scope;
use crate::web::confidential::is_complaint_path;

/// The extension that names the scope.
const NAME: &str = "x-integration-scope";

/// The scope that covers the operation, if any. Operations below the complaints path have none,
/// whatever their tag.
pub(super) fn scope_of(
    operation: &Operation,
    method: &str,
    path: &str,
    access: Access,
) -> Option<Scope> {
    let readable = method == "get" && access == Access::SignedIn && !is_complaint_path(path);
    let tags = operation.tags.iter().flatten().filter(|_| readable);
    tags.into_iter().find_map(|tag| Scope::of_tag(tag))
}

/// Documents that keys with this scope may call the operation.
pub(super) fn annotate(operation: &mut Operation, scope: Scope) {
    operation
        .security
        .get_or_insert_default()
        .push(requirement(INTEGRATION));
    extend(operation, NAME, json!(scope.code()));
}

/// The scope that the document names.
pub(super) fn documented_scope(operation: &Operation) -> Option<Scope> {
    operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get(NAME))
        .and_then(|code| Scope::from_code(code.as_str()?))
}

/// The operations that integration keys may call, according to the document.
pub fn scoped_operations(document: &OpenApi) -> ScopedOperations {
    let scoped = operations(document).filter_map(|(method, path, operation)| {
        Some(((method, path.to_owned()), documented_scope(operation)?))
    });
    ScopedOperations::new(scoped.collect::<Vec<((Method, String), Scope)>>())
}
