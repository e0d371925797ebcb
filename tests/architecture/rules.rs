//! The rules, each a function from source files and a table to its faults. The tables are in
//! `architecture.rs`.

use std::sync::LazyLock;

use regex::Regex;

use crate::imports::{self, Import};
use crate::source::File;

/// An exception from a rule, and its reason: a file below `src`, a folder (`database/`), every file
/// or folder of a name (`**/store.rs`, `**/store/`), an import (`casework → gateways`).
pub type Exception<'a> = (&'a str, &'a str);

/// The place of a match of a rule.
pub struct Finding {
    pub place: String,
    pub message: String,
}

/// Imports that are not from an earlier level, and modules without a level.
pub fn import_direction(files: &[File], levels: &[&[&str]]) -> Vec<Finding> {
    let level = |module: &str| levels.iter().position(|level| level.contains(&module));
    let tops = files.iter().filter_map(|file| file.module.first());
    let unplaced = tops.filter(|top| level(top).is_none()).map(|top| Finding {
        place: top.clone(),
        message: format!("{top}: the table of levels does not place this module"),
    });
    let mut found: Vec<_> = unplaced.collect();
    for Import { from, to, at } in imports::imports(files) {
        if let (Some(from), Some(to)) = (from.first(), to.first())
            && let (Some(here), Some(there)) = (level(from), level(to))
            && from != to
            && there >= here
        {
            let message = format!("{at}: {from} must not use {to}");
            found.push(Finding {
                place: format!("{from} → {to}"),
                message,
            });
        }
    }
    found
}

/// Imports of the settings, outside their own module.
pub fn settings_users(files: &[File]) -> Vec<Finding> {
    let of_settings = |path: &[String]| path.first().is_some_and(|first| first == "config");
    let mut imports = imports::imports(files);
    imports.retain(|import| of_settings(&import.to) && !of_settings(&import.from));
    let finding = |import: Import| Finding {
        place: import.at.split(':').next().unwrap_or_default().to_owned(),
        message: format!("{}: settings are arguments here", import.at),
    };
    imports.into_iter().map(finding).collect()
}

/// Calls of the gate.
pub fn permits(files: &[File]) -> Vec<Finding> {
    find(files, |code| {
        let called = starts(code, &[".", "permit", "("]) || starts(code, &["::", "permit"]);
        called.then(|| "calls permit".to_owned())
    })
}

/// SQL: a statement in a string literal, or a name of sqlx that makes a query.
pub fn sql(files: &[File]) -> Vec<Finding> {
    let is_maker = |word: &str| word.starts_with("query") || word == "QueryBuilder";
    find(files, |code| {
        if let Some(text) = literal(&code[0])
            && SQL.is_match(&text)
        {
            return Some(format!("holds SQL: {:.40}", text.trim()));
        }
        let mut path = code[1..]
            .iter()
            .take_while(|token| !["(", "!", ";"].contains(&token.as_str()));
        let grouped = starts(code, &["sqlx", "::", "{"]);
        let of_sqlx = starts(code, &["sqlx", "::"])
            && path
                .by_ref()
                .take(if grouped { usize::MAX } else { 2 })
                .any(|name| is_maker(name) || name == "raw_sql");
        let is_macro = is_maker(&code[0]) && starts(&code[1..], &["!"]);
        (of_sqlx || is_macro).then(|| "makes a query with sqlx".to_owned())
    })
}

/// Replies built by hand.
pub fn http_responses(files: &[File]) -> Vec<Finding> {
    find(files, |code| {
        code[0]
            .starts_with("HttpResponse")
            .then(|| "builds an HttpResponse".to_owned())
    })
}

/// `unwrap` passed as a function; clippy finds the calls.
pub fn unwraps(files: &[File]) -> Vec<Finding> {
    find(files, |code| {
        let unwraps = starts(code, &["::", "unwrap"]);
        unwraps
            .then(|| "unwraps; say with expect why it cannot fail, or return an error".to_owned())
    })
}

/// Files longer than `most` lines.
pub fn too_long(files: &[File], most: usize) -> Vec<Finding> {
    let long = files.iter().filter(|file| file.lines > most);
    let finding = |file: &File| Finding {
        place: file.path.clone(),
        message: format!("{} has {} lines; stop at {most}", file.path, file.lines),
    };
    long.map(finding).collect()
}

/// The findings that no exception covers, and the exceptions that cover no finding.
pub fn faults(findings: &[Finding], exceptions: &[Exception]) -> Vec<String> {
    let is_bare = |finding: &&Finding| {
        !exceptions
            .iter()
            .any(|(place, _)| covers(place, &finding.place))
    };
    let is_idle =
        |(place, _): &&Exception| !findings.iter().any(|finding| covers(place, &finding.place));
    let mut faults: Vec<_> = findings
        .iter()
        .filter(is_bare)
        .map(|finding| finding.message.clone())
        .collect();
    faults.dedup();
    let idle = exceptions.iter().filter(is_idle);
    faults.extend(idle.map(|(place, why)| {
        format!("{place} needs no exception any more ({why}); take it off the list")
    }));
    faults
}

/// Whether an exception covers a place: `database/` covers a whole folder; `**/store.rs` and
/// `**/store/` every file and folder of that name.
fn covers(excepted: &str, place: &str) -> bool {
    let Some(name) = excepted.strip_prefix("**/") else {
        return place == excepted || excepted.ends_with('/') && place.starts_with(excepted);
    };
    let (place, name) = (format!("/{place}"), format!("/{name}"));
    if name.ends_with('/') {
        place.contains(&name)
    } else {
        place.ends_with(&name)
    }
}

/// Applies `rule` to the code from each token on.
fn find(files: &[File], rule: impl Fn(&[String]) -> Option<String>) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        let sayings = (0..file.code.len()).filter_map(|at| rule(&file.code[at..]));
        found.extend(sayings.map(|saying| Finding {
            place: file.path.clone(),
            message: format!("{} {saying}", file.path),
        }));
    }
    found
}

/// Whether the code begins with these tokens.
pub fn starts(code: &[String], wanted: &[&str]) -> bool {
    code.len() >= wanted.len()
        && wanted
            .iter()
            .zip(code)
            .all(|(wanted, token)| wanted == token)
}

/// The text between the quotes of a literal, with a space for each escaped line end.
fn literal(token: &str) -> Option<String> {
    let text = token.get(token.find('"')? + 1..token.rfind('"')?)?;
    Some(text.replace("\\n", " ").replace('\\', " "))
}

/// An SQL statement. Ours is in lower case, and sentences are not: a plain `Select a scheme` or
/// `update` in a message must pass, whereas `select` with a `from`, or at the very beginning in
/// lower case, is SQL in any case.
static SQL: LazyLock<Regex> = LazyLock::new(|| {
    let statements = r"(?xs) ^[\s(]*select[\s(]+\S | (?i:
        \bselect\s.*\S\s+from\b | \binsert\s+into\b | \bdelete\s+from\b
        | \bupdate\s+(only\s+)?\S+\s+((as\s+)?\S+\s+)?set\s.*= )";
    Regex::new(statements).expect("the expression is well-formed")
});
