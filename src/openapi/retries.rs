//! Which POSTs keep their reply for a retry, and of what key: all of the API, but for signing in and what says `x-reply-kept: false`, because its reply must
//! not be kept. What says `x-random-key: true`, and whatever a reporter may ask, keeps it under a key that nobody can guess.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::web::random_key as random;
use crate::web::retry_key::{LONGEST, PATTERN};

/// Whether the operation honours `Idempotency-Key`.
pub(super) fn keeps_its_reply(operation: &Operation, method: &str, path: &str) -> bool {
    method == "post"
        && path.starts_with("/api/v1")
        && !path.contains("/auth/")
        && !says(operation, "x-reply-kept", false)
}

/// Whether such a key must be drawn at random. `confidential` is whether a reporter may ask for the operation.
pub(super) fn at_random(operation: &Operation, confidential: bool) -> bool {
    confidential || says(operation, "x-random-key", true)
}

/// What such a key is made of.
pub(super) fn key(at_random: bool) -> ObjectBuilder {
    let (shortest, pattern) = if at_random {
        (random::SHORTEST, random::PATTERN)
    } else {
        (1, PATTERN)
    };
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(shortest))
        .max_length(Some(LONGEST))
        .pattern(Some(pattern))
}

fn says(operation: &Operation, name: &str, value: bool) -> bool {
    operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get(name))
        .is_some_and(|said| *said == value)
}
