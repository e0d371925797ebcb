//! Rules about which replies an operation has to own up to. Front ends handle what is listed and nothing else.

use super::Subject;

/// Every response says what it means; `OpenAPI` demands it and the generator leaves an empty one out.
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

/// Whoever takes a body may find it unparsable, too large, of the wrong type, or wrong in content.
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

/// Whoever asks for a token may get none, or one that does not reach.
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

/// A reporter's session may be over; whoever has one may do what there is.
pub fn of_a_reporter(subject: &Subject<'_>) -> Vec<String> {
    if subject.wants("reporter") {
        missing(subject, &[&["401"]], "wants a reporter's token")
    } else {
        Vec::new()
    }
}

/// A change under `If-Match` may come too late, or without saying which version it means.
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

/// Of each group, one status at least has to be listed.
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
