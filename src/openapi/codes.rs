//! Codes of the workflows, in the named schemas of the rooms below them; and a sentence for every
//! enumeration, because a code may be added without a new major version.

use utoipa::openapi::schema::{Components, Object, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::certification::schemes::SchemeCode;
use crate::reporting::catalogue::SOPS;
use crate::sop::codes::{SopCode, StageCode, TaskCode};
use crate::sop::table::{Stage as _, Task as _};
use crate::{certification, complaint};

/// What a caller should do with a code that the contract does not list yet.
const OPEN: &str = "More values may be added; a client must accept unknown ones.";

/// Adds the codes of the workflows, and the sentence.
pub(super) fn complete(components: &mut Components) {
    let tasks = (certification::sop::Task::all().map(certification::sop::Task::code))
        .chain(complaint::sop::Task::all().map(complaint::sop::Task::code));
    let stages = (certification::sop::Stage::all().map(certification::sop::Stage::code))
        .chain(complaint::sop::Stage::all().map(complaint::sop::Stage::code));
    set(components, &TaskCode::name(), tasks.collect());
    set(components, &StageCode::name(), stages.collect());
    let sops = SOPS.iter().map(|sop| sop.code());
    set(components, &SopCode::name(), sops.collect());
    components
        .schemas
        .insert(SchemeCode::name().into_owned(), SchemeCode::schema());
    for schema in components.schemas.values_mut() {
        if let RefOr::T(Schema::Object(object)) = schema
            && object
                .enum_values
                .as_ref()
                .is_some_and(|values| values.len() > 1)
        {
            let words = object.description.take().unwrap_or_default();
            object.description = Some(format!("{words} {OPEN}").trim_start().to_owned());
        }
    }
}

/// Sets the codes of the schema `name`; both SOPs share some of them.
fn set(components: &mut Components, name: &str, mut codes: Vec<&'static str>) {
    let mut seen = std::collections::BTreeSet::new();
    codes.retain(|code| seen.insert(*code));
    if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name) {
        object.examples = codes
            .first()
            .map(|code| vec![(*code).into()])
            .unwrap_or_default();
        object.enum_values = Some(codes.into_iter().map(Into::into).collect());
    }
}

/// The name of the enumeration with the same values as `object`.
pub(super) fn named(components: &Components, object: &Object) -> Option<Ref> {
    let values = object.enum_values.as_ref()?;
    let same = components.schemas.iter().find(|(_, schema)| {
        matches!(schema, RefOr::T(Schema::Object(known)) if known.enum_values.as_ref() == Some(values))
    });
    same.map(|(name, _)| Ref::from_schema_name(name))
}
