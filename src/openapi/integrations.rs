//! The operations that integration keys may call: read operations of signed-in users with a tag
//! that belongs to a scope.

use serde_json::json;
use utoipa::openapi::path::Operation;

use super::access::{INTEGRATION, requirement};
use super::extend;
use crate::web::operations::{Access, is_complaint_path};
use crate::web::scope::Scope;

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
