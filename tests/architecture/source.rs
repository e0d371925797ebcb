//! The source tree for the rules: the code of each file without comments and tests.

use std::collections::BTreeSet;
use std::fs;
use std::iter::Peekable;
use std::path::Path;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, token_stream};

/// One source file of the service or of a crate.
pub struct File {
    /// As in `casework/desk.rs`, below `src`, or `crates/xtask/src/main.rs`.
    pub path: String,
    /// As in `["casework", "desk"]` or `["crates", "xtask", "main"]`; empty for `lib.rs`.
    pub module: Vec<String>,
    /// All lines, including comments and tests.
    pub lines: usize,
    /// Words, marks (`::` is one mark), and literals with their quotes.
    pub code: Vec<String>,
}

impl File {
    /// The module that `crate` names in this file.
    pub fn root(&self) -> &[String] {
        let is_member = self.module.first().is_some_and(|first| first == "crates");
        &self.module[..if is_member { 2 } else { 0 }]
    }
}

/// The source of the service and of the crates; panics when a file cannot be read.
pub fn tree(root: &Path) -> Vec<File> {
    let mut texts = Vec::new();
    collect(&root.join("src"), &root.join("src"), &mut texts);
    collect(root, &root.join("crates"), &mut texts);
    texts.sort();
    files(&texts)
}

/// The tree of these paths and texts.
pub fn files<P: AsRef<str>, T: AsRef<str>>(texts: &[(P, T)]) -> Vec<File> {
    let (mut files, mut declared_for_tests) = (Vec::new(), BTreeSet::new());
    for (path, text) in texts {
        let (path, text) = (path.as_ref().to_owned(), text.as_ref());
        let name = path.trim_end_matches(".rs");
        let names = name.strip_suffix("/mod").unwrap_or(name).split('/');
        let names = names.filter(|name| !["lib", "src"].contains(name));
        let module: Vec<_> = names.map(ToOwned::to_owned).collect();
        let (mut code, mut declared) = (Vec::new(), Vec::new());
        let stream = text
            .parse()
            .unwrap_or_else(|fault| panic!("{path}: {fault}"));
        read(stream, &mut code, &mut declared);
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
        let is_test = |length: usize| {
            file.module[length - 1] == "tests"
                || declared_for_tests.contains(&file.module[..length])
        };
        if (1..=file.module.len()).any(is_test) {
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

/// Appends the code of a stream without documentation and items for tests, and the names of the
/// modules that it declares for tests.
fn read(stream: TokenStream, code: &mut Vec<String>, for_tests: &mut Vec<String>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                code.push(open.to_owned());
                read(group.stream(), code, for_tests);
                code.push(close.to_owned());
            }
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let is_inner = trees.next_if(|next| next.to_string() == "!").is_some();
                let attribute = trees.next_if(|next| matches!(next, TokenTree::Group(_)));
                let text = attribute
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
                let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
                if is_for_tests(&words) {
                    if is_inner {
                        return;
                    }
                    skip_item(&mut trees, for_tests);
                } else if words.first() != Some(&"doc") {
                    code.push("#".to_owned());
                    read(attribute.into_iter().collect(), code, for_tests);
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ':' && mark.spacing() == Spacing::Joint => {
                let doubled = trees.next_if(|next| next.to_string() == ":").is_some();
                code.push(if doubled { "::" } else { ":" }.to_owned());
            }
            other => code.push(other.to_string()),
        }
    }
}

/// Whether an attribute of these words limits an item to tests: `cfg(test)`, `cfg(all(test, …))`,
/// but not `cfg(not(test))`.
fn is_for_tests(words: &[&str]) -> bool {
    let has = |word| words.contains(&word);
    words.first() == Some(&"cfg") && has("test") && !has("not") && !has("any")
}

/// Skips an item with its other attributes: up to its semicolon, or its block.
fn skip_item(trees: &mut Peekable<token_stream::IntoIter>, for_tests: &mut Vec<String>) {
    let mut item = Vec::new();
    for tree in trees.by_ref() {
        let is_block =
            matches!(&tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        item.push(tree.to_string());
        if is_block || item.ends_with(&[";".to_owned()]) {
            break;
        }
    }
    if let [.., keyword, name, end] = item.as_slice()
        && keyword == "mod"
        && end == ";"
    {
        for_tests.push(name.clone());
    }
}
