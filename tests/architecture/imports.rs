//! Collects imports: every `use` and every inline path that leaves its file, resolved through
//! re-exports to the defining module. Glob re-exports are not resolved.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::source::File;
use crate::tokens::Token;

/// The crate's own name, by which `main.rs` imports the library.
const CRATE: &str = "service_desk";
/// The longest chain of re-exports; a longer one is a cycle.
const HOPS: usize = 8;

/// One module using another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The importing module.
    pub from: Vec<String>,
    /// The imported module.
    pub to: Vec<String>,
    /// `src/path:line`.
    pub at: String,
}

/// A path as written, made absolute, with its name in the file.
struct Mention {
    path: Vec<String>,
    name: String,
    line: usize,
    is_use: bool,
}

/// Every import between different modules of the tree.
pub fn imports(files: &[File]) -> Vec<Import> {
    let ancestry = |file: &File| {
        (0..=file.module.len())
            .map(|length| file.module[..length].to_vec())
            .collect::<Vec<_>>()
    };
    let modules: BTreeSet<_> = files.iter().flat_map(ancestry).collect();
    let mentions: Vec<_> = files
        .iter()
        .map(|file| (file, mentions(file, &modules)))
        .collect();
    let mut exports = BTreeMap::new();
    for (file, mentions) in &mentions {
        for mention in mentions.iter().filter(|mention| mention.is_use) {
            exports.insert(
                [file.module.as_slice(), std::slice::from_ref(&mention.name)].concat(),
                mention.path.clone(),
            );
        }
    }
    let mut found = Vec::new();
    for (file, mentions) in mentions {
        for mention in mentions {
            let to = defining_module(&mention.path, &modules, &exports);
            if to != file.module {
                found.push(Import {
                    from: file.module.clone(),
                    to,
                    at: format!("src/{}:{}", file.path, mention.line),
                });
            }
        }
    }
    found
}

/// Modules that import each other in a cycle.
pub struct ImportCycle {
    /// The parent and the children in the cycle: `casework: desk, journal`. The top level is `src`.
    pub members: String,
    /// The imports of the cycle, with their lines.
    pub way: String,
}

/// The shortest cycles among the imports: for each module, those among its direct children. A
/// parent that uses its children, and children that use their parent's definitions, are not a
/// cycle.
pub fn cycles(imports: &[Import]) -> Vec<ImportCycle> {
    let mut below: BTreeMap<&[String], BTreeMap<&str, BTreeMap<&str, &str>>> = BTreeMap::new();
    for Import { from, to, at } in imports {
        let common = from
            .iter()
            .zip(to)
            .take_while(|(left, right)| left == right)
            .count();
        if let (Some(left), Some(right)) = (from.get(common), to.get(common)) {
            below
                .entry(&from[..common])
                .or_default()
                .entry(left)
                .or_default()
                .entry(right)
                .or_insert(at);
        }
    }
    let mut found = BTreeMap::new();
    for (parent, graph) in &below {
        let parent = if parent.is_empty() {
            "src".to_owned()
        } else {
            parent.join("::")
        };
        for start in graph.keys() {
            if let Some(circle) = shortest_cycle(graph, start) {
                let members: BTreeSet<_> = circle.iter().map(|(name, _)| *name).collect();
                let members = format!(
                    "{parent}: {}",
                    members.into_iter().collect::<Vec<_>>().join(", ")
                );
                let steps: Vec<_> = circle
                    .iter()
                    .map(|(name, at)| format!("{name} ({at})"))
                    .collect();
                found
                    .entry(members)
                    .or_insert_with(|| format!("in {parent}: {} → {start}", steps.join(" → ")));
            }
        }
    }
    found
        .into_iter()
        .map(|(members, way)| ImportCycle { members, way })
        .collect()
}

/// A shortest path from `start` back to itself, each step with the place of the import.
fn shortest_cycle<'a>(
    graph: &BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>,
    start: &'a str,
) -> Option<Vec<(&'a str, &'a str)>> {
    let mut came_from = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(here) = waiting.pop_front() {
        for (next, at) in graph.get(here).into_iter().flatten() {
            if came_from.contains_key(next) {
                continue;
            }
            came_from.insert(*next, (here, *at));
            if *next != start {
                waiting.push_back(next);
                continue;
            }
            let (mut circle, mut node) = (Vec::new(), start);
            while circle.is_empty() || node != start {
                let (before, at) = came_from[node];
                circle.push((before, at));
                node = before;
            }
            circle.reverse();
            return Some(circle);
        }
    }
    None
}

