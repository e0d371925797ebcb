//! Every fault in the shape of a body, where the parser stops at the first: the body is held against the schema that the contract publishes for it. Only asked
//! once a body is refused, so it costs nothing on the way of what is right.

use serde_json::{Map, Value};
use utoipa::{PartialSchema, ToSchema};

use super::formats;
use super::params::is_far_date;
use crate::error::{FieldError, fault};

/// The code of a date that the database cannot keep.
pub(super) const FAR_DATE: &str = "wrong_value";
/// So many faults are enough to go on with.
const MOST: usize = 100;
/// Deeper than any of our bodies.
const DEEPEST: usize = 40;

/// What is wrong with the shape of a body at one place.
#[derive(Debug, Clone)]
pub struct Flaw {
    /// The fault.
    pub fault: FieldError,
    /// What should be there; nothing when nothing should.
    wanted: Option<Value>,
}

/// A body and the schema of `T` that it is held against.
pub struct Shape {
    named: Map<String, Value>,
    schema: Value,
}

/// By which of two values a flaw is mended, so that a rule that stumbles over the mended value is told from one that is really broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mend {
    /// Examples, first choices, early days, little.
    One,
    /// Nothing where that is possible, last choices, late days, more.
    Other,
}

impl Shape {
    /// That of `T`.
    #[must_use]
    pub fn of<T: ToSchema + PartialSchema>() -> Self {
        let mut named = Vec::new();
        T::schemas(&mut named);
        let named = named
            .into_iter()
            .filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?)))
            .collect();
        Self {
            named,
            schema: serde_json::to_value(T::schema()).unwrap_or_default(),
        }
    }

    /// Where `body` is not what the schema says: unknown and missing fields, wrong types, unknown values.
    #[must_use]
    pub fn flaws(&self, body: &Value) -> Vec<Flaw> {
        let mut walk = Walk {
            named: &self.named,
            flaws: Vec::new(),
        };
        walk.check(body, &self.schema, "", 0);
        walk.flaws.truncate(MOST);
        walk.flaws
    }

    /// The flaw at the place of `fault`, which a parser found and the schema does not know.
    #[must_use]
    pub fn flaw_at(&self, fault: FieldError) -> Flaw {
        let mut schema = Some(self.itself(&self.schema));
        for part in fault.pointer.split('/').skip(1) {
            schema = schema.and_then(|schema| {
                schema
                    .get("properties")
                    .and_then(|known| known.get(part))
                    .or_else(|| schema.get("items"))
                    .map(|found| self.itself(found))
            });
        }
        Flaw {
            fault,
            wanted: schema,
        }
    }

    /// `body` with its flaws mended.
    #[must_use]
    pub fn mended(&self, body: &Value, flaws: &[Flaw], mend: Mend) -> Value {
        let mut body = body.clone();
        for flaw in flaws {
            let value = flaw
                .wanted
                .as_ref()
                .map(|wanted| self.sample(wanted, mend, 0));
            put(&mut body, &flaw.fault.pointer, value);
        }
        body
    }

    /// A schema without references and parts; of several choices the first that is not null.
    fn itself(&self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        for _ in 0..DEEPEST {
            let named = schema
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|path| self.named.get(path.rsplit('/').next()?));
            let chosen =
                choices(&schema).and_then(|all| all.iter().find(|choice| !is_null(choice)));
            let inner = match (
                named.or(chosen),
                schema.get("allOf").and_then(Value::as_array),
            ) {
                (Some(inner), _) => inner.clone(),
                (None, Some(parts)) => joined(&self.named, parts, 0),
                (None, None) => break,
            };
            schema = inner;
        }
        schema
    }

    /// A value that fits `schema`.
    fn sample(&self, schema: &Value, mend: Mend, depth: usize) -> Value {
        let other = mend == Mend::Other;
        if depth > DEEPEST
            || (other
                && (types(schema).contains(&"null")
                    || choices(schema).is_some_and(|all| all.iter().any(is_null))))
        {
            return Value::Null;
        }
        let last = choices(schema)
            .and_then(|all| all.last())
            .filter(|_| other)
            .map(|last| self.itself(last));
        let schema = last.unwrap_or_else(|| self.itself(schema));
        if let Some(known) = known_values(&schema) {
            return if other { known.last() } else { known.first() }
                .cloned()
                .unwrap_or_default();
        }
        if let Some(example) = schema.get("example").filter(|_| !other) {
            return example.clone();
        }
        let number = |name: &str| schema.get(name).cloned();
        match types(&schema).iter().find(|name| **name != "null").copied() {
            Some("object") => {
                let required = schema
                    .get("required")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str);
                let known = |name: &str| schema.get("properties").and_then(|known| known.get(name));
                required
                    .filter_map(|name| {
                        Some((name.to_owned(), self.sample(known(name)?, mend, depth + 1)))
                    })
                    .collect()
            }
            Some("array") => {
                let item = schema
                    .get("items")
                    .filter(|_| other || schema.get("minItems").is_some());
                item.map(|item| self.sample(item, mend, depth + 1))
                    .into_iter()
                    .collect()
            }
            Some("integer" | "number") => {
                if other {
                    number("maximum").unwrap_or_else(|| 2.into())
                } else {
                    number("minimum").unwrap_or_else(|| 1.into())
                }
            }
            Some("boolean") => other.into(),
            _ => formats::sample(schema.get("format").and_then(Value::as_str), other).into(),
        }
    }
}

