//! Compares the contract with the last released one (`openapi/released.json`): its version must
//! match the kind of the difference. A release copies `openapi/openapi.json` over it.
//! `contract_changes/` classifies the changes.

#[path = "contract_changes/compare.rs"]
mod compare;
#[cfg(test)]
#[path = "contract_changes/made_up.rs"]
mod made_up;
#[path = "contract_changes/schema.rs"]
mod schema;

use std::path::Path;

use compare::{Change, ChangeKind, changes};
use serde_json::Value;

fn released() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/released.json");
    serde_json::from_slice(&std::fs::read(path).expect("the released contract is committed"))
        .expect("it is JSON")
}

fn version(document: &Value) -> [u64; 3] {
    let text = document["info"]["version"]
        .as_str()
        .expect("a contract has a version");
    let parts: Vec<u64> = text
        .split('.')
        .map(|part| part.parse().expect("a version is three numbers"))
        .collect();
    parts.try_into().expect("a version is three numbers")
}

/// The fault of naming the new contract `new` when the released one is `old`; none when the version
/// matches the changes.
fn wrong_version(old: [u64; 3], new: [u64; 3], changes: &[Change]) -> Option<String> {
    let listed = |kind: ChangeKind| {
        changes
            .iter()
            .filter(|one| one.kind == kind)
            .map(|one| one.words.as_str())
            .collect::<Vec<_>>()
            .join("\n  - ")
    };
    let (breaking, additions) = (listed(ChangeKind::Breaking), listed(ChangeKind::Addition));
    // Before 1.0.0 a new minor version may break callers (Semantic Versioning, section 4).
    let may_break = new[0] > old[0] || new[0] == 0 && new[1] > old[1];
    if !breaking.is_empty() && !may_break {
        return Some(format!(
            "{old:?} → {new:?}: a removal needs a new major version (before 1.0.0: a new minor one):\n  - {breaking}"
        ));
    }
    if !additions.is_empty() && new[..2] <= old[..2] {
        return Some(format!(
            "{old:?} → {new:?}: what is added wants a new minor version:\n  - {additions}"
        ));
    }
    (new < old).then(|| format!("{new:?} is older than {old:?}"))
}

#[test]
fn the_version_says_what_has_changed_since_the_last_release() {
    let (old, new) = (
        released(),
        serde_json::to_value(service_desk::app::document()).expect("the document is JSON"),
    );
    let wrong = wrong_version(version(&old), version(&new), &changes(&old, &new));
    assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
}

#[test]
fn the_changelog_tells_callers_of_this_version() {
    let document =
        serde_json::to_value(service_desk::app::document()).expect("the document is JSON");
    let version = document["info"]["version"]
        .as_str()
        .expect("a contract has a version");
    assert_eq!(
        version,
        env!("CARGO_PKG_VERSION"),
        "the programme is called as its contract"
    );
    let changelog =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md"))
            .expect("there is a changelog");
    assert!(
        changelog.contains(version),
        "CHANGELOG.md does not speak of {version}"
    );
}

#[test]
fn a_version_that_hides_a_change_is_found() {
    let change = |kind| {
        vec![Change {
            kind,
            words: "made up".to_owned(),
        }]
    };
    let wrong = |new, kind| wrong_version([1, 2, 3], new, &change(kind)).is_some();
    assert!(wrong([1, 3, 0], ChangeKind::Breaking) && !wrong([2, 0, 0], ChangeKind::Breaking));
    let before_one = |new| wrong_version([0, 1, 0], new, &change(ChangeKind::Breaking)).is_some();
    assert!(before_one([0, 1, 1]) && !before_one([0, 2, 0]));
    assert!(
        wrong([1, 2, 4], ChangeKind::Addition)
            && !wrong([1, 3, 0], ChangeKind::Addition)
            && !wrong([2, 0, 0], ChangeKind::Addition)
    );
    assert!(
        wrong_version([1, 2, 3], [1, 2, 3], &[]).is_none()
            && wrong_version([1, 2, 3], [1, 2, 2], &[]).is_some()
    );
}

#[test]
fn a_contract_has_not_changed_against_itself() {
    let told: Vec<_> = changes(&released(), &released())
        .into_iter()
        .map(|one| one.words)
        .collect();
    assert!(told.is_empty(), "{told:?}");
}
