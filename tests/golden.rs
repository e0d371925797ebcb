//! Files that are generated from the code and committed under `openapi/`; every change of them must
//! be reviewed. `BLESS=1 cargo test --test golden` writes them anew.

use std::path::{Path, PathBuf};

use service_desk::reporting::catalogue::{self, Procedure};
use service_desk::reporting::sops;
use service_desk::{app, certification, complaint, openapi, sop::render};

/// A file under the root of the crate, and its expected content.
type Golden = (&'static str, fn() -> String);

const FILES: [Golden; 6] = [
    ("openapi/sop-cert.md", || {
        render::markdown(&certification::sop::SOP)
    }),
    ("openapi/sop-wbs.md", || {
        render::markdown(&complaint::sop::SOP)
    }),
    ("openapi/sop-cert.svg", || poster(&certification::sop::SOP)),
    ("openapi/sop-wbs.svg", || poster(&complaint::sop::SOP)),
    ("openapi/rights.md", || {
        format!(
            "{}\n{}",
            catalogue::rights().trim_end(),
            openapi::rights::outside_the_sops(&app::document())
        )
    }),
    ("openapi/openapi.json", || {
        openapi::to_json(&app::document()).expect("the document can be written") + "\n"
    }),
];

#[test]
fn what_is_committed_is_what_the_code_makes() {
    let faults: Vec<_> = FILES
        .iter()
        .filter_map(|(path, made)| write_or_compare(&root().join(path), path, &made()).err())
        .collect();
    assert!(
        faults.is_empty(),
        "\n{}\nIf the change is meant: run BLESS=1 cargo test --test golden, and read the diff.\n",
        faults.join("\n")
    );
}

fn poster(sop: &'static dyn Procedure) -> String {
    sops::poster(sop).expect("it can be drawn").to_owned()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Writes the file when blessing, compares it otherwise.
fn write_or_compare(file: &Path, name: &str, made: &str) -> Result<(), String> {
    if is_blessing() {
        return std::fs::write(file, made)
            .map_err(|error| format!("{name}: cannot be written: {error}"));
    }
    let committed = std::fs::read_to_string(file)
        .map_err(|error| format!("{name}: cannot be read: {error}"))?;
    first_difference(&committed, made)
        .map_or(Ok(()), |difference| Err(format!("{name}, {difference}")))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a developer's switch of this test, no setting of the service"
)]
fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// The first line in which two texts differ, in words; none when all bytes are equal.
fn first_difference(committed: &str, made: &str) -> Option<String> {
    if committed == made {
        return None;
    }
    // Each piece keeps its line end, so that a missing last one is a difference too.
    let (mut old, mut new) = (committed.split_inclusive('\n'), made.split_inclusive('\n'));
    (1_usize..).find_map(|line| {
        let (old, new) = (old.next(), new.next());
        let told = |text: Option<&str>| {
            text.map_or_else(
                || "nothing: the file ends".to_owned(),
                |text| format!("{text:?}"),
            )
        };
        (old != new).then(|| {
            format!(
                "line {line}\n  committed: {}\n  made now:  {}",
                told(old),
                told(new)
            )
        })
    })
}

#[test]
fn the_first_differing_line_is_named() {
    assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    assert_eq!(
        first_difference("a\nb\n", "a\nc\n").unwrap(),
        "line 2\n  committed: \"b\\n\"\n  made now:  \"c\\n\""
    );
    assert_eq!(
        first_difference("a\n", "a\nb\n").unwrap(),
        "line 2\n  committed: nothing: the file ends\n  made now:  \"b\\n\""
    );
    assert!(
        first_difference("a\n", "a")
            .unwrap()
            .starts_with("line 1\n")
    );
}
