//! Document and routes agree in both directions. The registered routes are read from the attributes
//! in the source, which is how every handler is registered; a rule below refuses any other
//! registration.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use service_desk::sop::role::Role;

use super::{ask, operations};
use crate::support::TestApp;

#[actix_web::test]
async fn every_documented_operation_is_there_and_closed_unless_it_is_open() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    for operation in operations() {
        let answer = ask(&nobody, operation.method.clone(), &operation.address(), &[]).await;
        // An unknown code of a letter, and a contact that is not set, are answered with 404 for
        // every caller.
        let expected = if ["check_letter", "read_security_contact"].contains(&operation.id.as_str())
        {
            answer.status == 404
        } else if operation.open {
            !matches!(answer.status, 401 | 404 | 405)
        } else {
            answer.status == 401
        };
        assert!(
            expected,
            "{} {} → {}",
            operation.method, operation.path, answer.status
        );
    }
}

#[actix_web::test]
async fn every_documented_operation_has_its_method() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Treasurer).await;
    for operation in operations()
        .into_iter()
        .filter(|operation| operation.id != "logout" && !operation.reporter)
    {
        let answer = ask(&staff, operation.method.clone(), &operation.address(), &[]).await;
        assert_ne!(
            answer.status, 405,
            "{} {}",
            operation.method, operation.path
        );
        assert_ne!(
            answer.status, 401,
            "{} {}",
            operation.method, operation.path
        );
    }
}

#[test]
fn every_registered_route_is_documented_and_the_other_way_round() {
    // The path of a representation leads to the route of its resource.
    let documented: BTreeSet<_> = operations()
        .into_iter()
        .filter(|operation| operation.document.get("x-format").is_none())
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect();
    let mut written = BTreeSet::new();
    for file in sources() {
        let text = std::fs::read_to_string(&file).unwrap();
        written.extend(text.lines().filter_map(route));
        // The contract describes neither its own address nor the documentation page.
        let served = text.split("#[cfg(test)]").next().unwrap_or_default();
        let served = served
            .replace("web::resource(CONTRACT)", "")
            .replace("web::resource(INITIALIZER)", "");
        let by_hand = [".route(", "web::resource("]
            .iter()
            .find(|call| served.contains(**call));
        assert_eq!(
            by_hand,
            None,
            "{}: a route without an attribute is in no document",
            file.display()
        );
    }
    assert_eq!(written, documented);
}

/// `GET /api/v1/x` for `#[get("/x")]`.
fn route(line: &str) -> Option<String> {
    let (method, rest) = line.trim().strip_prefix("#[")?.split_once("(\"")?;
    let path = rest.strip_suffix("\")]")?;
    let known = ["get", "post", "put", "patch", "delete", "head", "options"].contains(&method);
    let beside = ["/health/", "/metrics", "/.well-known/", "/guide"]
        .iter()
        .any(|start| path.starts_with(start));
    known.then(|| {
        format!(
            "{} {}{path}",
            method.to_uppercase(),
            if beside { "" } else { "/api/v1" }
        )
    })
}

/// Every source file except tests.
fn sources() -> Vec<PathBuf> {
    let (mut files, mut folders) = (
        Vec::new(),
        vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")],
    );
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            let is_test = entry.file_stem().is_some_and(|name| name == "tests");
            if entry.is_dir() && !is_test {
                folders.push(entry);
            } else if entry.extension().is_some_and(|kind| kind == "rs") && !is_test {
                files.push(entry);
            }
        }
    }
    files
}