fn choices(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"]
        .iter()
        .find_map(|name| schema.get(name).and_then(Value::as_array))
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// Puts `value` where `pointer` says, or takes out what is there.
fn put(body: &mut Value, pointer: &str, value: Option<Value>) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        *body = value.unwrap_or_default();
        return;
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    match (body.pointer_mut(parent), value) {
        (Some(Value::Object(members)), Some(value)) => drop(members.insert(name, value)),
        (Some(Value::Object(members)), None) => drop(members.remove(&name)),
        (Some(Value::Array(items)), Some(value)) => {
            if let Some(item) = name.parse().ok().and_then(|at: usize| items.get_mut(at)) {
                *item = value;
            }
        }
        _ => {}
    }
}

struct Walk<'a> {
    named: &'a Map<String, Value>,
    flaws: Vec<Flaw>,
}

impl Walk<'_> {
    fn check(&mut self, value: &Value, schema: &Value, at: &str, depth: usize) {
        if depth > DEEPEST || self.flaws.len() > MOST {
            return;
        }
        if let Some(named) = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|path| path.rsplit('/').next())
        {
            if let Some(schema) = self.named.get(named).cloned() {
                self.check(value, &schema, at, depth + 1);
            }
            return;
        }
        if let Some(choices) = choices(schema) {
            return self.choose(value, choices, at, depth);
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let whole = joined(self.named, parts, depth);
            return self.check(value, &whole, at, depth + 1);
        }
        if !has_type(value, schema) {
            self.wrong_type(at, schema);
        } else if let Some(known) = known_values(schema) {
            if !known.contains(value) && !value.is_null() {
                self.unknown_value(at, schema, &known);
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
                if formats::is_date(format) && is_far_date(text) {
                    let (id, en) = (
                        "Tahun terdiri dari empat angka (RFC 3339).",
                        "A year has four digits (RFC 3339).",
                    );
                    self.flaws.push(Flaw {
                        fault: fault(at, FAR_DATE, id, en),
                        wanted: Some(schema.clone()),
                    });
                } else if !formats::fits(text, format) {
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
                None if closed => self.flaws.push(unknown_field(place, known)),
                None => {}
            }
        }
        let required = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        for name in required.filter(|name| !members.contains_key(*name)) {
            let fault = fault(
                format!("{at}/{name}"),
                "missing_field",
                "Bidang ini wajib diisi.",
                "The field is needed.",
            );
            self.flaws.push(Flaw {
                fault,
                wanted: known.and_then(|known| known.get(name)).cloned(),
            });
        }
    }

    /// Held against the one choice it can be; of several, against the one it comes closest to.
    fn choose(&mut self, value: &Value, choices: &[Value], at: &str, depth: usize) {
        if value.is_null() && choices.iter().any(is_null) {
            return;
        }
        let before = std::mem::take(&mut self.flaws);
        let attempts = choices
            .iter()
            .filter(|choice| !is_null(choice))
            .map(|choice| {
                self.check(value, choice, at, depth + 1);
                std::mem::take(&mut self.flaws)
            });
        let closest = attempts
            .min_by_key(|flaws| {
                (
                    flaws.iter().any(|flaw| flaw.fault.pointer == at),
                    flaws.len(),
                )
            })
            .unwrap_or_default();
        self.flaws = before;
        self.flaws.extend(closest);
    }

    fn wrong_type(&mut self, at: &str, schema: &Value) {
        let wanted = schema
            .get("format")
            .and_then(Value::as_str)
            .map_or_else(|| types(schema).join(", "), str::to_owned);
        let fault = fault(
            at,
            "wrong_type",
            format!("Jenisnya harus: {wanted}."),
            format!("It must be: {wanted}."),
        );
        self.flaws.push(Flaw {
            fault,
            wanted: Some(schema.clone()),
        });
    }

    fn unknown_value(&mut self, at: &str, schema: &Value, known: &[Value]) {
        let known = known
            .iter()
            .filter_map(Value::as_str)
            .map(|one| format!("`{one}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let fault = fault(
            at,
            "unknown_value",
            format!("Salah satu dari {known}."),
            format!("It must be one of {known}."),
        );
        self.flaws.push(Flaw {
            fault,
            wanted: Some(schema.clone()),
        });
    }
}

/// The parts of a flattened form as one.
fn joined(named: &Map<String, Value>, parts: &[Value], depth: usize) -> Value {
    let mut whole = Map::new();
    for part in parts {
        let part = part
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|path| named.get(path.rsplit('/').next()?))
            .unwrap_or(part);
        let inner = part
            .get("allOf")
            .and_then(Value::as_array)
            .filter(|_| depth < DEEPEST)
            .map(|parts| joined(named, parts, depth + 1));
        for (name, value) in inner
            .as_ref()
            .unwrap_or(part)
            .as_object()
            .into_iter()
            .flatten()
        {
            match (whole.get_mut(name), value) {
                (Some(Value::Object(have)), Value::Object(more)) => have.extend(more.clone()),
                (Some(Value::Array(have)), Value::Array(more)) => have.extend(more.clone()),
                _ => drop(whole.insert(name.clone(), value.clone())),
            }
        }
    }
    Value::Object(whole)
}

fn unknown_field(place: String, known: Option<&Map<String, Value>>) -> Flaw {
    let known = known
        .into_iter()
        .flat_map(Map::keys)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let fault = fault(
        place,
        "unknown_field",
        format!("Tidak dikenal; yang dikenal: {known}."),
        format!("There is no such field; there are {known}."),
    );
    Flaw {
        fault,
        wanted: None,
    }
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
    schema
        .get("const")
        .map(|only| vec![only.clone()])
        .or_else(|| schema.get("enum").and_then(Value::as_array).cloned())
}

#[cfg(test)]
mod tests;
