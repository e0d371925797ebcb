//! Examples of optional parameters are moved into their descriptions. Swagger UI sends the example
//! of a parameter as if the user had typed it; an example of a version, a key or a filter would
//! produce a refusal or an empty list.

use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Required};

/// Moves the examples of headers and optional parameters into their descriptions.
pub(super) fn annotate(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && let Some(changed) = with_example_in_description(parameter)
        {
            *parameter = changed;
        }
    }
}

/// The parameter with its example moved into the description. `None` if there is no example or the
/// parameter is required.
fn with_example_in_description(parameter: &Parameter) -> Option<Parameter> {
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
