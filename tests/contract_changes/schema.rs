//! Finds the changes between two schemas, for the sender or the reader of the described values: a
//! sender may not be asked for more than before, and a reader must find everything that was there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::compare::{ChangeKind, ChangeList, keys};

/// The direction of a body, from the caller's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the caller to the service.
    Sent,
    /// From the service to the caller.
    Read,
}

/// Limits that are stricter when they are smaller, and those that are stricter when they are
/// larger.
const UPPER: [&str; 3] = ["maxLength", "maximum", "maxItems"];
const LOWER: [&str; 3] = ["minLength", "minimum", "minItems"];

/// Compares the same schema of two documents.
pub struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    direction: Direction,
    /// Pairs of references seen on the way; a recursive schema is compared once.
    seen: BTreeSet<(String, String)>,
}

impl<'a> Comparison<'a> {
    /// Compares schemas of these two documents.
    pub fn new((old, new): (&'a Value, &'a Value), direction: Direction) -> Self {
        Self {
            old,
            new,
            direction,
            seen: BTreeSet::new(),
        }
    }

    /// Notes every change between two schemas at `at`.
    pub fn check(&mut self, (was, is): (&Value, &Value), at: &str, found: &mut ChangeList) {
        let pair = (was.to_string(), is.to_string());
        if pair.0.contains("$ref") && !self.seen.insert(pair) {
            return;
        }
        let (was, is) = (plain(self.old, was), plain(self.new, is));
        self.types(&was, &is, at, found);
        self.values(&was, &is, at, found);
        self.limits(&was, &is, at, found);
        self.members(&was, &is, at, found);
        if let (Some(was), Some(is)) = (was.get("items"), is.get("items")) {
            self.check((was, is), &format!("{at}/[]"), found);
        }
        if let (Some(was @ Value::Object(_)), Some(is @ Value::Object(_))) = (
            was.get("additionalProperties"),
            is.get("additionalProperties"),
        ) {
            self.check((was, is), &format!("{at}/*"), found);
        }
        self.choices(&was, &is, at, found);
    }

    fn types(
        &self,
        was: &Map<String, Value>,
        is: &Map<String, Value>,
        at: &str,
        found: &mut ChangeList,
    ) {
        let (was, is) = (types(was), types(is));
        if was.is_empty() && is.is_empty() {
            return;
        }
        let within = |inner: &BTreeSet<String>, outer: &BTreeSet<String>| {
            outer.is_empty()
                || !inner.is_empty()
                    && inner.iter().all(|one| {
                        outer.contains(one) || one == "integer" && outer.contains("number")
                    })
        };
        let fine = match self.direction {
            Direction::Sent => within(&was, &is),
            Direction::Read => within(&is, &was),
        };
        if !fine {
            found.note(
                ChangeKind::Breaking,
                format!("{at} was {was:?} and is {is:?}"),
            );
        }
    }

    /// A new value in a reply is an addition; a removed one breaks callers that expect it.
    fn values(
        &self,
        was: &Map<String, Value>,
        is: &Map<String, Value>,
        at: &str,
        found: &mut ChangeList,
    ) {
        match (values(was), values(is)) {
            (Some(was), Some(is)) => found.gone_and_new(&format!("{at} value"), &was, &is),
            (None, Some(_)) if self.direction == Direction::Sent => found.note(
                ChangeKind::Breaking,
                format!("{at} takes only certain values now"),
            ),
            (Some(_), None) if self.direction == Direction::Read => {
                found.note(ChangeKind::Breaking, format!("{at} may hold any value now"));
            }
            _ => {}
        }
    }

    fn limits(
        &self,
        was: &Map<String, Value>,
        is: &Map<String, Value>,
        at: &str,
        found: &mut ChangeList,
    ) {
        if self.direction == Direction::Read {
            return;
        }
        let number =
            |schema: &Map<String, Value>, name: &str| schema.get(name).and_then(Value::as_f64);
        for name in UPPER.iter().chain(&LOWER) {
            let tighter = match (number(was, name), number(is, name)) {
                (None, Some(_)) => true,
                (Some(was), Some(is)) if UPPER.contains(name) => is < was,
                (Some(was), Some(is)) => is > was,
                (_, None) => false,
            };
            if tighter {
                found.note(ChangeKind::Breaking, format!("{at}: {name} is tighter"));
            }
        }
        for name in ["pattern", "format"] {
            if is.get(name).is_some() && is.get(name) != was.get(name) {
                found.note(
                    ChangeKind::Breaking,
                    format!("{at}: its {name} has changed"),
                );
            }
        }
    }

