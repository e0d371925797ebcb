//! Parts that many operations share: each refusal, each header of a reply, each repeated parameter and
//! each example of a reply stands once under `components`, and the operations refer to it. Generators
//! make one type of each, and the document is less than half as long.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::example::Example;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{Components, Schema};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, Response};

use super::{codes, inline};

/// The name of a reply that nothing has changed since the caller read it.
const NOT_MODIFIED: &str = "NotModified";

/// Moves the shared parts of every operation to `components`.
pub(super) fn share(document: &mut OpenApi) {
    let mut components = document.components.take().unwrap_or_default();
    name_enumerations(document, &components);
    let repeated = repeated_parameters(document);
    for operation in operations(document) {
        share_responses(operation, &mut components);
        share_parameters(operation, &repeated);
    }
    components.parameters.extend(
        repeated
            .into_iter()
            .map(|(name, parameter)| (name, RefOr::T(parameter))),
    );
    document.components = Some(components);
}

fn operations(document: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    document.paths.paths.values_mut().flat_map(|item| {
        let methods = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.patch,
            &mut item.delete,
        ];
        methods.into_iter().filter_map(Option::as_mut)
    })
}

fn share_responses(operation: &mut Operation, components: &mut Components) {
    for (status, response) in &mut operation.responses.responses {
        let Some(inlined) = inline(response) else {
            continue;
        };
        share_headers(inlined, components);
        let name = match status.as_bytes() {
            [b'4' | b'5', ..] => refusal_name(inlined),
            b"304" => Some(NOT_MODIFIED.to_owned()),
            _ => {
                for (media_type, content) in &mut inlined.content {
                    if let Some(content) =
                        inline(content).filter(|_| media_type == "application/json")
                    {
                        share_example(content, components);
                    }
                }
                None
            }
        };
        if let Some(name) = name {
            let shared = RefOr::Ref(Ref::from_response_name(&name));
            let inlined = std::mem::replace(response, shared);
            components.responses.insert(name, inlined);
        }
    }
}

/// Moves the headers of a reply. Of headers with one name and different texts, only the first moves.
fn share_headers(response: &mut Response, components: &mut Components) {
    for (header_name, header) in &mut response.headers {
        let name = pascal_case(header_name);
        let known = components.headers.entry(name.clone());
        if known.or_insert_with(|| header.clone()) == header {
            *header = RefOr::Ref(Ref::new(format!("#/components/headers/{name}")));
        }
    }
}

/// The name of a refusal: its codes, as `NotYourStepOrForbidden`. All replies with the same codes
/// are the same.
fn refusal_name(response: &Response) -> Option<String> {
    let codes = response.extensions.as_ref()?.get("x-problem-codes")?;
    let codes = codes.as_array()?.iter().filter_map(Value::as_str);
    Some(codes.map(pascal_case).collect::<Vec<_>>().join("Or"))
}

/// Moves the example of a reply that is described by a named schema.
fn share_example(content: &mut Content, components: &mut Components) {
    let name = match &content.schema {
        Some(RefOr::Ref(schema)) => schema.ref_location.rsplit('/').next().map(str::to_owned),
        _ => None,
    };
    let Some(name) = name else { return };
    let Some(value) = content.example.clone() else {
        return;
    };
    let mut example = Example::new();
    example.value = Some(value);
    let example = RefOr::T(example);
    let known = components
        .examples
        .entry(name.clone())
        .or_insert_with(|| example.clone());
    if *known == example {
        content.example = None;
        let shared = RefOr::Ref(Ref::new(format!("#/components/examples/{name}")));
        content.examples = [(name, shared)].into();
    }
}

/// Refers parameters that list the values of a named enumeration to it.
fn name_enumerations(document: &mut OpenApi, components: &Components) {
    for operation in operations(document) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && let Some(RefOr::T(Schema::Object(object))) = &parameter.schema
                && let Some(named) = codes::named(components, object)
            {
                parameter.schema = Some(RefOr::Ref(named));
            }
        }
    }
}

/// The parameters that occur more than once, by name. Of several parameters with one name, the most
/// frequent gets it; the others stay with their operations.
fn repeated_parameters(document: &OpenApi) -> BTreeMap<String, Parameter> {
    let mut counts: BTreeMap<String, Vec<(Parameter, usize)>> = BTreeMap::new();
    for (_, _, operation) in super::documented(document) {
        for parameter in operation.parameters.iter().flatten() {
            let RefOr::T(parameter) = parameter else {
                continue;
            };
            let alike = counts.entry(parameter_name(parameter)).or_default();
            match alike.iter_mut().find(|(known, _)| known == parameter) {
                Some((_, count)) => *count += 1,
                None => alike.push((parameter.clone(), 1)),
            }
        }
    }
    let most = |(name, alike): (String, Vec<(Parameter, usize)>)| {
        let (parameter, count) = alike.into_iter().max_by_key(|(_, count)| *count)?;
        (count > 1).then_some((name, parameter))
    };
    counts.into_iter().filter_map(most).collect()
}

fn share_parameters(operation: &mut Operation, repeated: &BTreeMap<String, Parameter>) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(inlined) = parameter
            && let name = parameter_name(inlined)
            && repeated.get(&name) == Some(inlined)
        {
            *parameter = RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")));
        }
    }
}

/// The name of a parameter under `components`: that of its schema, else its own. `Required` and
/// `Random` tell apart headers of the same name.
fn parameter_name(parameter: &Parameter) -> String {
    if let Some(RefOr::Ref(schema)) = &parameter.schema
        && let Some(name) = schema.ref_location.rsplit('/').next()
    {
        return name.to_owned();
    }
    let own = pascal_case(&parameter.name);
    let has_pattern = matches!(&parameter.schema, Some(RefOr::T(Schema::Object(schema))) if schema.min_length > Some(1));
    match &parameter.parameter_in {
        ParameterIn::Header if parameter.required == Required::True => format!("Required{own}"),
        ParameterIn::Header if has_pattern => format!("Random{own}"),
        _ => own,
    }
}

fn pascal_case(name: &str) -> String {
    let words = name.split(['_', '-']);
    words
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        })
        .collect()
}
