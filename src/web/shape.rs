//! Every fault in the shape of a body, where the parser stops at the first: the body is held against the schema that the contract publishes for it. Only asked
//! once a body is refused, so it costs nothing on the way of what is right.

use serde_json::{Map, Value};
use utoipa::{PartialSchema, ToSchema};

use super::params::is_far_date;
use super::shape_of_text;
use crate::error::{Fault, fault};

/// The code of a date that the database cannot keep.
pub(super) const FAR_DATE: &str = "wrong_value";
/// So many faults are enough to go on with.
const MOST: usize = 100;
/// Deeper than any of our bodies.
const DEEPEST: usize = 40;

/// Where `body` is not what the schema of `T` says: unknown and missing fields, wrong types, unknown values.
#[must_use]
pub fn faults<T: ToSchema + PartialSchema>(body: &Value) -> Vec<Fault> {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let named = named.into_iter().filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?))).collect();
    let mut walk = Walk { named, faults: Vec::new() };
    walk.check(body, &serde_json::to_value(T::schema()).unwrap_or_default(), "", 0);
    walk.faults.truncate(MOST);
    walk.faults
}

struct Walk {
    named: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Walk {
    fn check(&mut self, value: &Value, schema: &Value, at: &str, depth: usize) {
        if depth > DEEPEST || self.faults.len() > MOST {
            return;
        }
        if let Some(named) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
            if let Some(schema) = self.named.get(named).cloned() {
                self.check(value, &schema, at, depth + 1);
            }
            return;
        }
        if let Some(choices) = ["oneOf", "anyOf"].iter().find_map(|name| schema.get(name).and_then(Value::as_array)) {
            return self.choose(value, choices, at, depth);
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let whole = self.joined(parts, depth);
            return self.check(value, &whole, at, depth + 1);
        }
        if !has_type(value, schema) {
            self.wrong_type(at, schema);
        } else if let Some(known) = known_values(schema) {
            if !known.contains(value) && !value.is_null() {
                self.unknown_value(at, &known);
            }
        } else {
            self.inside(value, schema, at, depth);
        }
    }

    fn inside(&mut self, value: &Value, schema: &Value, at: &str, depth: usize) {
        match value {
            Value::Object(members) => self.members(members, schema, at, depth),
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for (i, item) in items.iter().enumerate() {
                        self.check(item, schema, &format!("{at}/{i}"), depth + 1);
                    }
                }
            }
            Value::String(text) => {
                let format = schema.get("format").and_then(Value::as_str);
                if shape_of_text::is_date(format) && is_far_date(text) {
                    let (id, en) = ("Tahun terdiri dari empat angka (RFC 3339).", "A year has four digits (RFC 3339).");
                    self.faults.push(fault(at, FAR_DATE, id, en));
                } else if !shape_of_text::fits(text, format) {
                    self.wrong_type(at, schema);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn members(&mut self, members: &Map<String, Value>, schema: &Value, at: &str, depth: usize) {
        let known = schema.get("properties").and_then(Value::as_object);
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, member) in members {
            let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            match known.and_then(|known| known.get(name)) {
                Some(schema) => self.check(member, schema, &place, depth + 1),
                None if closed => self.faults.push(unknown_field(place, known)),
                None => {}
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for name in required.filter(|name| !members.contains_key(*name)) {
            self.faults.push(fault(format!("{at}/{name}"), "missing_field", "Bidang ini wajib diisi.", "The field is needed."));
        }
    }

    /// Held against the one choice it can be; of several, against the one it comes closest to.
    fn choose(&mut self, value: &Value, choices: &[Value], at: &str, depth: usize) {
        let is_null = |choice: &Value| choice.get("type").and_then(Value::as_str) == Some("null");
        if value.is_null() && choices.iter().any(is_null) {
            return;
        }
        let before = std::mem::take(&mut self.faults);
        let attempts = choices.iter().filter(|choice| !is_null(choice)).map(|choice| {
            self.check(value, choice, at, depth + 1);
            std::mem::take(&mut self.faults)
        });
        let closest = attempts.min_by_key(|faults| (faults.iter().any(|fault| fault.pointer == at), faults.len())).unwrap_or_default();
        self.faults = before;
        self.faults.extend(closest);
    }

    /// The parts of a flattened form as one.
    fn joined(&self, parts: &[Value], depth: usize) -> Value {
        let mut whole = Map::new();
        for part in parts {
            let named = part.get("$ref").and_then(Value::as_str).and_then(|path| self.named.get(path.rsplit('/').next()?));
            let part = named.unwrap_or(part);
            let inner = part.get("allOf").and_then(Value::as_array).filter(|_| depth < DEEPEST).map(|parts| self.joined(parts, depth + 1));
            for (name, value) in inner.as_ref().unwrap_or(part).as_object().into_iter().flatten() {
                match (whole.get_mut(name), value) {
                    (Some(Value::Object(have)), Value::Object(more)) => have.extend(more.clone()),
                    (Some(Value::Array(have)), Value::Array(more)) => have.extend(more.clone()),
                    _ => drop(whole.insert(name.clone(), value.clone())),
                }
            }
        }
        Value::Object(whole)
    }

    fn wrong_type(&mut self, at: &str, schema: &Value) {
        let wanted = schema.get("format").and_then(Value::as_str).map_or_else(|| types(schema).join(", "), str::to_owned);
        self.faults.push(fault(at, "wrong_type", format!("Jenisnya harus: {wanted}."), format!("It must be: {wanted}.")));
    }

    fn unknown_value(&mut self, at: &str, known: &[Value]) {
        let known = known.iter().filter_map(Value::as_str).map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
        self.faults.push(fault(at, "unknown_value", format!("Salah satu dari {known}."), format!("It must be one of {known}.")));
    }
}

fn unknown_field(place: String, known: Option<&Map<String, Value>>) -> Fault {
    let known = known.into_iter().flat_map(Map::keys).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    fault(place, "unknown_field", format!("Tidak dikenal; yang dikenal: {known}."), format!("There is no such field; there are {known}."))
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn has_type(value: &Value, schema: &Value) -> bool {
    let types = types(schema);
    types.is_empty()
        || types.iter().any(|name| match *name {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            _ => true,
        })
}

fn known_values(schema: &Value) -> Option<Vec<Value>> {
    schema.get("const").map(|only| vec![only.clone()]).or_else(|| schema.get("enum").and_then(Value::as_array).cloned())
}

#[cfg(test)]
mod tests;