    fn members(
        &mut self,
        was: &Map<String, Value>,
        is: &Map<String, Value>,
        at: &str,
        found: &mut ChangeList,
    ) {
        let (before, after) = (keys(was.get("properties")), keys(is.get("properties")));
        // A schema without members allows any.
        if before.is_empty() && after.is_empty() {
            return;
        }
        let (must, must_now) = (required(was), required(is));
        for name in before.difference(&after) {
            found.note(ChangeKind::Breaking, format!("{at}/{name} is gone"));
        }
        for name in after.difference(&before) {
            let asked = self.direction == Direction::Sent && must_now.contains(name);
            found.note(
                if asked {
                    ChangeKind::Breaking
                } else {
                    ChangeKind::Addition
                },
                format!(
                    "{at}/{name} is new{}",
                    if asked { " and required" } else { "" }
                ),
            );
        }
        for name in before.intersection(&after) {
            match self.direction {
                Direction::Sent if must_now.contains(name) && !must.contains(name) => {
                    found.note(ChangeKind::Breaking, format!("{at}/{name} is now required"));
                }
                Direction::Read if must.contains(name) && !must_now.contains(name) => {
                    found.note(
                        ChangeKind::Breaking,
                        format!("{at}/{name} was always there and may be absent now"),
                    );
                }
                Direction::Sent | Direction::Read => {}
            }
            self.check(
                (&was["properties"][name], &is["properties"][name]),
                &format!("{at}/{name}"),
                found,
            );
        }
    }

    /// Each alternative must still exist in a compatible form; a new one is an addition.
    fn choices(
        &mut self,
        was: &Map<String, Value>,
        is: &Map<String, Value>,
        at: &str,
        found: &mut ChangeList,
    ) {
        let list = |schema: &Map<String, Value>| {
            schema
                .get("oneOf")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        let (was, is) = (list(was), list(is));
        if was.is_empty() && is.is_empty() {
            return;
        }
        let mut new = is.len();
        for old in &was {
            let attempts = is.iter().map(|candidate| {
                let mut attempt = ChangeList {
                    changes: Vec::new(),
                    at: found.at.clone(),
                };
                Comparison {
                    seen: self.seen.clone(),
                    ..*self
                }
                .check((old, candidate), at, &mut attempt);
                attempt.changes
            });
            let closest = attempts.min_by_key(|changes| {
                (
                    changes
                        .iter()
                        .filter(|one| one.kind == ChangeKind::Breaking)
                        .count(),
                    changes.len(),
                )
            });
            match closest {
                Some(changes) if changes.iter().all(|one| one.kind == ChangeKind::Addition) => {
                    new = new.saturating_sub(1);
                    found.changes.extend(changes);
                }
                Some(_) | None => found.note(
                    ChangeKind::Breaking,
                    format!("{at}: a variant is gone or has changed: {}", shown(old)),
                ),
            }
        }
        if new > 0 {
            found.note(
                ChangeKind::Addition,
                format!("{at} has {new} more variants"),
            );
        }
    }
}

/// The schema with references followed, parts joined, and "or null" written as a type.
fn plain(root: &Value, schema: &Value) -> Map<String, Value> {
    let mut schema = schema.as_object().cloned().unwrap_or_default();
    for _ in 0..16 {
        if let Some(target) = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|path| root.pointer(path.trim_start_matches('#')))
        {
            schema = target.as_object().cloned().unwrap_or_default();
        } else if let Some(parts) = schema.get("allOf").and_then(Value::as_array).cloned() {
            schema = parts
                .iter()
                .map(|part| plain(root, part))
                .fold(Map::new(), joined);
        } else if let Some(choices) = schema
            .get("oneOf")
            .or_else(|| schema.get("anyOf"))
            .and_then(Value::as_array)
            .cloned()
        {
            let (null, others): (Vec<_>, Vec<_>) =
                choices.into_iter().partition(|one| one["type"] == "null");
            if let ([only], false) = (others.as_slice(), null.is_empty()) {
                let mut inner = plain(root, only);
                let types = types(&inner)
                    .into_iter()
                    .chain(["null".to_owned()])
                    .collect::<Vec<_>>();
                inner.insert("type".to_owned(), types.into());
                return inner;
            }
            schema.insert("oneOf".to_owned(), others.into());
            return schema;
        } else {
            break;
        }
    }
    schema
}

fn joined(mut whole: Map<String, Value>, part: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in part {
        match (whole.get_mut(&name), value) {
            (Some(Value::Object(have)), Value::Object(more)) => have.extend(more),
            (Some(Value::Array(have)), Value::Array(more)) => have.extend(more),
            (_, value) => drop(whole.insert(name, value)),
        }
    }
    whole
}

fn types(schema: &Map<String, Value>) -> BTreeSet<String> {
    match schema.get("type") {
        Some(Value::String(one)) => BTreeSet::from([one.clone()]),
        Some(Value::Array(many)) => many
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => BTreeSet::new(),
    }
}

fn values(schema: &Map<String, Value>) -> Option<BTreeSet<String>> {
    let listed = schema
        .get("enum")
        .and_then(Value::as_array)
        .cloned()
        .or_else(|| schema.get("const").map(|one| vec![one.clone()]))?;
    Some(listed.iter().map(Value::to_string).collect())
}

fn required(schema: &Map<String, Value>) -> BTreeSet<String> {
    schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn shown(schema: &Value) -> String {
    let known: BTreeMap<_, _> = ["$ref", "title", "const"]
        .iter()
        .filter_map(|name| Some((*name, schema.get(*name)?)))
        .collect();
    if known.is_empty() {
        schema.to_string().chars().take(120).collect()
    } else {
        format!("{known:?}")
    }
}