/// The module that defines the last name of a path.
fn defining_module(
    path: &[String],
    modules: &BTreeSet<Vec<String>>,
    exports: &BTreeMap<Vec<String>, Vec<String>>,
) -> Vec<String> {
    let mut path = path.to_vec();
    for _ in 0..HOPS {
        let known = (0..=path.len())
            .rev()
            .find(|length| modules.contains(&path[..*length]))
            .unwrap_or_default();
        let Some(export) = path.get(..=known).and_then(|item| exports.get(item)) else {
            path.truncate(known);
            return path;
        };
        path = [export.as_slice(), &path[known + 1..]].concat();
    }
    Vec::new()
}

fn mentions(file: &File, modules: &BTreeSet<Vec<String>>) -> Vec<Mention> {
    let code = &file.code;
    let mut found = Vec::new();
    // The inline modules around the code, and the brace depth of each.
    let (mut inline, mut depth): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
    let mut at = 0;
    while at < code.len() {
        let token = &code[at];
        let before = at.checked_sub(1).map(|before| &code[before]);
        let is_use = before.is_some_and(|before| before.is("use"));
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            inline.retain(|(_, opened)| *opened < depth);
            depth = depth.saturating_sub(1);
        } else if token.is("mod") && code.get(at + 2).is_some_and(|next| next.is("{")) {
            inline.push((code[at + 1].text.clone(), depth + 1));
        }
        // `pub(in crate::x)` limits visibility and imports nothing.
        let is_visibility = at >= 2 && code[at - 1].is("in") && code[at - 2].is("(");
        let starts_a_path =
            token.is_word() && !is_visibility && !before.is_some_and(|before| before.is("::"));
        let is_path =
            starts_a_path && (is_use || code.get(at + 1).is_some_and(|next| next.is("::")));
        let start = is_path.then(|| {
            let here: Vec<_> = file
                .module
                .iter()
                .cloned()
                .chain(inline.iter().map(|(name, _)| name.clone()))
                .collect();
            base(code, at, &here, modules)
        });
        at = match start.flatten() {
            Some((base, next)) => tree(code, next, &base, is_use, &mut found).max(at + 1),
            None => at + 1,
        };
    }
    found
}

/// The start of a path as an absolute module path, and the first token after it. None for paths
/// outside the crate.
fn base(
    code: &[Token],
    at: usize,
    here: &[String],
    modules: &BTreeSet<Vec<String>>,
) -> Option<(Vec<String>, usize)> {
    let mut base = here.to_vec();
    let mut next = at;
    match code[at].text.as_str() {
        "crate" | CRATE => return Some((Vec::new(), at + 1)),
        "self" => next += 1,
        "super" => {
            while code.get(next).is_some_and(|token| token.is("super")) {
                base.pop();
                next += if code.get(next + 1).is_some_and(|token| token.is("::")) {
                    2
                } else {
                    1
                };
            }
            next -= usize::from(code[next - 1].is("::"));
        }
        // A child module may be named without `self`.
        child => {
            base.push(child.to_owned());
            let known = modules.contains(&base);
            base.pop();
            if !known {
                return None;
            }
            return Some((base, at));
        }
    }
    Some((base, next))
}

/// Reads one path or one tree of a `use` from `at` on, and returns the first token that does not
/// belong to it.
fn tree(
    code: &[Token],
    mut at: usize,
    base: &[String],
    is_use: bool,
    found: &mut Vec<Mention>,
) -> usize {
    let mut path = base.to_vec();
    let line = code
        .get(at.min(code.len() - 1))
        .map_or(0, |token| token.line);
    while let Some(token) = code.get(at) {
        if token.is("::") {
            at += 1;
        } else if token.is("{") && is_use {
            at += 1;
            while code.get(at).is_some_and(|token| !token.is("}")) {
                at = tree(code, at, &path, is_use, found).max(at + usize::from(!code[at].is("}")));
                at += usize::from(code.get(at).is_some_and(|token| token.is(",")));
            }
            return at + 1;
        } else if token.is("self") && is_use {
            at += 1;
        } else if token.is("as") && is_use {
            let name = code
                .get(at + 1)
                .map(|token| token.text.clone())
                .unwrap_or_default();
            found.push(Mention {
                path,
                name,
                line,
                is_use,
            });
            return at + 2;
        } else if token.is_word() && (path.len() == base.len() || code[at - 1].is("::")) {
            path.push(token.text.clone());
            at += 1;
        } else {
            break;
        }
    }
    let name = path.last().cloned().unwrap_or_default();
    found.push(Mention {
        path,
        name,
        line,
        is_use,
    });
    at
}
