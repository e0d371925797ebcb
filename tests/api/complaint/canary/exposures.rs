//! Compares every reply that contains a canary with the list of allowed readers.

use std::collections::BTreeSet;

use super::sieve::Sieve;
use crate::manners::operations;
use crate::support::{Person, RecordedReply};

/// The canaries of the reporter's form: `complaint` in the list below.
const COMPLAINT: [&str; 6] = [
    "subject", "account", "place", "occurred", "accused", "position",
];

/// Reader, request and canaries of each allowed reply. A canary in any other reply is a leak.
const ALLOWED: &[(&str, &str, &str)] = &[
    (
        "nobody",
        "POST /complaints 201",
        "receipt code, salt of a receipt",
    ),
    ("nobody", "POST /complaints/activations 200", "receipt code"),
    ("nobody", "POST /complaints/sessions 200", "token"),
    ("reporter", "GET /complaints/mine/answer 200", "answer"),
    (
        "reporter",
        "POST /complaints/mine/answer/acknowledgement 200",
        "salt of a receipt",
    ),
    (
        "reporter",
        "GET /complaints/mine/messages 200",
        "message of the office, message of the reporter",
    ),
    (
        "reporter",
        "POST /complaints/mine/messages 201",
        "message of the reporter",
    ),
    (
        "reporter",
        "GET /complaints/mine/retaliation-reports 200",
        "assessment of retaliation, retaliation",
    ),
    (
        "reporter",
        "POST /complaints/mine/retaliation-reports 201",
        "retaliation",
    ),
    (
        "conflict officer",
        "GET /complaints/{id}/retaliation-reports 200",
        "assessment of retaliation, retaliation",
    ),
    (
        "clerk",
        "POST /complaints/paper 201",
        "activation code, salt of a receipt, scan permit",
    ),
    (
        "head",
        "GET /complaints/{id} 200",
        "complaint, answer, disposition, forwarding, hold, out of scope, recall, referral, reopening, resolution, statement, warning",
    ),
    (
        "head",
        "POST /complaints/{id}/answer/return 200",
        "complaint, answer, disposition, forwarding, resolution, return, statement, warning",
    ),
    (
        "head",
        "POST /complaints/{id}/answer/signature 200",
        "complaint, answer, disposition, forwarding, resolution, statement, warning",
    ),
    (
        "head",
        "GET /complaints/{id}/disclosures 200",
        "decision on a disclosure, reason of a disclosure",
    ),
    (
        "head",
        "POST /complaints/{id}/disclosures 201",
        "opening code, reason of a disclosure",
    ),
    (
        "head",
        "POST /complaints/{id}/disclosures/{disclosure}/opening 200",
        "name",
    ),
    (
        "head",
        "POST /complaints/{id}/disposition 200",
        "complaint, disposition, recall, referral",
    ),
    (
        "head",
        "GET /complaints/{id}/messages 200",
        "message of the office, message of the reporter",
    ),
    (
        "head",
        "POST /complaints/{id}/out-of-scope 200",
        "complaint, out of scope",
    ),
    (
        "head",
        "POST /complaints/{id}/reopening 200",
        "complaint, hold, out of scope, reopening",
    ),
    (
        "PJI lead",
        "GET /complaints/{id} 200",
        "complaint, answer, disposition, forwarding, resolution, statement, warning",
    ),
    (
        "PJI lead",
        "GET /complaints/{id}/disclosures 200",
        "decision on a disclosure, reason of a disclosure",
    ),
    (
        "PJI lead",
        "POST /complaints/{id}/disclosures 201",
        "opening code, reason of a disclosure",
    ),
    (
        "PJI lead",
        "POST /complaints/{id}/forwarding 200",
        "complaint, disposition, forwarding",
    ),
    (
        "PJI lead",
        "GET /complaints/{id}/messages 200",
        "message of the office, message of the reporter",
    ),
    (
        "other PJI lead",
        "GET /complaints/{id} 200",
        "complaint, answer, disposition, forwarding, recall, referral, resolution, statement, warning",
    ),
    (
        "other PJI lead",
        "GET /complaints/{id}/messages 200",
        "message of the office, message of the reporter",
    ),
    (
        "team lead",
        "GET /complaints/{id} 200",
        "complaint, answer, disposition, forwarding, resolution, statement, warning",
    ),
    (
        "team lead",
        "GET /complaints/{id}/messages 200",
        "message of the office, message of the reporter",
    ),
    (
        "team lead",
        "POST /complaints/{id}/messages 201",
        "message of the office",
    ),
    (
        "team lead",
        "POST /complaints/{id}/resolution 200",
        "complaint, disposition, forwarding, resolution, statement, warning",
    ),
    (
        "team lead",
        "POST /complaints/{id}/warnings 200",
        "complaint, disposition, forwarding, warning",
    ),
    (
        "team lead",
        "GET /complaints/{id}/disclosures 200",
        "decision on a disclosure, reason of a disclosure",
    ),
    (
        "team lead",
        "POST /complaints/{id}/disclosures 201",
        "opening code, reason of a disclosure",
    ),
    (
        "team lead",
        "POST /complaints/{id}/disclosures/{disclosure}/original 200",
        "camera, name of a file, picture, place of a photograph",
    ),
    (
        "team staff",
        "GET /complaints/{id} 200",
        "answer, resolution",
    ),
    (
        "team staff",
        "POST /complaints/{id}/answer 200",
        "answer, resolution",
    ),
    (
        "external",
        "GET /complaints/{id} 200",
        "complaint, answer, disposition, recall, referral",
    ),
    (
        "external",
        "POST /complaints/{id}/external-answer 200",
        "complaint, answer, referral",
    ),
    (
        "conflict officer",
        "GET /complaints/{id}/conflicts 200",
        "accused, conflict, recusal",
    ),
    (
        "custodian",
        "POST /complaints/{id}/disclosures/{disclosure}/decision 200",
        "decision on a disclosure, reason of a disclosure",
    ),
    (
        "custodian",
        "GET /disclosures 200",
        "decision on a disclosure, reason of a disclosure",
    ),
    (
        "custodian",
        "GET /breaches/{id} 200",
        "what happened, what was done",
    ),
    (
        "auditor",
        "GET /breaches/{id} 200",
        "what happened, what was done",
    ),
    (
        "head",
        "GET /complaints/{id}/disposition 200",
        "disposition",
    ),
    (
        "PJI lead",
        "GET /complaints/{id}/disposition 200",
        "disposition",
    ),
    (
        "other PJI lead",
        "GET /complaints/{id}/disposition 200",
        "disposition",
    ),
    (
        "team lead",
        "GET /complaints/{id}/disposition 200",
        "disposition",
    ),
    (
        "external",
        "GET /complaints/{id}/disposition 200",
        "disposition",
    ),
    ("head", "GET /complaints/{id}/answer 200", "answer"),
    ("PJI lead", "GET /complaints/{id}/answer 200", "answer"),
    (
        "other PJI lead",
        "GET /complaints/{id}/answer 200",
        "answer",
    ),
    ("team lead", "GET /complaints/{id}/answer 200", "answer"),
    ("team staff", "GET /complaints/{id}/answer 200", "answer"),
    ("external", "GET /complaints/{id}/answer 200", "answer"),
    ("accused", "GET /warnings 200", "statement, warning"),
    (
        "accused",
        "POST /warnings/{id}/statement 200",
        "statement, warning",
    ),
];

