//! The contract for every reply of every test: the published `OpenAPI` document, read strictly.
//! This module knows nothing of the service except that document and decodes no compressed body;
//! `contract_quality` checks the quality of the document itself.

pub mod problem;
pub mod routes;
pub mod sample;
pub mod schemas;
mod strict;
#[cfg(test)]
mod tests;
pub mod walk;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use routes::{Operation, RouteMatch};
use schemas::Schemas;
use walk::Node;

/// Headers that are required whenever a response documents them, by status. The generated document
/// cannot mark a header as required; HTTP itself or the conventions of the API require these.
const ALWAYS_SENT: &[(u16, &str)] = &[
    (200, "etag"),
    (201, "location"),
    (304, "etag"),
    (401, "www-authenticate"),
    (429, "retry-after"),
    (503, "retry-after"),
];

/// One request with its reply.
pub struct Exchange<'a> {
    pub method: &'a str,
    /// The requested path with its query.
    pub path: &'a str,
    pub status: u16,
    /// The headers of the reply, names in lower case.
    pub headers: &'a [(String, String)],
    /// The body of the reply as it arrived.
    pub body: &'a [u8],
}

impl Exchange<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The content type without its parameters.
    fn media_type(&self) -> Option<String> {
        self.header("content-type").map(essence)
    }

    fn is_head(&self) -> bool {
        self.method.eq_ignore_ascii_case("head")
    }

    /// A CORS preflight, answered by middleware; no operation documents it.
    fn is_preflight(&self) -> bool {
        self.method.eq_ignore_ascii_case("options")
            && self.header("access-control-allow-methods").is_some()
            && matches!(self.status, 200 | 204)
            && self.body.is_empty()
    }
}

impl Exchange<'_> {
    /// OPTIONS, answered for every path alike; no operation documents it.
    fn is_told_the_methods(&self) -> bool {
        self.method.eq_ignore_ascii_case("options")
            && self.status == 204
            && self.header("allow").is_some()
            && self.body.is_empty()
    }
}

/// The document, ready to validate replies; keeps a record of the replies it has seen.
pub struct Contract {
    root: Value,
    operations: Vec<Operation>,
    schemas: Schemas,
    seen: Mutex<BTreeSet<(String, u16)>>,
}

impl Contract {
    /// Reads an `OpenAPI` 3.1 document. Schemas are compiled when first needed; one that does not
    /// compile is a fault of the first reply that needs it.
    pub fn new(document: &Value) -> Self {
        Self {
            root: document.clone(),
            operations: routes::operations(document),
            schemas: Schemas::new(document),
            seen: Mutex::default(),
        }
    }

