//! Which POSTs keep their reply for a retry: all of the API, but for signing in and what says `x-reply-kept: false`, because its reply must not be kept.

use utoipa::openapi::path::Operation;

/// Whether the operation honours `Idempotency-Key`.
pub(super) fn keeps_its_reply(operation: &Operation, method: &str, path: &str) -> bool {
    let said = operation.extensions.as_ref().and_then(|extensions| extensions.get("x-reply-kept"));
    method == "post" && path.starts_with("/api/v1") && !path.contains("/auth/") && said != Some(&serde_json::Value::Bool(false))
}
