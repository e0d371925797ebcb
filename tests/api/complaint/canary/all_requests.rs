//! Every role requests every operation, and sends requests that must be refused: truncated JSON,
//! wrong types, words in paths and headers. No refusal may repeat their content.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::scenario::Scenario;
use super::sieve::Canaries;
use crate::complaint::office::ComplaintOffice;
use crate::manners::retries::is_of_complaints;
use crate::manners::{Operation, operations};
use crate::support::{Person, Request};

/// Whether the operation is about complaints.
fn is_about_complaints(operation: &Operation) -> bool {
    is_of_complaints(&operation.path)
        || [
            "/api/v1/desk",
            "/api/v1/audit-trail",
            "/api/v1/audit-trail/alarms",
            "/api/v1/notifications",
        ]
        .contains(&operation.path.as_str())
}

/// Every caller requests every readable resource.
pub async fn everybody_asks_for_everything(office: &ComplaintOffice, scenario: &Scenario) {
    let Scenario {
        people,
        reporters,
        cases,
        attachment,
        breach,
        ..
    } = scenario;
    let mut all: Vec<&Person> = people.iter().map(|(_, person)| person).collect();
    all.extend([&office.nobody].into_iter().chain(reporters));
    let mut paths = Vec::new();
    for operation in operations()
        .into_iter()
        .filter(|one| one.method == Method::GET && is_about_complaints(one))
    {
        let path = operation.path.replace("{attachment}", attachment);
        match path.strip_prefix("/api/v1/complaints/{id}") {
            Some(rest) => paths.extend(cases.iter().map(|case| format!("{}{rest}", case.path))),
            None => paths.push(path.replace("/breaches/{id}", &format!("/breaches/{breach}"))),
        }
    }
    paths.extend(cases.iter().map(|case| {
        format!(
            "/api/v1/complaints?count=true&public_number={}",
            case.number
        )
    }));
    paths.push("/api/v1/audit-trail?limit=200".to_owned());
    for path in paths {
        // Sequentially, because an idle connection may be closed under a parallel request. Not
        // every case has all of these resources.
        let mut read = path.contains("/attachments/")
            || path.ends_with("/answer")
            || path.ends_with("/answer/pdf")
            || path.ends_with("/disposition")
            || path.ends_with("/disposition/pdf");
        for person in &all {
            read |= person.get(&path).await.status == 200;
        }
        assert!(read, "no caller could read {path}");
    }
}

/// Sends requests that must be refused.
#[expect(
    clippy::too_many_lines,
    reason = "one request after the other, in order"
)]
pub async fn everybody_sends_what_is_refused(
    office: &ComplaintOffice,
    words: &mut Canaries,
    scenario: &Scenario,
) {
    let Scenario {
        people,
        reporters,
        cases,
        trace,
        ..
    } = scenario;
    let (reporter, case) = (&reporters[0], &cases[0]);
    let (word, number) = (
        words.word("stray word"),
        format!("1{}", Canaries::default().digits::<15>("unused")),
    );
    words.keep("stray number", &number);
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    let key = hex::encode(uuid::Uuid::new_v4().as_bytes());
    let headers = trace.with_key(&key);
    for operation in operations()
        .into_iter()
        .filter(|one| one.method == Method::POST && is_about_complaints(one))
    {
        let path = match operation.path.strip_prefix("/api/v1/complaints/{id}") {
            Some(rest) => format!(
                "{}{}",
                case.path,
                rest.replace("{disclosure}", &uuid::Uuid::new_v4().to_string())
                    .replace("{report}", &uuid::Uuid::new_v4().to_string())
            ),
            None => operation
                .path
                .replace("{id}", &uuid::Uuid::new_v4().to_string()),
        };
        let asking = |body: Vec<u8>| Request {
            method: Method::POST,
            path: &path,
            body: Some(("application/json", body)),
            headers: &headers,
        };
        let cut = asking(format!("{{\"text\": \"{word}").into_bytes());
        let everybody = people
            .iter()
            .map(|(_, person)| person)
            .chain([&office.nobody, reporter]);
        let takes_a_body = !document["paths"][&operation.path]["post"]["requestBody"].is_null();
        for person in everybody.filter(|_| takes_a_body) {
            assert!(person.ask(&cut).await.status >= 400, "{path}");
        }
        let schema = &document["paths"][&operation.path]["post"]["requestBody"]["content"]["application/json"]
            ["schema"];
        for body in wrong_bodies(&document, schema, &word, &number) {
            for person in [
                &office.nobody,
                reporter,
                &office.head,
                &office.clerk,
                &office.custodian,
            ] {
                let answer = person
                    .ask(&asking(serde_json::to_vec(&body).unwrap()))
                    .await;
                assert!(
                    answer.status >= 400,
                    "{path} took {body}: {}",
                    answer.status
                );
            }
        }
    }
    for path in [
        format!("/api/v1/complaints/{word}"),
        format!("/api/v1/complaints/mine/{word}"),
        format!("/api/v1/complaints?category={word}"),
        format!("/api/v1/complaints?limit={word}"),
        format!("/api/v1/complaints?cursor={word}"),
        format!("/api/v1/complaints/mine?receipt_code={word}"),
        format!("/api/v1/audit-trail?object_ref={word}"),
        format!("/api/v1/audit-trail?from={word}"),
    ] {
        let forger = office.nobody.with_token(&word);
        // A path that does not exist requires no authentication, but a token that is sent must be
        // valid.
        let askers = [
            &office.nobody,
            reporter,
            &office.head,
            &office.auditor,
            &forger,
        ];
        for person in &askers[..if path.ends_with(&format!("mine/{word}")) {
            1
        } else {
            askers.len()
        }] {
            let asking = Request {
                method: Method::GET,
                path: &path,
                body: None,
                headers: &headers[1..],
            };
            person.ask(&asking).await;
        }
    }
}

/// A body for each property of a schema, with a value of the wrong type: a number for a text, a
/// word for all others.
fn wrong_bodies(document: &Value, schema: &Value, word: &str, number: &str) -> Vec<Value> {
    let schema = resolved(document, schema);
    let none = Map::new();
    let mut bodies = Vec::new();
    for (name, property) in schema["properties"].as_object().unwrap_or(&none) {
        let property = resolved(document, property);
        let is_text = property["enum"].is_null()
            && property["format"].is_null()
            && property["type"].to_string().contains("string");
        let value = if is_text {
            json!(number.parse::<u64>().unwrap_or_default())
        } else {
            json!(word)
        };
        bodies.push(json!({name: value}));
        bodies.extend(
            wrong_bodies(document, property, word, number)
                .into_iter()
                .map(|inner| json!({name: inner})),
        );
        if let Some(items) = property.get("items") {
            bodies.extend(
                wrong_bodies(document, items, word, number)
                    .into_iter()
                    .map(|inner| json!({name: [inner]})),
            );
        }
    }
    bodies
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        return resolved(
            document,
            document.pointer(name.trim_start_matches('#')).unwrap(),
        );
    }
    let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    choices
        .and_then(|choices| choices.iter().find(|choice| choice["type"] != "null"))
        .map_or(schema, |choice| resolved(document, choice))
}
