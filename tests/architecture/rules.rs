//! The rules, each a function from source files and a table to its faults. The tables are in
//! `architecture.rs`.

use crate::imports::{self, Import};
use crate::source::File;
use crate::tokens::Token;

/// An exception from a rule, and its reason: a file below `src`, a folder (`database/`), every file
/// or folder of a name (`**/store.rs`, `**/store/`).
pub type Exception = (&'static str, &'static str);

/// Modules import only from earlier levels, and on one level only with permission.
pub struct Order {
    /// The levels, from the most widely used modules to the modules that no other may use.
    pub levels: &'static [&'static [&'static str]],
    /// Permitted imports on one level, with reasons.
    pub within_a_level: &'static [(&'static str, &'static str, &'static str)],
    /// Modules that only these may use, whatever their level, with reasons. `casework` is that file
    /// alone, `casework::*` the whole module.
    pub reserved: &'static [(&'static str, &'static [&'static str], &'static str)],
}

/// Imports against the order, and modules without a level.
pub fn import_direction(files: &[File], order: &Order) -> Vec<String> {
    let mut faults = unplaced(files, order);
    for import in imports::imports(files) {
        let (Some(from), Some(to)) = (import.from.first(), import.to.first()) else {
            continue;
        };
        let (Some(here), Some(there)) = (order.level(from), order.level(to)) else {
            continue;
        };
        let permitted = order
            .within_a_level
            .iter()
            .any(|(user, used, _)| user == from && used == to);
        if from != to && (there > here || there == here && !permitted) {
            faults.push(format!("{}: {from} must not use {to}", import.at));
        }
        faults.extend(reserved(&import, order));
    }
    faults.sort();
    faults.dedup();
    faults
}

impl Order {
    fn level(&self, module: &str) -> Option<usize> {
        self.levels.iter().position(|level| level.contains(&module))
    }
}

fn unplaced(files: &[File], order: &Order) -> Vec<String> {
    let tops = files.iter().filter_map(|file| file.module.first());
    tops.filter(|top| order.level(top).is_none())
        .map(|top| format!("src/{top}: the table of levels does not place this module"))
        .collect()
}

fn reserved(import: &Import, order: &Order) -> Option<String> {
    let (used, users, why) = order
        .reserved
        .iter()
        .find(|(used, _, _)| import.to[0] == *used)?;
    let path = import.from.join("::");
    let under = |module: &str| {
        path.strip_prefix(module)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let allowed = under(used)
        || users
            .iter()
            .any(|user| user.strip_suffix("::*").map_or(path == *user, under));
    (!allowed).then(|| format!("{}: {path} must not use {used}: {why}", import.at))
}

/// Cycles of imports, between the top-level modules and inside each of them. An exception names the
/// cycle: `casework: desk, journal`.
pub fn cycles(files: &[File]) -> Vec<Finding> {
    let circles = imports::cycles(&imports::imports(files)).into_iter();
    circles
        .map(|circle| Finding {
            place: circle.members,
            message: circle.way,
        })
        .collect()
}

/// Calls of the gate.
pub fn permits(files: &[File]) -> Vec<Finding> {
    find(files, |code| {
        let called = code[0].is(".") && follows(code, 1, &["permit", "("])
            || code[0].is("::") && follows(code, 1, &["permit"]);
        called.then(|| "calls permit".to_owned())
    })
}

/// SQL: a statement in a string literal, or a name of sqlx that makes a query.
pub fn sql(files: &[File]) -> Vec<Finding> {
    find(files, |code| {
        let word = &code[0];
        let builder =
            word.is_word() && (word.text.starts_with("query") || word.text == "QueryBuilder");
        if word.literal && is_sql(&word.text) {
            Some(format!(
                "holds SQL: {:?}",
                word.text
                    .split_whitespace()
                    .take(4)
                    .collect::<Vec<_>>()
                    .join(" ")
            ))
        } else if word.is("sqlx") && follows(code, 1, &["::"]) && names_a_query(&code[2..])
            || builder && follows(code, 1, &["!"])
        {
            Some("makes a query with sqlx".to_owned())
        } else {
            None
        }
    })
}

/// Replies built by hand.
pub fn http_responses(files: &[File]) -> Vec<Finding> {
    find(files, |code| {
        (code[0].is_word() && code[0].text.starts_with("HttpResponse"))
            .then(|| "builds an HttpResponse".to_owned())
    })
}

/// `unwrap` and its relatives, called or passed as a function.
pub fn unwraps(files: &[File]) -> Vec<Finding> {
    find(files, |code| {
        let unwraps = code[0].is(".") && follows(code, 1, &["unwrap", "("])
            || code[0].is("::") && follows(code, 1, &["unwrap"]);
        unwraps
            .then(|| "unwraps; say with expect why it cannot fail, or return an error".to_owned())
    })
}

/// Files longer than `most` lines.
pub fn too_long(files: &[File], most: usize) -> Vec<String> {
    let long = files.iter().filter(|file| file.lines > most);
    long.map(|file| format!("src/{} has {} lines; stop at {most}", file.path, file.lines))
        .collect()
}

/// The place of a match of a rule.
pub struct Finding {
    place: String,
    message: String,
}

/// The findings that no exception covers.
pub fn violations(findings: &[Finding], exceptions: &[Exception]) -> Vec<String> {
    let bare = findings.iter().filter(|finding| {
        !exceptions
            .iter()
            .any(|(place, _)| covers(place, &finding.place))
    });
    let mut faults: Vec<_> = bare.map(|finding| finding.message.clone()).collect();
    faults.dedup();
    faults
}

/// The exceptions that cover no finding, so that the lists stay current.
pub fn unused_exceptions(findings: &[Finding], exceptions: &[Exception]) -> Vec<String> {
    let idle = exceptions
        .iter()
        .filter(|(place, _)| !findings.iter().any(|finding| covers(place, &finding.place)));
    idle.map(|(place, why)| {
        format!("{place} needs no exception any more ({why}); take it off the list")
    })
    .collect()
}

/// Whether an exception covers a place: `database/` covers a whole folder; `**/store.rs` and
/// `**/store/` every file and folder of that name.
fn covers(excepted: &str, place: &str) -> bool {
    let Some(name) = excepted.strip_prefix("**/") else {
        return place == excepted || excepted.ends_with('/') && place.starts_with(excepted);
    };
    let place = format!("/{place}");
    if name.ends_with('/') {
        place.contains(&format!("/{name}"))
    } else {
        place.ends_with(&format!("/{name}"))
    }
}

/// Applies `what` to the code from each token on.
fn find(files: &[File], what: impl Fn(&[Token]) -> Option<String>) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        for at in 0..file.code.len() {
            if let Some(saying) = what(&file.code[at..]) {
                found.push(Finding {
                    place: file.path.clone(),
                    message: format!("{} {saying}", file.at(&file.code[at])),
                });
            }
        }
    }
    found
}

