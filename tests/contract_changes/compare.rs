//! Finds the changes between two OpenAPI documents and whether they break a caller of the old one.
//! A new value or variant in a reply counts as an addition: the guide tells callers to expect them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::schema::{Comparison, Direction};

/// The meaning of a change for a caller of the old contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// A feature that callers rely on is gone, or a request needs more than before.
    Breaking,
    /// Callers may ignore the change.
    Addition,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// The place and the kind of the change.
    pub words: String,
}

/// Collects changes under the name of the current operation.
pub struct ChangeList {
    /// The changes so far, in order, each once.
    pub changes: Vec<Change>,
    /// The current operation.
    pub at: String,
}

impl ChangeList {
    pub fn note(&mut self, kind: ChangeKind, words: impl AsRef<str>) {
        let change = Change {
            kind,
            words: format!("{}: {}", self.at, words.as_ref()),
        };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Notes the members that only `old` has and those that only `new` has.
    pub fn gone_and_new(&mut self, what: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) {
        old.difference(new)
            .for_each(|one| self.note(ChangeKind::Breaking, format!("{what} {one} is gone")));
        new.difference(old)
            .for_each(|one| self.note(ChangeKind::Addition, format!("{what} {one} is new")));
    }
}

/// Every change.
pub fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = ChangeList {
        changes: Vec::new(),
        at: "paths".to_owned(),
    };
    let (before, after) = (operations(old), operations(new));
    let names = |list: &[(String, &Value)]| list.iter().map(|(name, _)| name.clone()).collect();
    found.gone_and_new("operation", &names(&before), &names(&after));
    for (name, was) in &before {
        if let Some((_, is)) = after.iter().find(|(known, _)| known == name) {
            found.at.clone_from(name);
            operation((old, was), (new, is), &mut found);
        }
    }
    found.changes
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let of =
        |(path, item): (&String, &'static str)| (format!("{} {path}", item.to_uppercase()), item);
    let mut all = Vec::new();
    for (path, item) in paths {
        for method in ["get", "put", "post", "patch", "delete"] {
            if let Some(operation) = item.get(method) {
                all.push((of((path, method)).0, operation));
            }
        }
    }
    all
}

type Side<'a> = (&'a Value, &'a Value);

fn operation((old_root, old): Side<'_>, (new_root, new): Side<'_>, found: &mut ChangeList) {
    if old["operationId"] != new["operationId"] {
        found.note(
            ChangeKind::Breaking,
            format!(
                "its id {} is now {}",
                old["operationId"], new["operationId"]
            ),
        );
    }
    if old["security"] != new["security"] {
        found.note(ChangeKind::Breaking, "asks for another token");
    }
    parameters((old_root, old), (new_root, new), found);
    request((old_root, old), (new_root, new), found);
    responses((old_root, old), (new_root, new), found);
}

fn parameters((old_root, old): Side<'_>, (new_root, new): Side<'_>, found: &mut ChangeList) {
    let list = |root: &Value, operation: &Value| -> Vec<(String, Value)> {
        let all = operation["parameters"].as_array().into_iter().flatten();
        all.map(|one| followed(root, one).clone())
            .map(|one| (format!("{} {}", text(&one["in"]), text(&one["name"])), one))
            .collect()
    };
    let (before, after) = (list(old_root, old), list(new_root, new));
    for (name, was) in &before {
        let Some((_, is)) = after.iter().find(|(known, _)| known == name) else {
            found.note(ChangeKind::Breaking, format!("parameter {name} is gone"));
            continue;
        };
        if is["required"] == true && was["required"] != true {
            found.note(
                ChangeKind::Breaking,
                format!("parameter {name} is now required"),
            );
        }
        Comparison::new((old_root, new_root), Direction::Sent).check(
            (&was["schema"], &is["schema"]),
            &format!("parameter {name}"),
            found,
        );
    }
    for (name, is) in after
        .iter()
        .filter(|(name, _)| before.iter().all(|(known, _)| known != name))
    {
        let kind = if is["required"] == true {
            ChangeKind::Breaking
        } else {
            ChangeKind::Addition
        };
        found.note(kind, format!("parameter {name} is new"));
    }
}

fn request((old_root, old): Side<'_>, (new_root, new): Side<'_>, found: &mut ChangeList) {
    let (was, is) = (old.get("requestBody"), new.get("requestBody"));
    let required = |body: Option<&Value>| body.is_some_and(|body| body["required"] == true);
    if required(is) && !required(was) {
        found.note(ChangeKind::Breaking, "the body is now required");
    }
    bodies(
        (old_root, was),
        (new_root, is),
        Direction::Sent,
        "the body",
        found,
    );
}

fn responses((old_root, old): Side<'_>, (new_root, new): Side<'_>, found: &mut ChangeList) {
    let statuses = |operation: &Value| keys(operation.get("responses"));
    found.gone_and_new("status", &statuses(old), &statuses(new));
    for status in statuses(old).intersection(&statuses(new)) {
        let (was, is) = (
            followed(old_root, &old["responses"][status]),
            followed(new_root, &new["responses"][status]),
        );
        for header in keys(was.get("headers")).difference(&keys(is.get("headers"))) {
            found.note(
                ChangeKind::Breaking,
                format!("{status} has no header {header} any more"),
            );
        }
        bodies(
            (old_root, Some(was)),
            (new_root, Some(is)),
            Direction::Read,
            status,
            found,
        );
    }
}

/// The target of a reference under `components`; any other value itself.
fn followed<'v>(root: &'v Value, value: &'v Value) -> &'v Value {
    let target = value.get("$ref").and_then(Value::as_str);
    target
        .and_then(|target| root.pointer(target.strip_prefix('#')?))
        .unwrap_or(value)
}

fn bodies(
    (old_root, was): (&Value, Option<&Value>),
    (new_root, is): (&Value, Option<&Value>),
    direction: Direction,
    what: &str,
    found: &mut ChangeList,
) {
    let content = |body: Option<&Value>| {
        body.and_then(|body| body.get("content"))
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let (was, is): (Map<_, _>, Map<_, _>) = (content(was), content(is));
    let kinds = |content: &Map<String, Value>| content.keys().cloned().collect();
    found.gone_and_new(&format!("{what} as"), &kinds(&was), &kinds(&is));
    for (kind, old) in &was {
        if let Some(new) = is.get(kind) {
            Comparison::new((old_root, new_root), direction).check(
                (&old["schema"], &new["schema"]),
                what,
                found,
            );
        }
    }
}

/// The names of the members.
pub fn keys(value: Option<&Value>) -> BTreeSet<String> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|members| members.keys().cloned())
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