/// The replies with canaries, in the form of the list above.
pub fn found(
    heard: &[RecordedReply],
    sieve: &Sieve,
    people: &[(&'static str, Person)],
) -> BTreeSet<(String, String, String)> {
    let paths: Vec<_> = operations()
        .into_iter()
        .map(|operation| (operation.method.to_string(), operation.path))
        .collect();
    assert!(
        heard.len() > 500,
        "every caller requested every resource: {}",
        heard.len()
    );
    let mut all = BTreeSet::new();
    for reply in heard {
        let path = reply.path.split('?').next().unwrap();
        // A problem names its path in `instance`, so a word that a caller puts into the path comes
        // back to that caller only.
        let body = match str::from_utf8(&reply.body) {
            Ok(text) => text
                .replace(&format!("\"instance\":\"{path}\""), "")
                .into_bytes(),
            Err(_) => reply.body.clone(),
        };
        let headers = reply
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect::<Vec<_>>()
            .join("\n");
        let told = sieve.kinds(&[headers.as_bytes(), &body].concat());
        let reader = match reply.reader {
            (id, true) if id.is_nil() => "reporter",
            (id, false) if id.is_nil() => "nobody",
            (id, _) => people
                .iter()
                .find(|(_, person)| person.id == id)
                .map_or("somebody", |(name, _)| name),
        };
        let asked = paths
            .iter()
            .find(|(method, template)| *method == reply.method && fits(template, path))
            .map_or(path, |(_, template)| template);
        let asked = format!(
            "{} {} {}",
            reply.method,
            asked.trim_start_matches("/api/v1"),
            reply.status
        );
        all.extend(
            told.into_iter()
                .filter(|kind| *kind != "planted")
                .map(|kind| (reader.to_owned(), asked.clone(), kind.to_owned())),
        );
    }
    all
}

/// Compares with the list in both directions: an unused entry of the list is a failure too.
pub fn compare(found: &BTreeSet<(String, String, String)>) {
    let allowed = ALLOWED.iter().flat_map(|(reader, asked, kinds)| {
        expanded(kinds).map(|kind| ((*reader).to_owned(), (*asked).to_owned(), kind.to_owned()))
    });
    let allowed: BTreeSet<_> = allowed.collect();
    let (leaks, idle): (Vec<_>, Vec<_>) = (
        found.difference(&allowed).collect(),
        allowed.difference(found).collect(),
    );
    assert!(
        leaks.is_empty() && idle.is_empty(),
        "leaked: {leaks:#?}\nallowed and not used: {idle:#?}"
    );
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(&path)
            .all(|(part, given)| part.starts_with('{') || part == given)
}

fn expanded(kinds: &'static str) -> impl Iterator<Item = &'static str> {
    let of = |kind| {
        if kind == "complaint" {
            COMPLAINT.to_vec()
        } else {
            vec![kind]
        }
    };
    kinds.split(", ").flat_map(of)
}
