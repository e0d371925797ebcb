//! Names the variants of each tagged choice: every variant becomes a component of its own, and the
//! choice says by which property they differ. Generators then make one type of each variant, also
//! of one that contains the choice again.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{Components, Discriminator, OneOf, Schema};
use utoipa::openapi::{Ref, RefOr};

/// Names the variants of every choice among the components.
pub(super) fn name(components: &mut Components) {
    let mut named = BTreeMap::new();
    for (choice, schema) in &mut components.schemas {
        let RefOr::T(Schema::OneOf(choices)) = schema else {
            continue;
        };
        let Some(property) = tag(choices) else {
            continue;
        };
        let mut discriminator = Discriminator::new(&property);
        for variant in &mut choices.items {
            let Some(value) = tag_value(variant, &property) else {
                continue;
            };
            let name = format!("{choice}{}", pascal_case(&value));
            let reference = Ref::from_schema_name(&name);
            discriminator
                .mapping
                .insert(value, reference.ref_location.clone());
            named.insert(name, std::mem::replace(variant, RefOr::Ref(reference)));
        }
        choices.discriminator = Some(discriminator);
    }
    components.schemas.extend(named);
}

/// The property that has exactly one value in each variant, and another one in each.
fn tag(choices: &OneOf) -> Option<String> {
    let RefOr::T(Schema::Object(first)) = choices.items.first()? else {
        return None;
    };
    let differs = |property: &&String| {
        let values = choices.items.iter().map(|one| tag_value(one, property));
        values
            .collect::<Option<std::collections::BTreeSet<_>>>()
            .is_some_and(|values| values.len() == choices.items.len())
    };
    first.properties.keys().find(differs).cloned()
}

/// The only value of this property in a variant.
fn tag_value(variant: &RefOr<Schema>, property: &str) -> Option<String> {
    let RefOr::T(Schema::Object(variant)) = variant else {
        return None;
    };
    let RefOr::T(Schema::Object(tag)) = variant.properties.get(property)? else {
        return None;
    };
    match &tag.enum_values.as_deref()? {
        [value] => value.as_str().map(str::to_owned),
        _ => None,
    }
}

fn pascal_case(code: &str) -> String {
    let mut name = String::new();
    for word in code.split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    name
}
