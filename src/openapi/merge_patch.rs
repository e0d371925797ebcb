//! Merge patches (RFC 7396): a `PATCH` also accepts its body as `application/merge-patch+json`,
//! with the same schema and example.

use utoipa::openapi::path::Operation;

use super::inline;
use crate::web::body::MERGE_PATCH;

/// Documents the second media type of a `PATCH` with a JSON body.
pub(super) fn annotate(operation: &mut Operation, method: &str) {
    if method == "patch"
        && let Some(body) = operation.request_body.as_mut().and_then(inline)
        && let Some(json) = body.content.get("application/json").cloned()
    {
        body.content.insert(MERGE_PATCH.to_owned(), json);
    }
}
