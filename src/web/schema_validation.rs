//! Validation of a body against the schema that the contract publishes for it. The parser stops at
//! the first error; validation finds them all. It runs only for bodies that were rejected, so valid
//! requests pay nothing for it.

use serde_json::{Map, Value};
use utoipa::{PartialSchema, ToSchema};

use super::formats;
use super::params::has_unstorable_year;
use crate::error::{FieldError, fault};

/// The code of a date that the database cannot store.
pub(super) const UNSTORABLE_YEAR: &str = "wrong_value";
/// The most errors that are reported.
const MAX_ERRORS: usize = 100;
/// The deepest nesting that is followed; no body nests this deep.
const MAX_DEPTH: usize = 40;

/// An error of schema validation.
#[derive(Debug, Clone)]
pub struct SchemaError {
    /// The error as it is reported.
    pub fault: FieldError,
    /// The schema expected there; `None` if the field must not exist.
    expected: Option<Value>,
}

/// The schema of `T` with its named definitions.
pub struct SchemaValidator {
    definitions: Map<String, Value>,
    schema: Value,
}

/// Which of two sample values replaces a wrong value. A validation rule that fails with only one of
/// the samples failed because of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleKind {
    /// Examples, first choices, early dates, small numbers.
    Low,
    /// Null where allowed, last choices, late dates, large numbers.
    High,
}

impl SchemaValidator {
    /// Loads the schema of `T`.
    pub fn of<T: ToSchema + PartialSchema>() -> Self {
        let mut schemas = Vec::new();
        T::schemas(&mut schemas);
        let definitions = schemas
            .into_iter()
            .filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?)))
            .collect();
        Self {
            definitions,
            schema: serde_json::to_value(T::schema()).unwrap_or_default(),
        }
    }

    /// Validates `body`: unknown and missing fields, wrong types, unknown values.
    pub fn schema_errors(&self, body: &Value) -> Vec<SchemaError> {
        let mut checker = Checker {
            definitions: &self.definitions,
            schema_errors: Vec::new(),
        };
        checker.check(body, &self.schema, "", 0);
        checker.schema_errors.truncate(MAX_ERRORS);
        checker.schema_errors
    }

    /// The schema error at the pointer of `fault`, which a parser found and validation did not.
    pub fn schema_error_at(&self, fault: FieldError) -> SchemaError {
        let mut schema = Some(self.resolved(&self.schema));
        for part in fault.pointer.split('/').skip(1) {
            schema = schema.and_then(|schema| {
                schema
                    .get("properties")
                    .and_then(|known| known.get(part))
                    .or_else(|| schema.get("items"))
                    .map(|found| self.resolved(found))
            });
        }
        SchemaError {
            fault,
            expected: schema.cloned(),
        }
    }

    /// `body` with sample values in place of the errors.
    pub fn repaired(&self, body: &Value, schema_errors: &[SchemaError], kind: SampleKind) -> Value {
        let mut body = body.clone();
        for schema_error in schema_errors {
            let value = schema_error
                .expected
                .as_ref()
                .map(|expected| self.sample(expected, kind, 0));
            set_at(&mut body, &schema_error.fault.pointer, value);
        }
        body
    }

    /// Resolves references and choices of a schema; of several choices the first that is not null.
    fn resolved<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..MAX_DEPTH {
            let chosen =
                || choices(schema).and_then(|all| all.iter().find(|choice| !is_null(choice)));
            match referenced(&self.definitions, schema).or_else(chosen) {
                Some(inner) => schema = inner,
                None => break,
            }
        }
        schema
    }

    /// A sample value that fits `schema`.
    fn sample(&self, schema: &Value, kind: SampleKind, depth: usize) -> Value {
        let other = kind == SampleKind::High;
        if depth > MAX_DEPTH
            || (other
                && (types(schema).contains(&"null")
                    || choices(schema).is_some_and(|all| all.iter().any(is_null))))
        {
            return Value::Null;
        }
        let last = choices(schema)
            .and_then(|all| all.last())
            .filter(|_| other)
            .map(|last| self.resolved(last));
        let schema = last.unwrap_or_else(|| self.resolved(schema));
        if let Some(known) = known_values(schema) {
            return if other { known.last() } else { known.first() }
                .cloned()
                .unwrap_or_default();
        }
        if let Some(example) = schema.get("example").filter(|_| !other) {
            return example.clone();
        }
        let number = |name: &str| schema.get(name).cloned();
        match types(schema).iter().find(|name| **name != "null").copied() {
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
                        Some((name.to_owned(), self.sample(known(name)?, kind, depth + 1)))
                    })
                    .collect()
            }
            Some("array") => {
                let item = schema
                    .get("items")
                    .filter(|_| other || schema.get("minItems").is_some());
                item.map(|item| self.sample(item, kind, depth + 1))
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

/// The definition that a schema refers to.
fn referenced<'a>(definitions: &'a Map<String, Value>, schema: &Value) -> Option<&'a Value> {
    let path = schema.get("$ref").and_then(Value::as_str)?;
    definitions.get(path.rsplit('/').next()?)
}

