//! Rules about examples. Developers copy examples, so each must be present and must match its own
//! schema, as strictly as a reply has to.

use serde_json::Value;

use super::{Node, Subject};
use crate::support::contract::{is_json, problem};

/// A JSON request body has an example that matches.
pub fn of_requests(subject: &Subject<'_>) -> Vec<String> {
    let content = subject
        .request_content()
        .into_iter()
        .filter(|(kind, _)| is_json(kind));
    content
        .flat_map(|(kind, media)| of_media(subject, &media, &format!("its request body ({kind})")))
        .collect()
}

/// A successful JSON reply has an example that matches.
pub fn of_successes(subject: &Subject<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for (status, response) in subject
        .responses()
        .iter()
        .filter(|(status, _)| status.starts_with('2'))
    {
        for (kind, media) in content(response).iter().filter(|(kind, _)| is_json(kind)) {
            faults.extend(of_media(subject, media, &format!("its {status} ({kind})")));
        }
    }
    faults
}

/// A refusal is a problem and nothing else, uses the common schema, and has an example that matches
/// its status and its codes.
pub fn of_problems(subject: &Subject<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for (status, response) in subject
        .responses()
        .iter()
        .filter(|(status, _)| status.starts_with(['4', '5']))
    {
        let content = content(response);
        if content.is_empty() {
            faults.push(format!(
                "its {status} has no body; a refusal is {}",
                problem::MEDIA_TYPE
            ));
        }
        for (kind, media) in &content {
            let what = format!("its {status} ({kind})");
            if kind != problem::MEDIA_TYPE {
                faults.push(format!("{what} is not {}", problem::MEDIA_TYPE));
                continue;
            }
            let schema = media.get("schema").map(|schema| schema.pointer);
            if schema.as_deref() != Some("/components/schemas/Problem") {
                faults.push(format!("{what} is not described by the schema Problem"));
            }
            faults.extend(of_media(subject, media, &what));
            for example in on_media(media) {
                let status = status.parse().unwrap_or_default();
                let disagreements = problem::disagreements(response, status, &example);
                faults.extend(
                    disagreements
                        .into_iter()
                        .map(|fault| format!("the example of {what}: {fault}")),
                );
            }
        }
    }
    faults
}

fn of_media(subject: &Subject<'_>, media: &Node<'_>, what: &str) -> Vec<String> {
    let Some(schema) = media.child("schema") else {
        return vec![format!("{what} has no schema")];
    };
    let mut examples = on_media(media);
    if examples.is_empty() {
        examples = on_schema(media);
    }
    if examples.is_empty() {
        return vec![format!("{what} has no example")];
    }
    let misfits = examples
        .iter()
        .flat_map(|example| subject.contract.value_faults(&schema, example));
    misfits
        .map(|fault| format!("the example of {what} does not fit: {fault}"))
        .collect()
}

/// Examples beside the schema: `example`, or the values of `examples`.
fn on_media(media: &Node<'_>) -> Vec<Value> {
    let named = media
        .get("examples")
        .map(|all| all.children())
        .unwrap_or_default();
    let named = named
        .iter()
        .filter_map(|(_, example)| example.value.get("value"));
    media
        .value
        .get("example")
        .into_iter()
        .chain(named)
        .cloned()
        .collect()
}

/// Examples within the schema: `example`, or the list `examples` of JSON Schema.
fn on_schema(media: &Node<'_>) -> Vec<Value> {
    let Some(schema) = media.get("schema") else {
        return Vec::new();
    };
    let listed = schema.value.get("examples").and_then(Value::as_array);
    schema
        .value
        .get("example")
        .into_iter()
        .chain(listed.into_iter().flatten())
        .cloned()
        .collect()
}

fn content<'d>(response: &Node<'d>) -> Vec<(String, Node<'d>)> {
    response
        .get("content")
        .map(|content| content.children())
        .unwrap_or_default()
}
