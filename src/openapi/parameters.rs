//! What may be left out is left out until somebody fills it in: Swagger UI sends the example of a parameter as if it had been typed, and an example of a
//! version, a key or a filter would get a refusal or an empty list. So such examples stand in the words.

use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Required};

/// Moves the examples of headers, and of what is optional, into the descriptions.
pub(super) fn stamp(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && let Some(told) = tell(parameter)
        {
            *parameter = told;
        }
    }
}

/// The parameter without its example, which is in its description now. Unchanged where it has none, or must be given.
fn tell(parameter: &Parameter) -> Option<Parameter> {
    let mut written = serde_json::to_value(parameter).ok()?;
    let members = written.as_object_mut()?;
    let optional =
        parameter.parameter_in == ParameterIn::Header || parameter.required != Required::True;
    let example = members.remove("example").filter(|_| optional)?;
    let example = example
        .as_str()
        .map_or_else(|| example.to_string(), str::to_owned);
    let words = parameter.description.as_deref().unwrap_or_default();
    members.insert(
        "description".to_owned(),
        json!(format!("{words} For example `{example}`.").trim_start()),
    );
    serde_json::from_value(written).ok()
}