    /// Whether the document allows the reply. The error lists every difference, one a line.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), String> {
        let faults = self.faults(exchange);
        if faults.is_empty() {
            return Ok(());
        }
        let Exchange {
            method,
            path,
            status,
            ..
        } = exchange;
        Err(format!(
            "{method} {path} → {status} breaks the contract:\n  - {}",
            faults.join("\n  - ")
        ))
    }

    /// The operations and statuses of all replies so far.
    pub fn seen(&self) -> BTreeSet<(String, u16)> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The documented operations and statuses without a reply so far, in order.
    pub fn never_seen(&self) -> Vec<(String, u16)> {
        let documented: BTreeSet<_> = self
            .operations
            .iter()
            .flat_map(|operation| self.documented(operation))
            .collect();
        documented.difference(&self.seen()).cloned().collect()
    }

    /// The faults of a value under the schema at a place of this document, including properties
    /// that the schema does not name. Empty when the value is valid.
    pub fn value_faults(&self, schema: &Node<'_>, value: &Value) -> Vec<String> {
        match self.schemas.faults(&schema.pointer, value) {
            Err(broken) => vec![broken],
            Ok(faults) if faults.is_empty() => strict::unnamed(&self.schemas, schema, value),
            Ok(faults) => faults,
        }
    }

    pub fn root(&self) -> &Value {
        &self.root
    }

    /// The schema with its reference followed and its parts joined.
    pub fn resolved(&self, schema: &Value) -> Value {
        if let Some(pointer) = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|path| path.strip_prefix('#'))
        {
            return self
                .root
                .pointer(pointer)
                .map_or(Value::Null, |target| self.resolved(target));
        }
        let Some(parts) = schema.get("allOf").and_then(Value::as_array) else {
            return schema.clone();
        };
        parts.iter().map(|part| self.resolved(part)).fold(
            Value::Object(serde_json::Map::new()),
            |mut whole, part| {
                for (name, value) in part.as_object().cloned().unwrap_or_default() {
                    match (whole.get_mut(&name), value) {
                        (Some(Value::Object(have)), Value::Object(more)) => have.extend(more),
                        (Some(Value::Array(have)), Value::Array(more)) => have.extend(more),
                        (_, value) => whole[name.as_str()] = value,
                    }
                }
                whole
            },
        )
    }

    fn documented(&self, operation: &Operation) -> Vec<(String, u16)> {
        let responses = operation.place(&self.root).get("responses");
        let statuses = responses
            .iter()
            .flat_map(Node::children)
            .filter_map(|(status, _)| status.parse().ok());
        statuses
            .map(|status| (operation.id.clone(), status))
            .collect()
    }

    fn faults(&self, exchange: &Exchange<'_>) -> Vec<String> {
        if exchange.is_preflight() || exchange.is_told_the_methods() {
            return Vec::new();
        }
        let documented = routes::without_alias(&self.operations, exchange.path);
        let path = documented.as_deref().unwrap_or(exchange.path);
        match routes::find(&self.operations, exchange.method, path) {
            RouteMatch::Operation(operation) => self.operation_faults(operation, exchange),
            RouteMatch::NoSuchMethod { template } if matches!(exchange.status, 404 | 405) => {
                problem::unrouted(
                    self,
                    exchange,
                    &format!("{template} has no {}", exchange.method),
                )
            }
            // A preflight is refused before it is routed.
            RouteMatch::NoSuchMethod { .. } | RouteMatch::NoSuchPath
                if exchange.method.eq_ignore_ascii_case("options") && exchange.status == 403 =>
            {
                problem::unrouted(self, exchange, "a preflight of an unlisted origin")
            }
            RouteMatch::NoSuchMethod { template } => vec![format!(
                "{template} has no {} in the document",
                exchange.method
            )],
            RouteMatch::NoSuchPath if exchange.status == 404 => {
                problem::unrouted(self, exchange, "no such path in the document")
            }
            RouteMatch::NoSuchPath => vec!["no path of the document matches".to_owned()],
        }
    }

    fn operation_faults(&self, operation: &Operation, exchange: &Exchange<'_>) -> Vec<String> {
        let place = operation.place(&self.root);
        let Some(response) = response(&place, exchange.status) else {
            let known: Vec<_> = self
                .documented(operation)
                .iter()
                .map(|(_, status)| status.to_string())
                .collect();
            return vec![format!(
                "{} does not document this status, only {}",
                operation.id,
                known.join(", ")
            )];
        };
        // A HEAD answered by the GET route proves nothing about the body, so it does not count as a
        // reply of the GET.
        if operation.method.eq_ignore_ascii_case(exchange.method) {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert((operation.id.clone(), exchange.status));
        }
        let mut faults = self.header_faults(&response, exchange);
        faults.extend(self.body_faults(&response, exchange));
        faults
    }

    fn header_faults(&self, response: &Node<'_>, exchange: &Exchange<'_>) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, header) in response.get("headers").iter().flat_map(Node::children) {
            let lower = name.to_lowercase();
            let required = header.says("required")
                || header.says("x-required")
                || ALWAYS_SENT.contains(&(exchange.status, lower.as_str()));
            match (exchange.header(&lower), header.child("schema")) {
                (None, _) if required => faults.push(format!("the header {name} is missing")),
                (Some(text), Some(schema)) => {
                    // A header is text; the schema may call it a number.
                    let as_text = self.value_faults(&schema, &Value::from(text));
                    let as_number = serde_json::from_str(text)
                        .is_ok_and(|number| self.value_faults(&schema, &number).is_empty());
                    if !as_number {
                        faults.extend(
                            as_text
                                .into_iter()
                                .map(|fault| format!("the header {name}: {fault}")),
                        );
                    }
                }
                (None, _) | (Some(_), None) => {}
            }
        }
        faults
    }

    fn body_faults(&self, response: &Node<'_>, exchange: &Exchange<'_>) -> Vec<String> {
        let content = response
            .get("content")
            .map(|content| content.children())
            .unwrap_or_default();
        let documented = content
            .iter()
            .map(|(kind, _)| kind.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        if exchange.is_head() || exchange.status == 304 {
            let silent = exchange.body.is_empty();
            return if silent {
                Vec::new()
            } else {
                vec!["a body follows HEAD or 304".to_owned()]
            };
        }
        match (content.is_empty(), exchange.body.is_empty()) {
            (true, true) => return Vec::new(),
            (true, false) => return vec!["it carries a body and none is documented".to_owned()],
            (false, true) => return vec![format!("it carries no body; documented: {documented}")],
            (false, false) => {}
        }
        let Some(media_type) = exchange.media_type() else {
            return vec![format!("it has no content type; documented: {documented}")];
        };
        let Some((_, media)) = content.iter().find(|(kind, _)| covers(kind, &media_type)) else {
            return vec![format!("{media_type} is not documented, only {documented}")];
        };
        let encoded = exchange
            .header("content-encoding")
            .is_some_and(|coding| coding != "identity");
        if encoded || !is_json(&media_type) {
            return Vec::new();
        }
        let Ok(body) = serde_json::from_slice::<Value>(exchange.body) else {
            return vec![format!(
                "the body is not JSON: {}",
                String::from_utf8_lossy(exchange.body)
            )];
        };
        let Some(schema) = media.child("schema") else {
            return vec![format!("{media_type} is documented without a schema")];
        };
        let mut faults = self.value_faults(&schema, &body);
        if media_type == problem::MEDIA_TYPE {
            faults.extend(problem::disagreements(response, exchange.status, &body));
            faults.extend(problem::unexplained(&self.root, &body));
        }
        faults
    }
}

/// Whether a content type is JSON that a schema can describe.
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence.ends_with("+json")
}

fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase()
}

/// Whether a sent type matches `documented`, which may be a range such as `image/*`.
fn covers(documented: &str, sent: &str) -> bool {
    let documented = essence(documented);
    documented == "*/*"
        || documented == sent
        || documented
            .strip_suffix('*')
            .is_some_and(|family| sent.starts_with(family))
}

/// The response for a status: the status itself, its range (`4XX`), or `default`.
fn response<'d>(operation: &Node<'d>, status: u16) -> Option<Node<'d>> {
    let responses = operation.get("responses")?;
    let range = format!("{}XX", status / 100);
    let names = [status.to_string(), range, "default".to_owned()];
    names.iter().find_map(|name| responses.get(name))
}
