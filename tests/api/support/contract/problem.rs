//! Rules for problems beyond their schema: a problem agrees with its reply, the operation lists its
//! code, and a route that does not exist is refused with a complete problem too.

use serde_json::Value;

use super::walk::Node;
use super::{Contract, Exchange};

pub const MEDIA_TYPE: &str = "application/problem+json";

const TEXTS: &[&str] = &["type", "title", "detail", "instance", "code", "trace_id"];
const FAULT_TEXTS: &[&str] = &["pointer", "code", "detail"];

/// The documented codes of a refusal: `x-problem-codes` of the response, else the words in backticks
/// of its description. Empty when there are none.
pub fn codes(response: &Node<'_>) -> Vec<String> {
    let listed = response.value.get("x-problem-codes");
    if let Some(list) = listed.and_then(Value::as_array) {
        return list
            .iter()
            .filter_map(Value::as_str)
            .map(ToOwned::to_owned)
            .collect();
    }
    let description = response.text("description").unwrap_or_default();
    // Every second piece is between two backticks; header names and the like are not codes.
    let quoted = description.split('`').skip(1).step_by(2);
    quoted
        .filter(|word| is_code(word))
        .map(ToOwned::to_owned)
        .collect()
}

/// Codes inside `errors` that the document does not explain. The document lists them as
/// `x-fault-codes`; without that list every code is accepted.
pub fn unexplained(root: &Value, body: &Value) -> Vec<String> {
    let Some(known) = root.get("x-fault-codes").and_then(Value::as_array) else {
        return Vec::new();
    };
    let told = body
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let strange = told.filter(|fault| !known.contains(&fault["code"]));
    strange
        .map(|fault| {
            format!(
                "/errors: the code {} is not among x-fault-codes",
                fault["code"]
            )
        })
        .collect()
}

/// Where a documented problem disagrees with its reply, or with the documented codes.
pub fn disagreements(response: &Node<'_>, status: u16, body: &Value) -> Vec<String> {
    let mut faults = wrong_status(status, body);
    let codes = codes(response);
    let code = body.get("code").and_then(Value::as_str).unwrap_or_default();
    if !codes.is_empty() && !codes.iter().any(|known| known == code) {
        faults.push(format!(
            "the code {code:?} is not listed for this operation, only {}",
            codes.join(", ")
        ));
    }
    faults
}

/// The faults of a refusal of a route that the document does not have; `why` names the missing
/// part.
pub fn unrouted(contract: &Contract, exchange: &Exchange<'_>, why: &str) -> Vec<String> {
    if exchange.media_type().as_deref() != Some(MEDIA_TYPE) {
        return vec![format!("{why}, and the refusal is no {MEDIA_TYPE}")];
    }
    if exchange.is_head() {
        return Vec::new();
    }
    let Ok(body) = serde_json::from_slice::<Value>(exchange.body) else {
        return vec![format!("{why}, and the refusal is not JSON")];
    };
    let mut faults = wrong_status(exchange.status, &body);
    faults.extend(missing_texts(&body, TEXTS, ""));
    for (index, fault) in body
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        faults.extend(missing_texts(
            fault,
            FAULT_TEXTS,
            &format!("/errors/{index}"),
        ));
    }
    let known = |name: &String| {
        TEXTS.contains(&name.as_str())
            || ["status", "errors", "request_id"].contains(&name.as_str())
    };
    let members = body
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys());
    faults.extend(
        members
            .filter(|name| !known(name))
            .map(|name| format!("/{name}: problems have no such member")),
    );
    if let Some(schema) = Node::at(&contract.root, "/components/schemas/Problem") {
        faults.extend(contract.value_faults(&schema, &body));
    }
    faults
        .into_iter()
        .map(|fault| format!("{why}, and the problem is wrong: {fault}"))
        .collect()
}

fn wrong_status(status: u16, body: &Value) -> Vec<String> {
    let said = body.get("status").unwrap_or(&Value::Null);
    if *said == status {
        Vec::new()
    } else {
        vec![format!(
            "/status: the problem says {said}, the reply {status}"
        )]
    }
}

fn missing_texts(body: &Value, names: &[&str], at: &str) -> Vec<String> {
    let missing = names
        .iter()
        .filter(|name| !body.get(**name).is_some_and(Value::is_string));
    missing
        .map(|name| format!("{at}/{name}: a problem says this, as text"))
        .collect()
}

fn is_code(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}
