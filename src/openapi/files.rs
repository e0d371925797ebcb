//! Files: a body that is neither JSON nor text is bytes. utoipa would write them as a list of numbers, and clients would send just that.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Content, RefOr};

use super::itself;

/// Describes every file that the operation takes or gives as binary.
pub(super) fn stamp(operation: &mut Operation) {
    let asked = operation
        .request_body
        .as_mut()
        .and_then(itself)
        .into_iter()
        .flat_map(|body| body.content.iter_mut());
    asked
        .filter_map(|(kind, content)| Some((kind, itself(content)?)))
        .for_each(|(kind, content)| describe(kind, content));
    for response in operation
        .responses
        .responses
        .values_mut()
        .filter_map(itself)
    {
        let given = response
            .content
            .iter_mut()
            .filter_map(|(kind, content)| Some((kind, itself(content)?)));
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
