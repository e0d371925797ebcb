//! Texts in Indonesian and English.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Object, Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A text in both languages. In JSON every such text is the object `{"id": "…", "en": "…"}`, so
/// that a field name ending in `_id` always holds an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Text<S = Cow<'static, str>> {
    /// Indonesian, the default.
    pub id: S,
    /// English.
    pub en: S,
}

/// A text of a table: a title, an input or an output of a step, a remedy.
pub type Term = Text<&'static str>;

impl Text {
    /// Builds a text.
    pub fn new(id: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self {
            id: id.into(),
            en: en.into(),
        }
    }
}

impl From<Term> for Text {
    fn from(term: Term) -> Self {
        Self::new(term.id, term.en)
    }
}

impl<S> PartialSchema for Text<S> {
    fn schema() -> RefOr<Schema> {
        let language = |words: &str, example: &str| {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some(words))
                .examples([example])
        };
        let text: Object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A text in Indonesian and English."))
            .property(
                "id",
                language("Indonesian.", "Melakukan verifikasi dokumen permohonan"),
            )
            .property(
                "en",
                language("English.", "Verify the documents of the application"),
            )
            .required("id")
            .required("en")
            .build();
        text.into()
    }
}

impl<S> ToSchema for Text<S> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Text")
    }
}
