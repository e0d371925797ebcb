//! Binary bodies: utoipa documents a body of bytes as a list of numbers, and clients would send
//! such a list.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Content, RefOr};

use super::inline;

/// Documents every file that the operation takes or returns as binary.
pub(super) fn annotate(operation: &mut Operation) {
    let asked = operation
        .request_body
        .as_mut()
        .and_then(inline)
        .into_iter()
        .flat_map(|body| body.content.iter_mut());
    asked
        .filter_map(|(kind, content)| Some((kind, inline(content)?)))
        .for_each(|(kind, content)| describe(kind, content));
    for response in operation
        .responses
        .responses
        .values_mut()
        .filter_map(inline)
    {
        let given = response
            .content
            .iter_mut()
            .filter_map(|(kind, content)| Some((kind, inline(content)?)));
        given.for_each(|(kind, content)| describe(kind, content));
    }
}

fn describe(media_type: &str, content: &mut Content) {
    let is_file = !media_type.ends_with("json") && !media_type.starts_with("text/");
    let is_numbers = matches!(&content.schema, Some(RefOr::T(Schema::Array(_))));
    if is_file && is_numbers {
        let bytes = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        content.schema = Some(RefOr::T(bytes.into()));
    }
}
