//! A resource is JSON at its own path, and each other representation of it (a letter as PDF, the
//! record as CSV, an SOP as a poster) has a path below: `…/audit-notice/pdf`. Handlers choose by
//! `?format=`, which stays as an older address of the same file; this module documents the paths.

use actix_web::http::Method;
use serde_json::json;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

use super::{extend, inline};
use crate::web::operations::QueryParameter;
use crate::web::requested_format::PARAMETER;

/// The extension that names the representation at a path.
const NAME: &str = "x-format";

/// Each format with its media type, and its name in summaries.
const FORMATS: [(&str, &str, &str); 7] = [
    ("pdf", "application/pdf", "PDF"),
    ("csv", "text/csv", "CSV"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "XLSX",
    ),
    ("ics", "text/calendar", "iCalendar"),
    ("svg", "image/svg+xml", "SVG"),
    ("markdown", "text/markdown", "Markdown"),
    ("mermaid", "text/plain", "Mermaid"),
];

/// Parameters that one format alone reads.
const ONLY_IN: [(&str, &str); 4] = [
    ("chart", "svg"),
    ("limit", "json"),
    ("cursor", "json"),
    ("summary", "json"),
];

/// Gives every representation but JSON a path of its own.
pub(super) fn split(document: &mut OpenApi) {
    let mut below = Vec::new();
    for (path, item) in &mut document.paths.paths {
        let Some(whole) = item.get.as_mut().filter(|get| takes_format(get)) else {
            continue;
        };
        let mut addresses = Vec::new();
        for (format, media_type, name) in FORMATS {
            if let Some(operation) = one_of(whole, path, (format, media_type, name)) {
                let address = format!("{path}/{format}");
                addresses.push(format!("`{address}`"));
                below.push((address, PathItem::new(HttpMethod::Get, operation)));
            }
        }
        keep(whole, "json", "application/json");
        let words = whole.description.take().unwrap_or_default();
        whole.description = Some(format!(
            "{words}\n\nAs a file: {}. `?format=` at this path is an older address of the same.",
            addresses.join(", ")
        ));
    }
    document.paths.paths.extend(below);
}

fn takes_format(operation: &Operation) -> bool {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .into_iter()
        .any(|one| matches!(one, RefOr::T(one) if one.name == PARAMETER))
}

/// The operation that returns `whole` in one format; `None` if it does not.
fn one_of(
    whole: &Operation,
    path: &str,
    (format, media_type, name): (&str, &str, &str),
) -> Option<Operation> {
    let mut operation = whole.clone();
    keep(&mut operation, format, media_type).then_some(())?;
    operation.operation_id = Some(format!("{}_{format}", whole.operation_id.as_deref()?));
    let summary = whole.summary.as_deref().unwrap_or_default();
    operation.summary = Some(match summary.split_once(" (") {
        Some((words, term)) => format!("{words} as {name} ({term}"),
        None => format!("{summary} as {name}"),
    });
    let words = whole.description.as_deref().unwrap_or_default();
    operation.description = Some(format!(
        "{words}\n\n`{path}?format={format}` is an older address of the same file."
    ));
    extend(&mut operation, NAME, json!(format));
    Some(operation)
}

/// Leaves the success replies and the parameters of one format. False if no reply has it.
fn keep(operation: &mut Operation, format: &str, media_type: &str) -> bool {
    let is_read = |name: &str| {
        name != PARAMETER
            && ONLY_IN
                .iter()
                .all(|(known, only)| *known != name || *only == format)
    };
    if let Some(parameters) = &mut operation.parameters {
        parameters.retain(|one| !matches!(one, RefOr::T(one) if !is_read(&one.name)));
    }
    let mut found = false;
    for response in operation
        .responses
        .responses
        .values_mut()
        .filter_map(inline)
    {
        response.content.retain(|known, _| known == media_type);
        found |= !response.content.is_empty();
    }
    found
}

/// The format of an operation whose path is that of a representation.
pub(super) fn format_of(operation: &Operation) -> Option<&'static str> {
    let named = operation.extensions.as_ref()?.get(NAME)?;
    FORMATS
        .into_iter()
        .map(|(format, ..)| format)
        .find(|format| named.as_str() == Some(format))
}

/// The path and the operation id of the resource of which this operation returns a representation;
/// of other operations their own.
pub(super) fn resource<'o>(operation: &'o Operation, path: &'o str) -> (&'o str, &'o str) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    format_of(operation)
        .and_then(|format| {
            Some((
                path.strip_suffix(format)?.strip_suffix('/')?,
                id.strip_suffix(format)?.strip_suffix('_')?,
            ))
        })
        .unwrap_or((path, id))
}

/// The undocumented query parameters of an operation: `format`, and at the path of the resource
/// those of its representations.
pub(super) fn older_parameters(
    document: &OpenApi,
    method: &Method,
    path: &str,
    operation: &Operation,
) -> Vec<QueryParameter> {
    if method != Method::GET {
        return Vec::new();
    }
    let below: Vec<_> = FORMATS
        .iter()
        .filter_map(|(format, ..)| document.paths.paths.get(&format!("{path}/{format}")))
        .filter_map(|item| item.get.as_ref())
        .filter(|get| format_of(get).is_some())
        .collect();
    if below.is_empty() && format_of(operation).is_none() {
        return Vec::new();
    }
    let format = QueryParameter {
        name: PARAMETER.to_owned(),
        is_date: false,
    };
    let of_files = below
        .into_iter()
        .flat_map(|get| super::query_parameters(document, get));
    of_files.chain([format]).collect()
}
