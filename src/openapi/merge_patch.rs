//! Merge patches (RFC 7396): a `PATCH` takes its body as `application/merge-patch+json` too, with the same schema and the same example.

use utoipa::openapi::path::Operation;

use super::itself;
use crate::web::body::MERGE_PATCH;

/// Declares the second media type of a `PATCH` with a JSON body.
pub(super) fn stamp(operation: &mut Operation, method: &str) {
    if method == "patch"
        && let Some(body) = operation.request_body.as_mut().and_then(itself)
        && let Some(json) = body.content.get("application/json").cloned()
    {
        body.content.insert(MERGE_PATCH.to_owned(), json);
    }
}
