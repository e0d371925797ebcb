//! `docs/abuse-cases.md` says which test answers which abuse case of the design: here each case has its row, and each test a row names is where it says.

use std::fs;
use std::path::Path;

/// How many the design lists.
const CASES: usize = 48;
/// What a row says that names no test.
const UNANSWERED: &str = "Open:";

#[test]
fn every_abuse_case_has_its_row_and_every_test_that_a_row_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let page = read("docs/abuse-cases.md").expect("the page is there");
    let faults = faults(&page, CASES, read);
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// What is wrong with `page`; `read` gives the text of a file by its path from the root.
fn faults(page: &str, cases: usize, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let rows: Vec<(usize, Vec<&str>)> = page.lines().filter_map(row).collect();
    let mut faults = Vec::new();
    for case in 1..=cases {
        match rows.iter().filter(|(number, _)| *number == case).count() {
            1 => {}
            0 => faults.push(format!("case {case} has no row")),
            several => faults.push(format!("case {case} has {several} rows")),
        }
    }
    for (case, cells) in &rows {
        let [attack, holds, answer] = cells[..] else {
            faults.push(format!(
                "case {case} has {} cells beside its number, not 3",
                cells.len()
            ));
            continue;
        };
        if [attack, holds].iter().any(|cell| cell.is_empty()) {
            faults.push(format!(
                "case {case} does not say what is tried and what must hold"
            ));
        }
        faults.extend(
            answered(answer, &read)
                .into_iter()
                .map(|fault| format!("case {case}: {fault}")),
        );
    }
    faults
}

/// The number and the other cells of a line of the table; nothing of any other line.
fn row(line: &str) -> Option<(usize, Vec<&str>)> {
    let mut cells = line
        .strip_prefix('|')?
        .trim_end()
        .strip_suffix('|')?
        .split('|')
        .map(str::trim);
    let number = cells.next()?.parse().ok()?;
    Some((number, cells.collect()))
}

/// What is wrong with the cell that names tests: each file in backquotes, and behind it the functions, or a command of `bench/`.
fn answered(cell: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let (mut faults, mut named) = (Vec::new(), 0);
    let mut file: Option<(&str, Option<String>)> = None;
    for word in cell.split('`').skip(1).step_by(2) {
        let program = word.split(' ').next().unwrap_or_default();
        if program.starts_with("bench/") {
            named += 1;
            if read(program).is_none() {
                faults.push(format!("there is no {program}"));
            }
        } else if Path::new(word).extension().is_some_and(|kind| kind == "rs") {
            let text = read(word);
            if text.is_none() {
                faults.push(format!("there is no {word}"));
            }
            file = Some((word, text));
        } else {
            named += 1;
            match &file {
                None => faults.push(format!("{word} stands in no file")),
                Some((path, Some(text))) if !has_test(text, word) => {
                    faults.push(format!("{path} has no test {word}"))
                }
                Some(_) => {}
            }
        }
    }
    if named == 0 && !cell.contains(UNANSWERED) {
        faults.push(format!(
            "it names no test, and does not say \"{UNANSWERED}\""
        ));
    }
    faults
}

/// Whether `text` has a function of this name that is a test.
fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let begins = |line: &str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('('))
    };
    let places = lines.iter().enumerate().filter(|(_, line)| begins(line));
    places.into_iter().any(|(at, _)| {
        lines[..at]
            .iter()
            .rev()
            .take_while(|line| line.starts_with("#["))
            .any(|line| line.ends_with("test]"))
    })
}

#[cfg(test)]
mod made_up {
    use super::*;

    const TESTS: &str = "#[test]\nfn it_holds() {}\n\n#[actix_web::test]\nasync fn it_holds_too() {}\n\nfn helper() {}\n";

    fn found(page: &str, cases: usize) -> Vec<String> {
        faults(page, cases, |path| {
            ["tests/a.rs", "bench/run"]
                .contains(&path)
                .then(|| TESTS.to_owned())
        })
    }

    #[track_caller]
    fn one(page: &str, fault: &str) {
        assert_eq!(found(page, 1), [fault]);
    }

    #[test]
    fn a_page_that_is_true_has_no_faults() {
        let page = "# Cases\n\n| no. | tried | holds | by |\n| --- | --- | --- | --- |\n\
            | 1 | this | that | `tests/a.rs`: `it_holds`, `it_holds_too` |\n\
            | 2 | this | that | `bench/run --wbs` |\n\
            | 3 | this | that | Open: nothing of it is built. |\n";
        assert_eq!(found(page, 3), [""; 0]);
    }

    #[test]
    fn a_case_without_a_row_or_with_two_is_found() {
        one("", "case 1 has no row");
        let row = "| 1 | this | that | `bench/run` |\n";
        one(&row.repeat(2), "case 1 has 2 rows");
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        one(
            "| 1 | this | that | `tests/a.rs`: `it_hold` |",
            "case 1: tests/a.rs has no test it_hold",
        );
        one(
            "| 1 | this | that | `tests/a.rs`: `helper` |",
            "case 1: tests/a.rs has no test helper",
        );
        one(
            "| 1 | this | that | `it_holds` |",
            "case 1: it_holds stands in no file",
        );
        one(
            "| 1 | this | that | `tests/b.rs`: `it_holds` |",
            "case 1: there is no tests/b.rs",
        );
        one(
            "| 1 | this | that | `bench/walk` |",
            "case 1: there is no bench/walk",
        );
        one(
            "| 1 | this | that | By hand. |",
            "case 1: it names no test, and does not say \"Open:\"",
        );
        one(
            "| 1 | this |  | `bench/run` |",
            "case 1 does not say what is tried and what must hold",
        );
        one(
            "| 1 | this | `bench/run` |",
            "case 1 has 2 cells beside its number, not 3",
        );
    }
}
