//! Finds the operation of a request in the document. Literal segments win over parameters, as in
//! the router.

use serde_json::Value;

use super::walk::Node;

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One method of one path.
pub struct Operation {
    /// The `operationId`, or method and path without one.
    pub id: String,
    /// In lower case, as in the document.
    pub method: String,
    /// The path with its parameters in braces.
    pub template: String,
    pointer: String,
}

impl Operation {
    /// The operation's place in the document that it was read from; panics with another document.
    pub fn place<'d>(&self, root: &'d Value) -> Node<'d> {
        Node::at(root, &self.pointer)
            .expect("an operation is asked of the document it was read from")
    }

    /// The parameters of the operation, those of its whole path first.
    pub fn parameters<'d>(&self, root: &'d Value) -> Vec<Node<'d>> {
        let path = self
            .pointer
            .rsplit_once('/')
            .and_then(|(path, _)| Node::at(root, path));
        let both = path.into_iter().chain([self.place(root)]);
        both.filter_map(|place| place.get("parameters"))
            .flat_map(|list| list.items())
            .collect()
    }
}

/// The result of a look-up by method and path.
pub enum RouteMatch<'o> {
    Operation(&'o Operation),
    /// The path exists without this method.
    NoSuchMethod {
        /// The path as the document writes it.
        template: &'o str,
    },
    NoSuchPath,
}

/// Every operation of a document.
pub fn operations(document: &Value) -> Vec<Operation> {
    let paths = Node::root(document).get("paths");
    let mut found = Vec::new();
    for (template, item) in paths.iter().flat_map(Node::children) {
        for (method, place) in item.children() {
            if METHODS.contains(&method.as_str()) {
                let id = place
                    .text("operationId")
                    .map_or_else(|| format!("{method} {template}"), ToOwned::to_owned);
                found.push(Operation {
                    id,
                    method,
                    template: template.clone(),
                    pointer: place.pointer,
                });
            }
        }
    }
    found
}

/// The documented path of a request for a representation by its older address: `{path}/{format}` for
/// `?format=`, if the document has it.
pub fn without_alias(operations: &[Operation], path: &str) -> Option<String> {
    let (resource, query) = path.split_once('?')?;
    let format = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("format="))?;
    let address = format!("{resource}/{format}");
    matches!(
        find(operations, "get", &address),
        RouteMatch::Operation(found) if found.template.ends_with(&format!("/{format}"))
    )
    .then_some(address)
}

/// The operation of a request. A `HEAD` without documentation of its own is its `GET`.
pub fn find<'o>(operations: &'o [Operation], method: &str, path: &str) -> RouteMatch<'o> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut matching: Vec<_> = operations
        .iter()
        .filter_map(|one| Some((closeness(&one.template, path)?, one)))
        .collect();
    matching.sort_by(|(left, _), (right, _)| right.cmp(left));
    // A literal path hides a path with parameters, whatever the method.
    let closest = matching.first().map(|(closeness, _)| closeness.clone());
    matching.retain(|(closeness, _)| Some(closeness) == closest.as_ref());
    let of = |method: &str| {
        matching
            .iter()
            .find(|(_, one)| one.method.eq_ignore_ascii_case(method))
    };
    let head = method
        .eq_ignore_ascii_case("head")
        .then(|| of("get"))
        .flatten();
    match (of(method).or(head), matching.first()) {
        (Some((_, operation)), _) => RouteMatch::Operation(operation),
        (None, Some((_, other))) => RouteMatch::NoSuchMethod {
            template: &other.template,
        },
        (None, None) => RouteMatch::NoSuchPath,
    }
}

/// How closely a template fits a path, segment by segment (2 literal, 1 partly literal, 0 a
/// parameter); none when it does not match.
fn closeness(template: &str, path: &str) -> Option<Vec<u8>> {
    let (wanted, given): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    wanted
        .into_iter()
        .zip(given)
        .map(|(wanted, given)| segment(wanted, given))
        .collect()
}

fn segment(wanted: &str, given: &str) -> Option<u8> {
    let Some((before, after)) = wanted
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)))
    else {
        return (wanted == given).then_some(2);
    };
    let middle = given.strip_prefix(before)?.strip_suffix(after)?;
    (!middle.is_empty()).then_some(u8::from(before.len() + after.len() > 0))
}
