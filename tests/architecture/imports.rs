//! Collects imports: every `use` and every inline path that leaves its file, resolved through
//! re-exports to the defining module. Glob re-exports are not resolved.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::{Finding, starts};
use crate::source::File;

type Path = Vec<String>;

/// The crate's own name, by which `main.rs` imports the library.
const CRATE: &str = "service_desk";
/// The longest chain of re-exports; a longer one is a cycle.
const HOPS: usize = 8;

/// One module using another.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    pub from: Path,
    pub to: Path,
    /// The file, and the path it names.
    pub at: String,
}

/// Every import between different modules of the tree.
pub fn imports(files: &[File]) -> Vec<Import> {
    let ancestry = |file: &File| {
        let lengths = 0..=file.module.len();
        lengths
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
        for (path, name) in mentions {
            if let Some(name) = name {
                exports.insert(
                    [file.module.as_slice(), std::slice::from_ref(name)].concat(),
                    path.clone(),
                );
            }
        }
    }
    let mut found = Vec::new();
    for (file, mentions) in mentions {
        for (path, _) in mentions {
            let to = defining_module(&path, &modules, &exports);
            if to != file.module {
                let at = format!("{}: {}", file.path, path.join("::"));
                found.push(Import {
                    from: file.module.clone(),
                    to,
                    at,
                });
            }
        }
    }
    found
}

/// The circles of imports, among the direct children of each module. A parent that uses its
/// children, and children that use their parent's definitions, are no circle.
pub fn circles(files: &[File]) -> Vec<Finding> {
    let mut below: BTreeMap<Path, BTreeMap<(String, String), String>> = BTreeMap::new();
    for Import { from, to, at } in imports(files) {
        let common = from
            .iter()
            .zip(&to)
            .take_while(|(left, right)| left == right)
            .count();
        if let (Some(left), Some(right)) = (from.get(common), to.get(common)) {
            let uses = below.entry(from[..common].to_vec()).or_default();
            uses.entry((left.clone(), right.clone())).or_insert(at);
        }
    }
    let mut found = Vec::new();
    for (parent, mut uses) in below {
        // Without the children that use no other, or are used by none, again and again, only
        // circles remain and what lies between them.
        let mut before = 0;
        while before != uses.len() {
            before = uses.len();
            let (users, used): (BTreeSet<_>, BTreeSet<_>) = uses.keys().cloned().unzip();
            uses.retain(|(left, right), _| users.contains(right) && used.contains(left));
        }
        let ways = uses
            .iter()
            .map(|((user, used), at)| format!("{user} → {used} ({at})"));
        let ways: Vec<_> = ways.collect();
        if !ways.is_empty() {
            found.push(Finding {
                place: parent.join("::"),
                message: ways.join(", "),
            });
        }
    }
    found
}

/// The module that defines the last name of a path.
fn defining_module(
    path: &[String],
    modules: &BTreeSet<Path>,
    exports: &BTreeMap<Path, Path>,
) -> Path {
    let mut path = path.to_vec();
    for _ in 0..HOPS {
        let is_known = |length: &usize| modules.contains(&path[..*length]);
        let known = (0..=path.len()).rev().find(is_known).unwrap_or_default();
        let Some(export) = path.get(..=known).and_then(|item| exports.get(item)) else {
            path.truncate(known);
            return path;
        };
        path = [export.as_slice(), &path[known + 1..]].concat();
    }
    Vec::new()
}

/// The paths of this crate that a file names, made absolute, each with its name in the file if it
/// is imported.
fn mentions(file: &File, modules: &BTreeSet<Path>) -> Vec<(Path, Option<String>)> {
    let code = &file.code;
    let mut found = Vec::new();
    // The inline modules around the code, and the brace depth of each.
    let (mut inline, mut depth): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
    let mut at = 0;
    while at < code.len() {
        let mut named = Vec::new();
        let before = &code[..at];
        // `pub(in crate::x)` limits visibility and imports nothing.
        let continues = before.ends_with(&["::".to_owned()])
            || before.ends_with(&["(".to_owned(), "in".to_owned()]);
        match code[at].as_str() {
            "{" => depth += 1,
            "}" => {
                inline.retain(|(_, opened)| *opened < depth);
                depth -= 1;
            }
            "mod" if starts(&code[at + 2..], &["{"]) => {
                inline.push((code[at + 1].clone(), depth + 1));
            }
            "use" => at += read_use(&code[at + 1..], Vec::new(), &mut named),
            word if is_word(word) && !continues && starts(&code[at + 1..], &["::"]) => {
                let rest = code[at + 1..].chunks_exact(2);
                let rest = rest.take_while(|two| two[0] == "::" && is_word(&two[1]));
                let path = [code[at].clone()]
                    .into_iter()
                    .chain(rest.map(|two| two[1].clone()));
                named.push((path.collect(), None));
            }
            _ => {}
        }
        if !named.is_empty() {
            let here = inline.iter().map(|(name, _)| name.clone());
            let here: Vec<_> = file.module.iter().cloned().chain(here).collect();
            let from_root = |(path, name): (Path, _)| {
                Some((absolute(&path, file.root(), &here, modules)?, name))
            };
            found.extend(named.into_iter().filter_map(from_root));
        }
        at += 1;
    }
    found
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_') && !token.contains('"')
}

/// Reads one tree of a `use`, and returns the number of its tokens.
fn read_use(code: &[String], mut path: Path, named: &mut Vec<(Path, Option<String>)>) -> usize {
    let mut at = 0;
    loop {
        match code.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while !starts(&code[at..], &["}"]) {
                    at += read_use(&code[at..], path.clone(), named);
                    at += usize::from(starts(&code[at..], &[","]));
                }
                return at + 1;
            }
            Some("self") if !path.is_empty() => {}
            Some(word) if is_word(word) => path.push(word.to_owned()),
            _ => {}
        }
        at += 1;
        let rest = code.get(at..).unwrap_or_default();
        if starts(rest, &["as"]) {
            named.push((path, rest.get(1).cloned()));
            return at + 2;
        } else if !starts(rest, &["::"]) {
            let name = path.last().cloned();
            named.push((path, name));
            return at;
        }
        at += 1;
    }
}

/// A path as written, from the root; none for a path outside the crate.
fn absolute(
    path: &[String],
    root: &[String],
    here: &[String],
    modules: &BTreeSet<Path>,
) -> Option<Path> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" | CRATE => Some([root, rest].concat()),
        "self" => Some([here, rest].concat()),
        "super" => {
            let up = path.iter().take_while(|word| *word == "super").count();
            Some([&here[..here.len().saturating_sub(up)], &path[up..]].concat())
        }
        // A child module may be named without `self`.
        _ => modules
            .contains(&[here, &path[..1]].concat())
            .then(|| [here, path].concat()),
    }
}
