//! Named schemas of codes that the service keeps as text, so that generators make one type of each.
//! A field names the schema (`value_type`); the contract takes the codes themselves from the tables.

use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Object, RefOr};

use crate::role::Role;

/// A string that is one of `codes`.
pub fn schema(words: &str, codes: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    let codes: Vec<_> = codes.into_iter().collect();
    let object: Object = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(words))
        .examples(codes.first().copied())
        .enum_values((!codes.is_empty()).then_some(codes))
        .build();
    object.into()
}

/// Declares a named schema: its words and its codes.
#[macro_export]
macro_rules! code_schema {
    ($name:ident, $words:literal, $codes:expr) => {
        #[doc = $words]
        #[derive(Debug)]
        pub enum $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::codes::schema($words, $codes)
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }
    };
}

// The kernel does not know the workflows; the contract adds the codes of both.
code_schema!(
    TaskCode,
    "Code of a task of an SOP, as in `GET /sops/{code}`.",
    []
);
code_schema!(StageCode, "Code of a stage of an SOP (tahap).", []);
code_schema!(SopCode, "Code of an SOP.", []);
code_schema!(
    ActorCode,
    "A role that does a task, or `reporter` (pelapor), or `system` (the service itself).",
    Role::all().map(Role::code).chain(["reporter", "system"])
);
