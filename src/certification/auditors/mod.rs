//! Auditors of the office and audit teams.

pub(crate) mod http;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::form::check_line;
use super::schemes::SchemeCode;
use crate::error::{FieldError, fault};
use crate::ids::AuditorId;
use crate::web::body::{Validate, duplicate_errors};

/// Role of a member in the audit team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeamRole {
    /// Ketua tim.
    Lead,
    /// Auditor.
    Auditor,
    /// Petugas pengambil contoh (PPC).
    Sampler,
    /// Tenaga ahli.
    Expert,
    /// Pengamat.
    Observer,
}

/// A member of an audit team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamMember {
    /// The auditor.
    pub auditor_id: AuditorId,
    /// Role in the team.
    pub role: TeamRole,
}

/// A stored auditor.
#[derive(Debug, Clone)]
pub struct Auditor {
    pub(super) id: AuditorId,
    pub(super) name: String,
    pub(super) schemes: Vec<SchemeCode>,
    pub(super) may_lead: bool,
}

/// A new auditor.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditorForm {
    /// Name with titles, as letters print it.
    #[schema(example = "Ir. Sri Wahyuni, M.T.", min_length = 1, max_length = 200)]
    pub name: String,
    /// Schemes the auditor may audit, each once.
    #[schema(min_items = 1, max_items = 6)]
    pub schemes: Vec<SchemeCode>,
    /// Whether the auditor may lead a team.
    #[serde(default)]
    pub may_lead: bool,
}

impl Validate for AuditorForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        check_line(&mut faults, "/name", &self.name);
        if self.schemes.is_empty() {
            faults.push(fault(
                "/schemes",
                "wrong_value",
                "Sebutkan sedikitnya satu skema.",
                "Name at least one scheme.",
            ));
        }
        faults.extend(duplicate_errors(
            &self.schemes,
            |scheme| *scheme,
            |i| format!("/schemes/{i}"),
        ));
        faults
    }
}

/// An auditor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuditorView {
    /// Id of the auditor.
    pub id: AuditorId,
    /// Name with titles.
    #[schema(example = "Ir. Sri Wahyuni, M.T.")]
    pub name: String,
    /// Schemes the auditor may audit.
    pub schemes: Vec<SchemeCode>,
    /// Whether the auditor may lead a team.
    pub may_lead: bool,
    /// Whether the auditor is active.
    pub active: bool,
    /// When the auditor was added.
    pub created_at: DateTime<Utc>,
}

/// Validates `team` for `scheme`. `known` are the members of the team that are active auditors of
/// the office.
pub fn team_errors(
    team: &[TeamMember],
    known: &[Auditor],
    scheme: SchemeCode,
    pointer: &str,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    for (i, member) in team.iter().enumerate() {
        let member_pointer = format!("{pointer}/{i}/auditor_id");
        if team[..i]
            .iter()
            .any(|other| other.auditor_id == member.auditor_id)
        {
            faults.push(fault(
                member_pointer,
                "duplicate",
                "Orang ini sudah ada dalam tim.",
                "This person is in the team twice.",
            ));
            continue;
        }
        match known.iter().find(|auditor| auditor.id == member.auditor_id) {
            None => faults.push(fault(
                member_pointer,
                "unknown_auditor",
                "Bukan auditor kantor ini.",
                "Not an auditor of this office.",
            )),
            Some(auditor) if !auditor.schemes.contains(&scheme) => {
                faults.push(fault(
                    member_pointer,
                    "not_competent",
                    "Tidak kompeten untuk skema ini.",
                    "Not competent for this scheme.",
                ));
            }
            Some(auditor) if member.role == TeamRole::Lead && !auditor.may_lead => {
                faults.push(fault(
                    member_pointer,
                    "may_not_lead",
                    "Tidak boleh menjadi ketua tim.",
                    "May not lead a team.",
                ));
            }
            Some(_) => {}
        }
    }
    if team
        .iter()
        .filter(|member| member.role == TeamRole::Lead)
        .count()
        != 1
    {
        faults.push(fault(
            pointer,
            "one_lead",
            "Tim harus mempunyai tepat satu ketua.",
            "A team has exactly one lead.",
        ));
    }
    faults
}
