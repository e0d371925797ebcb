//! Finds properties of a reply that its schema does not name. JSON Schema allows them; a contract
//! for generated types must not. Only values that match their schema are checked.

use serde_json::{Value, json};

use super::schemas::Schemas;
use super::walk::Node;

/// Keywords that do not describe the shape of a value.
const ANNOTATIONS: &[&str] = &[
    "title",
    "description",
    "example",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
    "$comment",
];

/// Every property of `value` that the schema does not name, one message each. An empty schema
/// (`{}`) allows everything. An object without `properties` names nothing, so a free object needs
/// `additionalProperties: true`.
pub fn unnamed(schemas: &Schemas, schema: &Node<'_>, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(schemas, std::slice::from_ref(schema), value, "", &mut found);
    found
}

fn walk(schemas: &Schemas, given: &[Node<'_>], value: &Value, at: &str, found: &mut Vec<String>) {
    let mut layers = AppliedSchemas::default();
    for schema in given {
        layers.gather(schemas, schema, value);
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let at = format!("{at}/{name}");
                let below = layers.property(name);
                if !below.is_empty() {
                    walk(schemas, &below, member, &at, found);
                } else if !layers.open {
                    found.push(format!("{at}: its schema does not name this property"));
                }
            }
        }
        Value::Array(items) if !layers.open => {
            for (index, item) in items.iter().enumerate() {
                walk(
                    schemas,
                    &layers.item(index),
                    item,
                    &format!("{at}/{index}"),
                    found,
                );
            }
        }
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The schemas that apply to one value together: references followed, `allOf` unfolded, of
/// alternatives the matching ones.
#[derive(Default)]
struct AppliedSchemas<'d> {
    all: Vec<Node<'d>>,
    /// Whether one of them allows anything.
    open: bool,
}

impl<'d> AppliedSchemas<'d> {
    fn gather(&mut self, schemas: &Schemas, schema: &Node<'d>, value: &Value) {
        if says_nothing(schema.value) {
            self.open = true;
            return;
        }
        if let Some(target) = schema.target() {
            self.gather(schemas, &target, value);
        }
        for part in parts(schema, "allOf") {
            self.gather(schemas, &part, value);
        }
        for keyword in ["oneOf", "anyOf"] {
            for branch in parts(schema, keyword) {
                if schemas.fits(&branch.pointer, value) {
                    self.gather(schemas, &branch, value);
                }
            }
        }
        if let Some(condition) = schema.child("if") {
            let holds = schemas.fits(&condition.pointer, value);
            if holds {
                self.gather(schemas, &condition, value);
            }
            if let Some(branch) = schema.child(if holds { "then" } else { "else" }) {
                self.gather(schemas, &branch, value);
            }
        }
        self.all.push(schema.clone());
    }

    /// The schemas of one property; empty when no schema names it.
    fn property(&self, name: &str) -> Vec<Node<'d>> {
        let mut below = Vec::new();
        for layer in &self.all {
            let mut named: Vec<_> = layer
                .child("properties")
                .and_then(|all| all.child(name))
                .into_iter()
                .collect();
            named.extend(patterned(layer, name));
            if named.is_empty() {
                named.extend(
                    layer
                        .child("additionalProperties")
                        .filter(|rest| rest.value != &Value::Bool(false)),
                );
            }
            below.extend(named);
        }
        if below.is_empty() {
            let rest = self
                .all
                .iter()
                .filter_map(|layer| layer.child("unevaluatedProperties"));
            below.extend(rest.filter(|rest| rest.value != &Value::Bool(false)));
        }
        below
    }

    fn item(&self, index: usize) -> Vec<Node<'d>> {
        let of = |layer: &Node<'d>| {
            let listed = layer
                .child("prefixItems")
                .and_then(|all| all.child(&index.to_string()));
            listed.or_else(|| layer.child("items"))
        };
        self.all.iter().filter_map(of).collect()
    }
}

fn parts<'d>(schema: &Node<'d>, keyword: &str) -> Vec<Node<'d>> {
    let Some(list) = schema.child(keyword) else {
        return Vec::new();
    };
    let length = list.value.as_array().map_or(0, Vec::len);
    (0..length)
        .filter_map(|at| list.child(&at.to_string()))
        .collect()
}

fn patterned<'d>(layer: &Node<'d>, name: &str) -> Vec<Node<'d>> {
    let Some(patterns) = layer.child("patternProperties") else {
        return Vec::new();
    };
    let keys = patterns
        .value
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys());
    let fitting = keys
        .filter(|pattern| jsonschema::is_valid(&json!({ "pattern": pattern }), &Value::from(name)));
    fitting
        .filter_map(|pattern| patterns.child(pattern))
        .collect()
}

fn says_nothing(schema: &Value) -> bool {
    match schema {
        Value::Object(keywords) => keywords
            .keys()
            .all(|key| ANNOTATIONS.contains(&key.as_str()) || key.starts_with("x-")),
        Value::Bool(open) => *open,
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
    }
}