fn follows(code: &[Token], from: usize, wanted: &[&str]) -> bool {
    wanted
        .iter()
        .enumerate()
        .all(|(at, text)| code.get(from + at).is_some_and(|token| token.is(text)))
}

/// Whether the path or `use` tree that begins here names one of sqlx's query functions.
fn names_a_query(code: &[Token]) -> bool {
    let is_path =
        |token: &Token| token.is_word() || ["::", "{", "}", ","].iter().any(|mark| token.is(mark));
    let path = code.iter().take_while(|token| is_path(token));
    let mut path = path.filter(|token| token.is_word());
    let grouped = code.first().is_some_and(|token| token.is("{"));
    let is_query = |token: &Token| {
        token.text.starts_with("query")
            || ["QueryBuilder", "raw_sql"].contains(&token.text.as_str())
    };
    if grouped {
        path.any(is_query)
    } else {
        path.next().is_some_and(is_query)
    }
}

/// Whether a string literal is an SQL statement. Our SQL is in lower case, and sentences are not: a
/// plain `Select a scheme` or `update` in a message must pass, whereas `select` with a `from`, or
/// at the very beginning in lower case, is SQL in any case.
fn is_sql(literal: &str) -> bool {
    let text = literal.replace("\\n", " ").replace('\\', " ");
    let words: Vec<_> = text
        .split(|letter: char| letter.is_whitespace() || letter == '(')
        .filter(|word| !word.is_empty())
        .collect();
    let lower: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
    let pair = |first: &str, second: &str| {
        lower
            .windows(2)
            .any(|two| two[0] == first && two[1] == second)
    };
    let selects = words.first() == Some(&"select") && words.len() > 1
        || lower
            .iter()
            .position(|word| word == "select")
            .is_some_and(|at| lower[at..].iter().skip(2).any(|word| word == "from"));
    selects
        || pair("insert", "into")
        || pair("delete", "from")
        || (0..lower.len()).any(|at| is_update(&lower[at..]))
}

/// Whether the words begin with `update [only] table [[as] alias] set column =`.
fn is_update(words: &[String]) -> bool {
    let mut rest = words
        .iter()
        .map(String::as_str)
        .filter(|word| !["only", "as"].contains(word));
    rest.next() == Some("update")
        && rest.next().is_some()
        && rest.by_ref().take(2).any(|word| word == "set")
        && rest.any(|word| word.contains('='))
}
