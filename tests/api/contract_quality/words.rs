//! Rules about an operation's own description: its name, its texts in both languages, its callers,
//! and its step of the SOP.

use serde_json::Value;

use super::Subject;

/// `operation_id` is present and in `snake_case`; it becomes a function name in every generated
/// client.
pub fn operation_id(subject: &Subject<'_>) -> Vec<String> {
    let Some(id) = subject.place.text("operationId") else {
        return vec!["has no operation_id".to_owned()];
    };
    let snake = id.split('_').all(|word| {
        !word.is_empty()
            && word
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    });
    fault_unless(
        snake && !id.starts_with(|first: char| first.is_ascii_digit()),
        "its operation_id is not snake_case",
    )
}

/// The summary contains the office's own term, in parentheses or after a middle dot.
pub fn summary(subject: &Subject<'_>) -> Vec<String> {
    let Some(summary) = filled(subject, "summary") else {
        return vec!["has no summary".to_owned()];
    };
    let in_parentheses = summary
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(term, _)| term);
    let after_a_dot = summary.split_once('·').map(|(_, term)| term);
    let named = in_parentheses
        .or(after_a_dot)
        .is_some_and(|term| term.contains(char::is_alphabetic));
    fault_unless(
        named,
        &format!("its summary {summary:?} lacks the Indonesian term, \"(…)\" or \"· …\""),
    )
}

/// The description is present.
pub fn description(subject: &Subject<'_>) -> Vec<String> {
    fault_unless(
        filled(subject, "description").is_some(),
        "has no description",
    )
}

/// At least one tag, so that the documentation page has a section for it.
pub fn tags(subject: &Subject<'_>) -> Vec<String> {
    let tagged = subject
        .place
        .value
        .get("tags")
        .and_then(Value::as_array)
        .is_some_and(|tags| !tags.is_empty());
    fault_unless(tagged, "has no tag")
}

/// Security is explicit: the bearer token, a reporter's token, or none at all.
pub fn security(subject: &Subject<'_>) -> Vec<String> {
    let Some(security) = subject.place.get("security") else {
        return vec!["does not say its security; open to all is `security(())`".to_owned()];
    };
    let schemes = subject.root.pointer("/components/securitySchemes");
    let mut faults = Vec::new();
    for (name, _) in security.items().iter().flat_map(super::Node::children) {
        if !["bearer", "integration", "reporter"].contains(&name.as_str()) {
            faults.push(format!(
                "its security {name} is neither bearer, integration, reporter nor none"
            ));
        } else if schemes.and_then(|all| all.get(&name)).is_none() {
            faults.push(format!(
                "its security scheme {name} is not among the components"
            ));
        }
    }
    faults
}

/// Every parameter of the path is declared, required and described.
pub fn path_parameters(subject: &Subject<'_>) -> Vec<String> {
    let parameters = subject.operation.parameters(subject.root);
    let mut faults = Vec::new();
    for name in subject
        .operation
        .template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
    {
        let declared = parameters
            .iter()
            .rfind(|one| one.text("in") == Some("path") && one.text("name") == Some(name));
        match declared {
            None => faults.push(format!("its path parameter {name} is not declared")),
            Some(one) => {
                let described = one
                    .text("description")
                    .is_some_and(|text| !text.trim().is_empty());
                faults.extend(fault_unless(
                    described,
                    &format!("its path parameter {name} is not described"),
                ));
                faults.extend(fault_unless(
                    one.says("required"),
                    &format!("its path parameter {name} is not required"),
                ));
            }
        }
    }
    faults
}

/// A step of an SOP declares its number, its actor and its standard time. Rows without a number or
/// a standard time declare `null`.
pub fn sop_step(subject: &Subject<'_>) -> Vec<String> {
    let Some(step) = subject.place.value.get("x-sop") else {
        return Vec::new();
    };
    let text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let checks: &[(&str, bool)] = &[
        ("sop", step.get("sop").is_some_and(text)),
        (
            "step",
            step.get("step")
                .is_some_and(|no| no.is_null() || no.as_u64().is_some_and(|no| no > 0)),
        ),
        ("actor", step.get("actor").is_some_and(text)),
        (
            "within_minutes",
            step.get("within_minutes")
                .is_some_and(|minutes| minutes.is_null() || minutes.is_u64()),
        ),
    ];
    let wrong = checks.iter().filter(|(_, right)| !right);
    wrong
        .map(|(name, _)| format!("its x-sop lacks a proper {name}"))
        .collect()
}

fn filled<'d>(subject: &Subject<'d>, key: &str) -> Option<&'d str> {
    subject
        .place
        .text(key)
        .filter(|text| !text.trim().is_empty())
}

fn fault_unless(right: bool, fault: &str) -> Vec<String> {
    if right {
        Vec::new()
    } else {
        vec![fault.to_owned()]
    }
}
