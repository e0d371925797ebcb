//! Rules about the replies that an operation must document. Front ends handle the documented
//! replies and no others.

use super::Subject;

/// Every response has a description; `OpenAPI` demands one and the generator omits an empty one.
pub fn described(subject: &Subject<'_>) -> Vec<String> {
    let responses = subject.responses();
    if responses.is_empty() {
        return vec!["lists no responses".to_owned()];
    }
    let silent = responses.iter().filter(|(_, one)| {
        one.text("description")
            .is_none_or(|text| text.trim().is_empty())
    });
    silent
        .map(|(status, _)| format!("its response {status} has no description"))
        .collect()
}

/// An operation with a body documents its refusals: unparsable, too large, of the wrong type, or
/// wrong in content.
pub fn of_a_body(subject: &Subject<'_>) -> Vec<String> {
    if subject.place.get("requestBody").is_none() {
        return Vec::new();
    }
    missing(
        subject,
        &[&["400"], &["413"], &["415"], &["422"]],
        "takes a body",
    )
}

/// An operation with a bearer token documents a missing token and a missing right.
pub fn of_a_bearer(subject: &Subject<'_>) -> Vec<String> {
    if subject.wants("bearer") {
        missing(
            subject,
            &[&["401"], &["403", "404"]],
            "wants a bearer token",
        )
    } else {
        Vec::new()
    }
}

/// An operation of a reporter's session documents the ended session; no route demands more than a
/// session.
pub fn of_a_reporter(subject: &Subject<'_>) -> Vec<String> {
    if subject.wants("reporter") {
        missing(subject, &[&["401"]], "wants a reporter's token")
    } else {
        Vec::new()
    }
}

/// A change under `If-Match` documents a lost update and a missing header.
pub fn of_a_precondition(subject: &Subject<'_>) -> Vec<String> {
    let changes = matches!(subject.operation.method.as_str(), "put" | "patch");
    let is_if_match = |name: &str| name.eq_ignore_ascii_case("if-match");
    let parameters = subject.operation.parameters(subject.root);
    let guarded = parameters
        .iter()
        .any(|one| one.text("in") == Some("header") && one.text("name").is_some_and(is_if_match));
    if changes && guarded {
        missing(subject, &[&["412"], &["428"]], "is changed under If-Match")
    } else {
        Vec::new()
    }
}

/// One fault for each group of statuses of which the operation lists none.
fn missing(subject: &Subject<'_>, groups: &[&[&str]], why: &str) -> Vec<String> {
    let listed: Vec<_> = subject
        .responses()
        .into_iter()
        .map(|(status, _)| status)
        .collect();
    let absent = groups.iter().filter(|group| {
        !group
            .iter()
            .any(|status| listed.iter().any(|known| known == status))
    });
    absent
        .map(|group| format!("{why} and does not list {}", group.join(" or ")))
        .collect()
}
