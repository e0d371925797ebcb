//! The POST operations that honour `Idempotency-Key`: all of the API except signing in, and except
//! operations with `x-reply-kept: false`, whose reply must not be stored. Operations with
//! `x-random-key: true`, and those of reporters, require a key that cannot be guessed.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::web::idempotency_key::{MAX_LENGTH, PATTERN};
use crate::web::random_key as random;

/// True if the operation honours `Idempotency-Key`.
pub(super) fn stores_reply(operation: &Operation, method: &str, path: &str) -> bool {
    method == "post"
        && path.starts_with("/api/v1")
        && !path.contains("/auth/")
        && !has_extension(operation, "x-reply-kept", false)
}

/// True if the key must be random. `confidential`: reporters may call the operation.
pub(super) fn requires_random_key(operation: &Operation, confidential: bool) -> bool {
    confidential || has_extension(operation, "x-random-key", true)
}

/// The schema of such a key.
pub(super) fn key_schema(requires_random_key: bool) -> ObjectBuilder {
    let (shortest, pattern) = if requires_random_key {
        (random::MIN_LENGTH, random::PATTERN)
    } else {
        (1, PATTERN)
    };
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(shortest))
        .max_length(Some(MAX_LENGTH))
        .pattern(Some(pattern))
}

fn has_extension(operation: &Operation, name: &str, value: bool) -> bool {
    operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get(name))
        .is_some_and(|said| *said == value)
}
