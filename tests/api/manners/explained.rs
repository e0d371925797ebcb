//! Every `type` of a problem points to an explanation in both languages, as JSON and as a page; and
//! so does every code inside `errors`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::error::Code;
use service_desk::problems::faults::TABLE;

use super::ask;
use crate::support::{TestApp, contract};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[actix_web::test]
async fn every_code_is_explained_with_cause_remedy_and_a_whole_example() {
    let app = TestApp::start().await;
    let all = app.nobody().get("/api/v1/problems").await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), Code::ALL.len());
    let schema =
        crate::support::contract::walk::Node::at(contract().root(), "/components/schemas/Problem")
            .unwrap();
    for row in Code::ALL.iter().map(|code| code.row()) {
        let path = format!("/api/v1/problems/{}", row.code);
        for (language, title) in [("id", row.title.id), ("en", row.title.en)] {
            let answer = ask(
                &app.nobody(),
                Method::GET,
                &path,
                &[("accept-language", language)],
            )
            .await;
            assert_eq!(
                (
                    answer.header("content-language"),
                    answer
                        .header("vary")
                        .is_some_and(|vary| vary.contains("Accept-Language"))
                ),
                (Some(language), true)
            );
            let kind = answer.expect(200);
            for words in ["/cause/id", "/cause/en", "/remedy/id", "/remedy/en"] {
                assert!(
                    kind.pointer(words).unwrap().as_str().unwrap().len() > 5,
                    "{}: {words}",
                    row.code
                );
            }
            assert_ne!(kind["cause"]["id"], kind["cause"]["en"], "{}", row.code);
            let example = &kind["example"];
            assert_eq!(
                contract().value_faults(&schema, example),
                Vec::<String>::new(),
                "{}",
                row.code
            );
            assert_eq!(
                (&example["type"], &example["title"], &example["status"]),
                (&json!(path), &json!(title), &json!(row.status))
            );
            assert_eq!(
                example.get("errors").is_some(),
                ["invalid_content", "invalid_parameter"].contains(&row.code),
                "{}",
                row.code
            );
        }
    }
    app.nobody()
        .get("/api/v1/problems/made_up")
        .await
        .refused(404, "not_found");
}

#[actix_web::test]
async fn the_type_of_a_refusal_opens_in_a_browser() {
    let app = TestApp::start().await;
    let refusal = app
        .nobody()
        .get("/api/v1/me")
        .await
        .refused(401, "unauthenticated");
    for path in [
        refusal["type"].as_str().unwrap(),
        "/api/v1/problems",
        "/guide",
        "/guide/customer",
        "/guide/protection",
    ] {
        for (language, words) in [("id", "lang=\"id\""), ("en", "lang=\"en\"")] {
            let headers = [("accept", BROWSER), ("accept-language", language)];
            let page = ask(&app.nobody(), Method::GET, path, &headers).await;
            let text = String::from_utf8(page.bytes.clone()).unwrap();
            assert_eq!(
                (page.status, page.header("content-type")),
                (200, Some("text/html; charset=utf-8")),
                "{path}"
            );
            // The guide is written in English.
            assert!(
                text.starts_with("<!doctype html>")
                    && (text.contains(words) || path.starts_with("/guide")),
                "{path}: {text}"
            );
            assert!(
                !text.contains("<script") && page.header("content-security-policy").is_some(),
                "{path}"
            );
            let again = ask(
                &app.nobody(),
                Method::GET,
                path,
                &[headers[0], headers[1], ("if-none-match", &page.etag())],
            )
            .await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path}");
        }
    }
    let plain = ask(&app.nobody(), Method::GET, "/guide/customer", &[]).await;
    assert_eq!(
        plain.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
    let first = ask(&app.nobody(), Method::GET, "/guide", &[]).await;
    let first = String::from_utf8(first.bytes).unwrap();
    assert!(
        first.contains("](/guide/customer)") && !first.contains(".md)"),
        "links lead to pages here, too: {first}"
    );
    let indonesian = ask(
        &app.nobody(),
        Method::GET,
        "/guide/pelapor",
        &[("accept-language", "en")],
    )
    .await;
    let told = (indonesian.status, indonesian.header("content-language"));
    assert_eq!(
        told,
        (200, Some("id")),
        "a page has one language, whatever the header"
    );
    app.nobody()
        .get("/guide/made-up")
        .await
        .refused(404, "not_found");
}

