//! Every form of the contract with every wrong type: refused with the right code, and every fault
//! with its place.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Operation, operations, person_with_every_role};
use crate::complaint::office::{ComplaintOffice, form};
use crate::support::{Answer, Person, Request, contract};

/// Operations that every caller is refused before the body is read.
/// The payment office signs its bodies; `certification::payments` sends wrong ones.
const NEVER_READ: &[&str] = &["receive_payments"];

pub(super) struct Crowd {
    office: ComplaintOffice,
    people: Vec<Person>,
}

impl Crowd {
    pub(super) async fn gather() -> Self {
        let office = ComplaintOffice::open().await;
        let (reporter, _, _) = office.submit(form()).await;
        let people = vec![
            person_with_every_role(&office.app).await,
            office.app.customer().await,
            reporter,
            office.app.nobody(),
        ];
        Self { office, people }
    }

    /// The answer to the first user with access to the operation, so that the body is read.
    pub(super) async fn send(
        &self,
        operation: &Operation,
        media_type: &str,
        bytes: &[u8],
    ) -> Option<Answer> {
        for person in &self.people {
            let (path, body) = (operation.address(), Some((media_type, bytes.to_vec())));
            let answer = person
                .ask(&Request {
                    method: operation.method.clone(),
                    path: &path,
                    body,
                    headers: &[("if-match", "*")],
                })
                .await;
            if !matches!(answer.status, 401 | 403 | 404) {
                return Some(answer);
            }
        }
        None
    }
}

pub(super) fn forms() -> impl Iterator<Item = Operation> {
    operations()
        .into_iter()
        .filter(|one| one.is_api() && one.form().is_some() && one.method != Method::GET)
}

#[actix_web::test]
async fn every_form_is_refused_for_what_is_wrong_with_it() {
    let crowd = Box::pin(Crowd::gather()).await;
    let (mut tried, mut unread) = (0, BTreeSet::new());
    let large = vec![b' '; (1 << 20) + 1];
    for operation in forms() {
        for (media_type, bytes, status, code) in [
            ("application/json", &b"{"[..], 400, "malformed_body"),
            ("application/json", b"\xff\xfe{}", 400, "malformed_body"),
            ("text/plain", b"{}", 415, "unsupported_media_type"),
            ("application/json", b"[]", 422, "invalid_content"),
            ("application/json", large.as_slice(), 413, "body_too_large"),
        ] {
            let Some(answer) = crowd.send(&operation, media_type, bytes).await else {
                unread.insert(operation.id.clone());
                continue;
            };
            assert_eq!(
                (answer.status, answer.code()),
                (status, code),
                "{}: {}",
                operation.id,
                answer.body
            );
            tried += 1;
        }
    }
    assert_eq!(
        unread.iter().map(String::as_str).collect::<Vec<_>>(),
        NEVER_READ
    );
    assert!(tried > 150, "{tried}");
    drop(crowd.office);
}

#[actix_web::test]
async fn every_field_that_is_missing_or_unknown_is_named_at_once() {
    let crowd = Box::pin(Crowd::gather()).await;
    let mut tried = 0;
    for operation in forms() {
        let body = json!({"made_up": 1, "also/made~up": null});
        let Some(answer) = crowd
            .send(
                &operation,
                "application/json",
                &serde_json::to_vec(&body).unwrap(),
            )
            .await
        else {
            continue;
        };
        assert_eq!(
            (answer.status, answer.code()),
            (422, "invalid_content"),
            "{}: {}",
            operation.id,
            answer.body
        );
        let mut expected: BTreeSet<_> = [
            ("/made_up".to_owned(), "unknown_field".to_owned()),
            ("/also~1made~0up".to_owned(), "unknown_field".to_owned()),
        ]
        .into();
        expected.extend(
            required(&operation)
                .into_iter()
                .map(|name| (format!("/{name}"), "missing_field".to_owned())),
        );
        assert_eq!(faults(&answer), expected, "{}", operation.id);
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[actix_web::test]
async fn every_field_of_a_wrong_type_is_named_at_once() {
    let crowd = Box::pin(Crowd::gather()).await;
    let mut tried = 0;
    for operation in forms() {
        // A list or an object instead of a text or a number, and the other way round, has the wrong
        // type.
        let properties = properties(&operation);
        let wrong: serde_json::Map<_, _> = properties
            .iter()
            .filter(|(_, takes_lists)| !takes_lists)
            .map(|(name, _)| (name.clone(), json!([[]])))
            .collect();
        if wrong.is_empty() {
            continue;
        }
        let Some(answer) = crowd
            .send(
                &operation,
                "application/json",
                &serde_json::to_vec(&wrong).unwrap(),
            )
            .await
        else {
            continue;
        };
        let named: BTreeSet<_> = faults(&answer)
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect();
        for name in wrong.keys() {
            let place = format!("/{name}");
            assert!(
                named
                    .iter()
                    .any(|at| *at == place || at.starts_with(&format!("{place}/"))),
                "{}: {name} is not among {named:?}",
                operation.id
            );
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
}

fn faults(answer: &Answer) -> BTreeSet<(String, String)> {
    let listed = answer.body["errors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    listed
        .iter()
        .map(|one| (text(&one["pointer"]), text(&one["code"])))
        .collect()
}

fn schema(operation: &Operation) -> Value {
    contract().resolved(operation.form().unwrap())
}

fn required(operation: &Operation) -> Vec<String> {
    let schema = schema(operation);
    schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// The properties of its form, and whether a property may be a list.
fn properties(operation: &Operation) -> Vec<(String, bool)> {
    let schema = schema(operation);
    let all = schema["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    all.into_iter()
        .map(|(name, one)| {
            (
                name,
                contract().resolved(&one).to_string().contains("\"array\""),
            )
        })
        .collect()
}
