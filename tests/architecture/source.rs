//! The source tree for the rules: every file with its module path, its length, and its code without
//! comments and tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::tokens::{self, Token};

/// One file of `src`.
pub struct File {
    /// As in `casework/desk.rs`, below `src`.
    pub path: String,
    /// As in `["casework", "desk"]`; empty for `lib.rs`.
    pub module: Vec<String>,
    /// All lines, including comments and tests.
    pub lines: usize,
    /// The code without comments and tests.
    pub code: Vec<Token>,
}

impl File {
    /// `path:line`, for messages.
    pub fn at(&self, token: &Token) -> String {
        format!("src/{}:{}", self.path, token.line)
    }
}

/// Reads every Rust file below a folder; panics when one cannot be read.
pub fn tree(folder: &Path) -> Vec<File> {
    let mut texts = Vec::new();
    collect(folder, folder, &mut texts);
    texts.sort();
    files(&texts)
}

/// The tree of these paths and texts.
pub fn files<P: AsRef<str>, T: AsRef<str>>(texts: &[(P, T)]) -> Vec<File> {
    let mut files = Vec::new();
    let mut declared_for_tests = BTreeSet::new();
    for (path, text) in texts {
        let (path, text) = (path.as_ref().to_owned(), text.as_ref());
        let module = module(&path);
        let (code, declared) = without_tests(&tokens::read(text));
        declared_for_tests.extend(
            declared
                .into_iter()
                .map(|name| [module.clone(), vec![name]].concat()),
        );
        files.push(File {
            path,
            module,
            lines: text.lines().count(),
            code,
        });
    }
    // A file is test code when it, or a folder above it, is named `tests` or declared under
    // `cfg(test)`.
    for file in &mut files {
        let inside = |length: usize| {
            file.module[length - 1] == "tests"
                || declared_for_tests.contains(&file.module[..length])
        };
        if (1..=file.module.len()).any(inside) {
            file.code.clear();
        }
    }
    files
}

fn collect(root: &Path, folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the source folder is readable") {
        let path = entry.expect("the source folder is readable").path();
        if path.is_dir() {
            collect(root, &path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).expect("the walk began at the root");
            let text = fs::read_to_string(&path).expect("source is text");
            texts.push((below.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

fn module(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let names = path.split('/').filter(|name| *name != "lib");
    names.map(ToOwned::to_owned).collect()
}

/// The code without items under `#[cfg(test)]`, and the modules declared there.
fn without_tests(all: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut code, mut declared) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < all.len() {
        let rest = &all[at..];
        if is_test_attribute(rest, &["#", "!", "["]) {
            return (Vec::new(), declared);
        }
        if is_test_attribute(rest, &["#", "["]) {
            let item = &rest[..item_length(rest)];
            let names = item
                .windows(3)
                .filter(|three| three[0].is("mod") && three[2].is(";"));
            declared.extend(names.map(|three| three[1].text.clone()));
            at += item.len();
        } else {
            code.push(rest[0].clone());
            at += 1;
        }
    }
    (code, declared)
}

/// Whether an attribute begins here that limits the next item to tests: `cfg(test)`, `cfg(all(test,
/// …))`, but not `cfg(not(test))`.
fn is_test_attribute(rest: &[Token], opening: &[&str]) -> bool {
    if !opening
        .iter()
        .chain(&["cfg", "("])
        .zip(rest)
        .all(|(wanted, token)| token.is(wanted))
    {
        return false;
    }
    let inside = rest.iter().take_while(|token| !token.is("]"));
    let words: Vec<_> = inside
        .filter(|token| token.is_word())
        .map(|token| token.text.as_str())
        .collect();
    words.contains(&"test") && !words.contains(&"not") && !words.contains(&"any")
}

/// The number of tokens of an item with its attributes: up to its semicolon, or to its closing
/// brace.
fn item_length(rest: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in rest.iter().enumerate() {
        if ["(", "[", "{"].iter().any(|mark| token.is(mark)) {
            depth += 1;
        } else if [")", "]", "}"].iter().any(|mark| token.is(mark)) {
            if depth == 0 {
                return at;
            }
            depth -= 1;
            if depth == 0 && token.is("}") {
                return at + 1;
            }
        } else if depth == 0 && token.is(";") {
            return at + 1;
        }
    }
    rest.len()
}
