//! The operations that need more, or accept less, than a session with a second factor: one table.
//! Authentication enforces it for every request, and the contract documents it as `x-assurance`.

use serde_json::json;
use utoipa::openapi::path::Operation;

use super::extend;
use crate::web::operations::Assurance;

/// The operations with another assurance than `Session`, by subject.
const TABLE: &[(&str, Assurance)] = &[
    // Enrolling: everything that a session without the required factor may do.
    ("show_me", Assurance::Enrolment),
    ("logout", Assurance::Enrolment),
    ("show_second_factors", Assurance::Enrolment),
    ("enrol_totp", Assurance::FreshEnrolment),
    ("confirm_totp", Assurance::FreshEnrolment),
    ("start_passkey", Assurance::FreshEnrolment),
    ("add_passkey", Assurance::FreshEnrolment),
    // Second factors, the password, and sessions.
    ("change_password", Assurance::Fresh),
    ("end_own_session", Assurance::Fresh),
    ("end_other_sessions", Assurance::Fresh),
    ("remove_second_factor", Assurance::Fresh),
    ("renew_recovery_codes", Assurance::Fresh),
    // Identities of reporters.
    ("decide_disclosure", Assurance::Fresh),
    ("open_disclosure", Assurance::Fresh),
    ("open_disclosed_original", Assurance::Fresh),
    // Roles, and accounts that come with roles: also the head's post for some days, and membership
    // of a team, which shows its complaints.
    ("set_user_roles", Assurance::Fresh),
    ("create_user", Assurance::Fresh),
    ("change_user", Assurance::Fresh),
    ("invite_user", Assurance::Fresh),
    ("create_acting_appointment", Assurance::Fresh),
    ("confirm_acting_appointment", Assurance::Fresh),
    ("revoke_acting_appointment", Assurance::Fresh),
    ("create_team", Assurance::Fresh),
    ("change_team", Assurance::Fresh),
    // Signatures on letters.
    ("sign_audit_notice", Assurance::Fresh),
    ("sign_answer", Assurance::Fresh),
    ("settle_externally", Assurance::Fresh),
    // Exports of complaints: files of people outside, and papers that name the case.
    ("download_attachment", Assurance::Fresh),
    ("read_answer", Assurance::Fresh),
    ("read_disposition", Assurance::Fresh),
    // Keys and secrets of programs. The custodian's key is exchanged on the command line only.
    ("create_integration", Assurance::Fresh),
    ("change_integration", Assurance::Fresh),
    ("create_webhook", Assurance::Fresh),
    ("change_webhook", Assurance::Fresh),
    ("rotate_webhook_secret", Assurance::Fresh),
];

/// The assurance of `operation`. A file of a resource (`<id>_pdf`) has that of the resource.
pub(super) fn of(operation: &Operation) -> Assurance {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let resource = FORMATS
        .iter()
        .find_map(|format| id.strip_suffix(format)?.strip_suffix('_'))
        .unwrap_or(id);
    TABLE
        .iter()
        .find(|(name, _)| *name == id || *name == resource)
        .map_or(Assurance::Session, |(_, assurance)| *assurance)
}

/// The formats of files of a resource.
const FORMATS: &[&str] = &["pdf", "csv", "xlsx", "svg", "mermaid", "ics"];

/// Documents the assurance.
pub(super) fn annotate(operation: &mut Operation) {
    let assurance = of(operation);
    let code = match (assurance.is_for_enrolment(), assurance.is_fresh()) {
        (false, false) => return,
        (true, false) => "enrolment",
        (false, true) => "fresh_second_factor",
        (true, true) => "enrolment, fresh_second_factor",
    };
    extend(operation, "x-assurance", json!(code));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::operations::Access;

    #[test]
    fn every_operation_whose_form_has_a_passphrase_needs_a_fresh_second_factor() {
        let document = crate::app::document();
        let written = serde_json::to_value(&document).unwrap();
        let mut found = 0;
        for (_, _, operation) in super::super::documented(&document) {
            let body = serde_json::to_value(&operation.request_body).unwrap();
            let mut names = vec![body];
            // The schemas of the body, with those that they refer to.
            let mut seen = std::collections::BTreeSet::new();
            let mut has_passphrase = false;
            while let Some(part) = names.pop() {
                has_passphrase |= part["properties"].get("passphrase").is_some();
                for text in part.to_string().split("#/components/schemas/").skip(1) {
                    let name = text.split('"').next().unwrap_or_default().to_owned();
                    if seen.insert(name.clone()) {
                        names.push(written["components"]["schemas"][&name].clone());
                    }
                }
            }
            if has_passphrase {
                found += 1;
                assert!(of(operation).is_fresh(), "{:?}", operation.operation_id);
            }
        }
        assert!(found >= 3, "{found}");
    }

    #[test]
    fn a_file_of_a_resource_needs_what_the_resource_needs() {
        let operation = |id: &str| {
            let mut operation = Operation::new();
            operation.operation_id = Some(id.to_owned());
            operation
        };
        for id in ["read_answer_pdf", "read_disposition_pdf", "read_answer"] {
            assert!(of(&operation(id)).is_fresh(), "{id}");
        }
        assert!(!of(&operation("read_letter_pdf")).is_fresh());
    }

    #[test]
    fn every_row_of_the_assurance_names_an_operation_of_signed_in_users_once() {
        let document = crate::app::document();
        for (name, _) in TABLE {
            let named: Vec<_> = super::super::documented(&document)
                .filter(|(_, _, operation)| operation.operation_id.as_deref() == Some(*name))
                .collect();
            assert_eq!(named.len(), 1, "{name}");
            assert_eq!(Access::of(named[0].2), Access::SignedIn, "{name}");
            let rows = TABLE.iter().filter(|(other, _)| other == name).count();
            assert_eq!(rows, 1, "{name}");
        }
    }
}