fn choices(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("oneOf").and_then(Value::as_array)
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// Sets `value` at `pointer`, or removes the value there.
fn set_at(body: &mut Value, pointer: &str, value: Option<Value>) {
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

struct Checker<'a> {
    definitions: &'a Map<String, Value>,
    schema_errors: Vec<SchemaError>,
}

impl Checker<'_> {
    fn check(&mut self, value: &Value, schema: &Value, at: &str, depth: usize) {
        if depth > MAX_DEPTH || self.schema_errors.len() > MAX_ERRORS {
            return;
        }
        if let Some(schema) = referenced(self.definitions, schema) {
            return self.check(value, schema, at, depth + 1);
        }
        if let Some(choices) = choices(schema) {
            return self.check_choices(value, choices, at, depth);
        }
        if !has_type(value, schema) {
            self.wrong_type(at, schema);
        } else if let Some(known) = known_values(schema) {
            if !known.contains(value) && !value.is_null() {
                self.unknown_value(at, schema, known);
            }
        } else {
            self.check_content(value, schema, at, depth);
        }
    }

    fn check_content(&mut self, value: &Value, schema: &Value, at: &str, depth: usize) {
        match value {
            Value::Object(members) => self.check_members(members, schema, at, depth),
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for (i, item) in items.iter().enumerate() {
                        self.check(item, schema, &format!("{at}/{i}"), depth + 1);
                    }
                }
            }
            Value::String(text) => {
                let format = schema.get("format").and_then(Value::as_str);
                if formats::is_date(format) && has_unstorable_year(text) {
                    let (id, en) = (
                        "Tahun dari 0001 sampai 9999.",
                        "The year is from 0001 to 9999.",
                    );
                    self.schema_errors.push(SchemaError {
                        fault: fault(at, UNSTORABLE_YEAR, id, en),
                        expected: Some(schema.clone()),
                    });
                } else if !formats::fits(text, format) {
                    self.wrong_type(at, schema);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn check_members(
        &mut self,
        members: &Map<String, Value>,
        schema: &Value,
        at: &str,
        depth: usize,
    ) {
        let known = schema.get("properties").and_then(Value::as_object);
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, member) in members {
            let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            match known.and_then(|known| known.get(name)) {
                Some(schema) => self.check(member, schema, &place, depth + 1),
                None if closed => self.schema_errors.push(unknown_field(place, known)),
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
                "The field is required.",
            );
            self.schema_errors.push(SchemaError {
                fault,
                expected: known.and_then(|known| known.get(name)).cloned(),
            });
        }
    }

    /// Validates against the choice with the fewest errors; a choice with the wrong type at the top
    /// comes last.
    fn check_choices(&mut self, value: &Value, choices: &[Value], at: &str, depth: usize) {
        if value.is_null() && choices.iter().any(is_null) {
            return;
        }
        let before = std::mem::take(&mut self.schema_errors);
        let attempts = choices
            .iter()
            .filter(|choice| !is_null(choice))
            .map(|choice| {
                self.check(value, choice, at, depth + 1);
                std::mem::take(&mut self.schema_errors)
            });
        let closest = attempts
            .min_by_key(|schema_errors| {
                (
                    schema_errors
                        .iter()
                        .any(|schema_error| schema_error.fault.pointer == at),
                    schema_errors.len(),
                )
            })
            .unwrap_or_default();
        self.schema_errors = before;
        self.schema_errors.extend(closest);
    }

    fn wrong_type(&mut self, at: &str, schema: &Value) {
        let expected = schema
            .get("format")
            .and_then(Value::as_str)
            .map_or_else(|| types(schema).join(", "), str::to_owned);
        let fault = fault(
            at,
            "wrong_type",
            format!("Jenis nilai harus: {expected}."),
            format!("The value must be of type: {expected}."),
        );
        self.schema_errors.push(SchemaError {
            fault,
            expected: Some(schema.clone()),
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
            format!("Nilai harus salah satu dari {known}."),
            format!("It must be one of {known}."),
        );
        self.schema_errors.push(SchemaError {
            fault,
            expected: Some(schema.clone()),
        });
    }
}

fn unknown_field(place: String, known: Option<&Map<String, Value>>) -> SchemaError {
    let known = known
        .into_iter()
        .flat_map(Map::keys)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let fault = fault(
        place,
        "unknown_field",
        format!("Bidang ini tidak dikenal. Bidang yang dikenal: {known}."),
        format!("There is no such field; known fields are {known}."),
    );
    SchemaError {
        fault,
        expected: None,
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
            "integer" => {
                value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
            }
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            _ => true,
        })
}

fn known_values(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("enum").and_then(Value::as_array)
}

#[cfg(test)]
mod tests;
