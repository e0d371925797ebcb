//! OPTIONS, `Allow`, and HEAD wherever there is GET.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;

use super::{ask, operations, person_with_every_role, raw_exchange};
use crate::support::TestApp;

/// Every path of the contract with parsable parameters, with its methods, and whether OPTIONS needs
/// a signed-in user.
fn paths() -> BTreeMap<String, (String, BTreeSet<String>, bool)> {
    let mut paths: BTreeMap<String, (String, BTreeSet<String>, bool)> = BTreeMap::new();
    for operation in operations() {
        let (_, methods, confidential) = paths
            .entry(operation.path.clone())
            .or_insert_with(|| (operation.address(), BTreeSet::new(), false));
        methods.insert(operation.method.to_string());
        if operation.method == Method::GET {
            methods.insert("HEAD".to_owned());
        }
        methods.insert("OPTIONS".to_owned());
        *confidential |= operation.is_confidential();
    }
    paths
}

/// Whether the address also matches a path with a parameter in this place that has the method.
fn is_another(method: &Method, address: &str, pattern: &str) -> bool {
    let fits = |other: &str| {
        let (mine, theirs): (Vec<_>, Vec<_>) =
            (address.split('/').collect(), other.split('/').collect());
        mine.len() == theirs.len()
            && mine
                .iter()
                .zip(&theirs)
                .all(|(mine, theirs)| mine == theirs || theirs.starts_with('{'))
    };
    operations()
        .iter()
        .any(|one| one.path != pattern && one.method == *method && fits(&one.path))
}

fn allowed(header: Option<&str>) -> BTreeSet<String> {
    header
        .unwrap_or_default()
        .split(", ")
        .map(str::to_owned)
        .collect()
}

#[actix_web::test]
async fn options_tells_anybody_the_methods_of_every_path() {
    let app = TestApp::start().await;
    for (pattern, (address, methods, _)) in paths() {
        let answer = ask(&app.nobody(), Method::OPTIONS, &address, &[]).await;
        assert_eq!(
            (
                answer.status,
                answer.bytes.len(),
                allowed(answer.header("allow"))
            ),
            (204, 0, methods),
            "{pattern}"
        );
    }
    ask(&app.nobody(), Method::OPTIONS, "/api/v1/nowhere", &[])
        .await
        .refused(404, "not_found");
}

#[actix_web::test]
async fn a_method_that_a_path_does_not_have_is_refused_with_those_it_has() {
    let app = TestApp::start().await;
    let all_roles = person_with_every_role(&app).await;
    for (pattern, (address, methods, confidential)) in paths() {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            if methods.contains(method.as_str())
                || confidential
                || is_another(&method, &address, &pattern)
            {
                continue;
            }
            let answer = ask(&all_roles, method.clone(), &address, &[]).await;
            assert_eq!(
                (answer.status, answer.code()),
                (405, "method_not_allowed"),
                "{method} {pattern}"
            );
            assert_eq!(
                allowed(answer.header("allow")),
                methods,
                "{method} {pattern}"
            );
        }
    }
}

#[actix_web::test]
async fn head_is_get_without_the_body_everywhere() {
    let app = TestApp::start().await;
    let (all_roles, customer) = (person_with_every_role(&app).await, app.customer().await);
    let mut tried = 0;
    for operation in operations()
        .into_iter()
        .filter(|one| one.method == Method::GET && one.id != "read_metrics")
    {
        for person in [&all_roles, &customer, &app.nobody()] {
            let (path, plain) = (operation.address(), [("accept-encoding", "identity")]);
            let (get, head) = (
                ask(person, Method::GET, &path, &plain).await,
                ask(person, Method::HEAD, &path, &plain).await,
            );
            assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
            for name in [
                "content-type",
                "etag",
                "link",
                "cache-control",
                "content-language",
                "vary",
            ] {
                assert_eq!(head.header(name), get.header(name), "{path}: {name}");
            }
            // Request ids of refusals differ, and so may their lengths; each read of the audit
            // trail adds an event to the trail.
            let settled = get.status == 200 && operation.id != "read_audit_trail";
            assert!(
                !settled || head.header("content-length") == get.header("content-length"),
                "{path}"
            );
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[actix_web::test]
async fn options_of_everything_is_no_path_of_ours() {
    let app = TestApp::start().await;
    let reply = raw_exchange(
        &app,
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
        std::time::Duration::from_secs(2),
    )
    .await;
    assert!(
        reply.is_empty() || reply.starts_with("HTTP/1.1 4"),
        "{reply}"
    );
}
