//! Checks `docs/asvs.md`: each requirement of levels 1 and 2 of OWASP ASVS 5.0 that can apply has
//! one row, and each file and each test that a row names exists.

use std::collections::BTreeMap;
use std::path::Path;

use super::has_test;

/// The sections of ASVS 5.0.0 with the number of their requirements of levels 1 and 2, which are
/// numbered without gaps. V10 (OAuth) and V17 (WebRTC) have a line of their own on the page.
const SECTIONS: &[(&str, u8)] = &[
    ("1.1", 2),
    ("1.2", 9),
    ("1.3", 11),
    ("1.4", 3),
    ("1.5", 2),
    ("2.1", 3),
    ("2.2", 3),
    ("2.3", 4),
    ("2.4", 1),
    ("3.2", 2),
    ("3.3", 4),
    ("3.4", 6),
    ("3.5", 5),
    ("3.7", 2),
    ("4.1", 3),
    ("4.2", 1),
    ("4.3", 2),
    ("4.4", 4),
    ("5.1", 1),
    ("5.2", 3),
    ("5.3", 2),
    ("5.4", 3),
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("9.1", 3),
    ("9.2", 4),
    ("11.1", 2),
    ("11.2", 3),
    ("11.3", 3),
    ("11.4", 4),
    ("11.5", 1),
    ("11.6", 1),
    ("12.1", 3),
    ("12.2", 2),
    ("12.3", 4),
    ("13.1", 1),
    ("13.2", 5),
    ("13.3", 2),
    ("13.4", 5),
    ("14.1", 2),
    ("14.2", 4),
    ("14.3", 3),
    ("15.1", 3),
    ("15.2", 3),
    ("15.3", 7),
    ("16.1", 1),
    ("16.2", 5),
    ("16.3", 4),
    ("16.4", 3),
    ("16.5", 3),
];
const VERDICTS: [&str; 6] = ["met", "part", "no", "n/a", "front end", "operator"];
/// Folders to which the page's paths belong, beside the root.
const FOLDERS: [&str; 3] = ["", "tests/api/", "src/"];

#[test]
fn every_requirement_has_one_row_and_every_file_and_test_that_a_row_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| {
        let path = root.join(path);
        std::fs::read_to_string(&path)
            .ok()
            .or_else(|| path.is_dir().then(String::new))
    };
    let page = read("docs/asvs.md").expect("the page is there");
    let faults = faults(&page, SECTIONS, read);
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The faults of `page`; `read` returns the text of a file, or an empty one for a folder.
fn faults(
    page: &str,
    sections: &[(&str, u8)],
    read: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let (mut faults, mut rows) = (Vec::new(), BTreeMap::<String, usize>::new());
    for line in page.lines() {
        let cells: Vec<_> = line
            .trim_matches('|')
            .splitn(3, '|')
            .map(str::trim)
            .collect();
        let [numbers, verdict, place] = cells[..] else {
            continue;
        };
        if !numbers.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        if !VERDICTS.contains(&verdict) {
            faults.push(format!("{numbers}: there is no verdict \"{verdict}\""));
        }
        if verdict == "met" && place.is_empty() {
            faults.push(format!("{numbers}: it is met nowhere"));
        }
        for number in expanded(numbers) {
            *rows.entry(number).or_default() += 1;
        }
        faults.extend(
            place_faults(place, &read)
                .into_iter()
                .map(|fault| format!("{numbers}: {fault}")),
        );
    }
    for (section, count) in sections {
        for number in (1..=*count).map(|n| format!("{section}.{n}")) {
            match rows.remove(&number) {
                Some(1) => {}
                Some(several) => faults.push(format!("{number} has {several} rows")),
                None => faults.push(format!("{number} has no row")),
            }
        }
    }
    faults.extend(
        rows.keys()
            .map(|number| format!("there is no requirement {number}")),
    );
    faults
}

/// The numbers of a cell: `1.2.3, 1.3.1 to 1.3.4`.
fn expanded(numbers: &str) -> Vec<String> {
    numbers
        .split(", ")
        .flat_map(|part| {
            let (from, to) = part.split_once(" to ").unwrap_or((part, part));
            let last = |number: &str| number.rsplit('.').next().and_then(|n| n.parse::<u8>().ok());
            let section = from
                .rsplit_once('.')
                .map_or("", |(section, _)| section)
                .to_owned();
            let (first, last) = (last(from).unwrap_or(1), last(to).unwrap_or(0));
            (first..=last).map(move |n| format!("{section}.{n}"))
        })
        .collect()
}

/// A file or folder is a word in backquotes with an ending of Rust or a slash behind it, a test a
/// word of at least four parts; a test stands behind its file.
fn place_faults(place: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let (mut faults, mut file) = (Vec::new(), None);
    for word in place.split('`').skip(1).step_by(2) {
        let is_source = Path::new(word).extension().is_some_and(|kind| kind == "rs");
        if is_source || (word.ends_with('/') && !word.starts_with('/')) {
            let text = FOLDERS
                .iter()
                .find_map(|folder| read(&format!("{folder}{word}")));
            if text.is_none() {
                faults.push(format!("there is no {word}"));
            }
            file = text.map(|text| (word, text));
        } else if word.matches('_').count() >= 3
            && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        {
            match &file {
                Some((_, text)) if has_test(text, word) => {}
                Some((path, _)) => faults.push(format!("{path} has no test {word}")),
                None => faults.push(format!("{word} stands in no file")),
            }
        }
    }
    faults
}

#[test]
fn a_requirement_without_a_row_and_a_test_that_is_not_there_are_found() {
    let read = |path: &str| {
        (path == "tests/api/a.rs").then(|| "#[test]\nfn it_holds_to_the_end() {}\n".to_owned())
    };
    let found = |rows: &str| faults(rows, &[("1.1", 2)], read);
    assert_eq!(
        found("| 1.1.1, 1.1.2 | met | `a.rs`: `it_holds_to_the_end` |\n"),
        [""; 0]
    );
    assert_eq!(found("| 1.1.1 to 1.1.2 | n/a | none |\n"), [""; 0]);
    for (rows, fault) in [
        ("| 1.1.1 | met | `a.rs` |\n", "1.1.2 has no row"),
        (
            "| 1.1.1, 1.1.2, 1.1.2 | met | `a.rs` |\n",
            "1.1.2 has 2 rows",
        ),
        (
            "| 1.1.1 to 1.1.3 | met | `a.rs` |\n",
            "there is no requirement 1.1.3",
        ),
        (
            "| 1.1.1, 1.1.2 | fine | `a.rs` |\n",
            "1.1.1, 1.1.2: there is no verdict \"fine\"",
        ),
        (
            "| 1.1.1, 1.1.2 | met | |\n",
            "1.1.1, 1.1.2: it is met nowhere",
        ),
        (
            "| 1.1.1, 1.1.2 | met | `b.rs` |\n",
            "1.1.1, 1.1.2: there is no b.rs",
        ),
        (
            "| 1.1.1, 1.1.2 | met | `a.rs`: `it_holds_to_no_end` |\n",
            "1.1.1, 1.1.2: a.rs has no test it_holds_to_no_end",
        ),
        (
            "| 1.1.1, 1.1.2 | met | `it_holds_to_the_end` |\n",
            "1.1.1, 1.1.2: it_holds_to_the_end stands in no file",
        ),
    ] {
        assert_eq!(found(rows), [fault], "{rows}");
    }
}