#[actix_web::test]
async fn every_page_that_the_guide_and_the_contract_lead_to_is_there() {
    let app = TestApp::start().await;
    let (mut open, mut seen) = (
        vec!["/guide".to_owned(), "/api/v1/problems".to_owned()],
        BTreeSet::new(),
    );
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    let introduction = document["info"]["description"].as_str().unwrap();
    open.extend(
        introduction
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
            .map(str::to_owned),
    );
    assert!(
        open.iter().any(|link| link == "/guide/integrator"),
        "the documentation opens on the guide: {open:?}"
    );
    while let Some(path) = open.pop() {
        let bare = path.split('#').next().unwrap_or_default().to_owned();
        if !bare.starts_with('/') || bare.starts_with("/swagger-ui") || !seen.insert(bare.clone()) {
            continue;
        }
        let page = ask(&app.nobody(), Method::GET, &bare, &[("accept", BROWSER)]).await;
        assert_eq!(page.status, 200, "{bare}");
        let text = String::from_utf8_lossy(&page.bytes).into_owned();
        open.extend(
            text.split("href=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .map(str::to_owned),
        );
    }
    assert!(seen.len() > 30, "{seen:?}");
}

#[test]
fn every_operation_stands_under_a_subject_that_introduces_itself() {
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    let introduced: Vec<_> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| (tag["name"].as_str().unwrap(), &tag["description"]))
        .collect();
    for (name, words) in &introduced {
        assert!(
            words.as_str().is_some_and(|words| words.len() > 20),
            "{name} is not introduced"
        );
    }
    // The calls to receivers of webhooks have a tag that no operation has.
    let callbacks = document["webhooks"]
        .as_object()
        .unwrap()
        .values()
        .map(|item| item["post"]["tags"].clone());
    let (operations, callbacks) = (super::operations(), callbacks.collect::<Vec<_>>());
    let tags = |of: &serde_json::Value| of.as_array().cloned().unwrap_or_default();
    assert!(callbacks.iter().flat_map(tags).all(|tag| {
        operations
            .iter()
            .all(|one| !tags(&one.document["tags"]).contains(&tag))
    }));
    let used: BTreeSet<_> = operations
        .iter()
        .map(|one| &one.document["tags"])
        .chain(&callbacks)
        .flat_map(tags)
        .map(|tag| tag.as_str().unwrap().to_owned())
        .collect();
    let listed: BTreeSet<_> = introduced
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(
        used, listed,
        "each subject is introduced, and none is empty"
    );
}

/// Every string literal of the tests, including the tests within the source and the crates.
fn literals_of_tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut literals = BTreeSet::new();
    for file in ["tests", "src", "crates"]
        .map(|folder| files(&root.join(folder)))
        .concat()
    {
        let text = std::fs::read_to_string(&file).unwrap();
        let is_test = file.starts_with(root.join("tests"))
            || file.components().any(|part| part.as_os_str() == "tests")
            || file.ends_with("tests.rs");
        let tested = if is_test {
            text.as_str()
        } else {
            text.split_once("#[cfg(test)]")
                .map_or("", |(_, tests)| tests)
        };
        literals.extend(tested.split('"').map(str::to_owned));
    }
    literals
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                vec![path]
            } else {
                vec![]
            }
        })
        .collect()
}

/// Every test checks that the codes of its replies are explained. This test checks the opposite
/// direction: a test provokes each explained code.
#[test]
fn every_code_inside_errors_stands_once_in_the_table_and_is_provoked_by_a_test() {
    let codes: BTreeSet<_> = TABLE.iter().map(|kind| kind.code).collect();
    assert_eq!(codes.len(), TABLE.len(), "a code stands in the table once");
    for kind in TABLE {
        let words = [
            kind.meaning.id,
            kind.meaning.en,
            kind.remedy.id,
            kind.remedy.en,
        ];
        assert!(
            words
                .iter()
                .all(|words| words.ends_with('.') || words.ends_with('}')),
            "{}",
            kind.code
        );
    }
    let literals = literals_of_tests();
    let never: Vec<_> = codes
        .iter()
        .filter(|code| !literals.contains(**code))
        .collect();
    assert!(never.is_empty(), "no test asserts {never:?}");
}

#[actix_web::test]
async fn the_codes_inside_errors_are_listed_by_the_service_and_in_the_contract() {
    let app = TestApp::start().await;
    let all = app.nobody().get("/api/v1/problems").await.expect(200);
    let listed: Vec<Value> = all["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| kind["code"].clone())
        .collect();
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    assert_eq!(document["x-fault-codes"].as_array(), Some(&listed));
    assert_eq!(listed.len(), TABLE.len());
}
