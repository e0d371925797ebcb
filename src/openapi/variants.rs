//! Names for the variants of tagged unions: utoipa writes each variant inline, and generators would
//! call them `Rule1`, `Rule2` …. A variant is named after its union and its tag.

use utoipa::openapi::schema::{Components, Discriminator, Object, Schema};
use utoipa::openapi::{Ref, RefOr};

use super::shared::pascal_case;

/// Moves each variant of a tagged union to a schema of its own, and adds the discriminator.
pub(super) fn name(components: &mut Components) {
    let mut variants = Vec::new();
    for (union_name, schema) in &mut components.schemas {
        let RefOr::T(Schema::OneOf(union)) = schema else {
            continue;
        };
        let tags: Option<Vec<_>> = union.items.iter().map(tag_of).collect();
        let Some(tags) = tags.filter(|tags| tags.windows(2).all(|two| two[0].0 == two[1].0)) else {
            continue;
        };
        let Some((property, _)) = tags.first().cloned() else {
            continue;
        };
        let mut mapping = std::collections::BTreeMap::new();
        for (item, (_, tag)) in union.items.iter_mut().zip(tags) {
            let name = format!("{union_name}{}", pascal_case(&tag));
            let reference = Ref::from_schema_name(&name);
            mapping.insert(tag, reference.ref_location.clone());
            variants.push((name, std::mem::replace(item, RefOr::Ref(reference))));
        }
        let mut discriminator = Discriminator::new(property);
        discriminator.mapping = mapping;
        union.discriminator = Some(discriminator);
    }
    components.schemas.extend(variants);
}

/// The tag of a variant: its property with exactly one value.
fn tag_of(variant: &RefOr<Schema>) -> Option<(String, String)> {
    let RefOr::T(Schema::Object(Object { properties, .. })) = variant else {
        return None;
    };
    properties
        .iter()
        .find_map(|(name, property)| match property {
            RefOr::T(Schema::Object(Object {
                enum_values: Some(values),
                ..
            })) if values.len() == 1 => Some((name.clone(), values[0].as_str()?.to_owned())),
            _ => None,
        })
}
