//! Checks `docs/abuse-cases.md`: each abuse case of the design has its section, and each test that
//! a section names exists in the named file. `asvs` checks `docs/asvs.md` in the same manner.

#[path = "abuse_cases/asvs.rs"]
mod asvs;

use std::fs;
use std::path::Path;

/// The number of cases.
const CASES: usize = 53;
/// The list item of a section that names no test.
const UNANSWERED: &str = "Open:";

#[test]
fn every_abuse_case_has_its_section_and_every_test_that_a_section_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let page = read("docs/abuse-cases.md").expect("the page is there");
    assert!(
        page.contains(&format!("\n{CASES} ways ")),
        "the page counts"
    );
    let faults = faults(&page, CASES, read);
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The faults of `page`; `read` returns the text of a file by its path from the root.
fn faults(page: &str, cases: usize, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let sections = sections(page);
    let mut faults = Vec::new();
    for case in 1..=cases {
        match sections
            .iter()
            .filter(|(number, _)| *number == case)
            .count()
        {
            1 => {}
            0 => faults.push(format!("case {case} has no section")),
            several => faults.push(format!("case {case} has {several} sections")),
        }
    }
    for (case, items) in &sections {
        if *case > cases {
            faults.push(format!("case {case} is not counted"));
        }
        let mut answer = String::new();
        let mut said = [("Attack:", 0), ("Defence:", 0)];
        for item in items {
            match said.iter_mut().find(|(label, _)| item.starts_with(label)) {
                Some((label, times)) if item.len() > label.len() => *times += 1,
                Some(_) => {}
                None => {
                    answer.push_str(item);
                    answer.push('\n');
                }
            }
        }
        for (label, times) in said {
            if times != 1 {
                faults.push(format!("case {case} says \"{label}\" {times} times"));
            }
        }
        faults.extend(
            test_faults(&answer, &read)
                .into_iter()
                .map(|fault| format!("case {case}: {fault}")),
        );
    }
    faults
}

/// The sections of the cases: the number of each, and the text of its list items with their nested
/// items and continued lines.
fn sections(page: &str) -> Vec<(usize, Vec<String>)> {
    let mut sections: Vec<(usize, Vec<String>)> = Vec::new();
    let mut in_case = false;
    for line in page.lines() {
        if line.starts_with('#') {
            let number = line
                .strip_prefix("## ")
                .and_then(|title| title.split_once(". "))
                .and_then(|(number, _)| number.parse().ok());
            in_case = number.is_some();
            sections.extend(number.map(|number| (number, Vec::new())));
        } else if in_case && let Some((_, items)) = sections.last_mut() {
            if let Some(item) = line.strip_prefix("- ") {
                items.push(item.trim().to_owned());
            } else if let Some(item) = items.last_mut() {
                item.push('\n');
                item.push_str(line.trim());
            }
        }
    }
    for item in sections.iter_mut().flat_map(|(_, items)| items) {
        item.truncate(item.trim_end().len());
    }
    sections
}

/// The faults of the items that name tests: each file in backquotes, followed by its functions, or
/// a command of `bench/`.
fn test_faults(items: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let (mut faults, mut named) = (Vec::new(), 0);
    let mut file: Option<(&str, Option<String>)> = None;
    for word in items.split('`').skip(1).step_by(2) {
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
                    faults.push(format!("{path} has no test {word}"));
                }
                Some(_) => {}
            }
        }
    }
    if named == 0 && !items.lines().any(|item| item.starts_with(UNANSWERED)) {
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
    const SAID: &str = "## 1. Case\n\n- Attack: this\n- Defence: that\n";

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
        let page = "# Cases\n\nA `word` before the cases.\n\n\
            ## 1. One\n\n- Attack: this\n  and that\n- Defence: that\n- Test: `tests/a.rs`\n  - `it_holds`\n  - `it_holds_too`\n\n\
            ## 2. Two\n\n- Attack: this\n- Defence:\n  that\n- Measured: `bench/run --wbs`\n\n\
            ## 3. Three\n\n- Attack: this\n- Defence: that\n- Open: nothing of it is built.\n\n\
            ## After the cases\n\n- Attack: `none`\n";
        assert_eq!(found(page, 3), [""; 0]);
    }

    #[test]
    fn a_case_without_a_section_or_with_two_is_found() {
        one("", "case 1 has no section");
        let section = format!("{SAID}- Measured: `bench/run`\n");
        one(&section.repeat(2), "case 1 has 2 sections");
        let second = section.replace("## 1.", "## 2.");
        one(&format!("{section}{second}"), "case 2 is not counted");
    }

    #[test]
    fn a_section_that_does_not_say_its_attack_and_its_defence_once_is_found() {
        let rest = "- Measured: `bench/run`\n";
        one(
            &format!("## 1. Case\n- Attack: this\n- Defence:\n{rest}"),
            "case 1 says \"Defence:\" 0 times",
        );
        one(
            &format!("## 1. Case\n- Defence: that\n{rest}"),
            "case 1 says \"Attack:\" 0 times",
        );
        one(
            &format!("{SAID}- Attack: this\n{rest}"),
            "case 1 says \"Attack:\" 2 times",
        );
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        for (items, fault) in [
            (
                "- Test: `tests/a.rs`\n  - `it_hold`",
                "tests/a.rs has no test it_hold",
            ),
            (
                "- Test: `tests/a.rs`\n  - `helper`",
                "tests/a.rs has no test helper",
            ),
            ("- Test: `it_holds`", "it_holds stands in no file"),
            (
                "- Test: `tests/b.rs`\n  - `it_holds`",
                "there is no tests/b.rs",
            ),
            ("- Measured: `bench/walk`", "there is no bench/walk"),
            (
                "- Test: by hand. Open: no.",
                "it names no test, and does not say \"Open:\"",
            ),
        ] {
            one(&format!("{SAID}{items}\n"), &format!("case 1: {fault}"));
        }
    }
}
