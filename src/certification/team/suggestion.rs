//! Suggests a team: the scarcest role first, then the person with the fewest audit days, then the
//! smallest id. The same facts always give the same team.

use std::cmp::Reverse;

use serde::Serialize;

use super::rules::{ROLES, TeamWarning};
use super::{Candidate, TeamNeed, warnings};
use crate::certification::auditors::{Span, TeamMember, TeamRole};
use crate::ids::AuditorId;

/// The reason why a person is not in the suggested team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectionReason {
    /// Retired on a day of the audit.
    Retired,
    /// Related to the customer within two years before the audit.
    Related,
    /// On leave, at other work or in another audit.
    NotFree,
    /// Without a competence that the team needs on these days.
    NotCompetent,
    /// Suitable, but others have fewer audit days.
    NotNeeded,
}

/// A suggested member.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SuggestedMember {
    /// The person.
    pub auditor_id: AuditorId,
    /// Name with titles.
    #[schema(example = "Ir. Sri Wahyuni, M.T.")]
    pub name: String,
    /// The role.
    pub role: TeamRole,
    /// Calendar days of agreed audits in the twelve months before the audit.
    #[schema(example = 14)]
    pub load_days: i64,
    /// Whether the person declared about this customer.
    pub has_declared: bool,
}

/// A person that is not in the suggested team.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RejectedPerson {
    /// The person.
    pub auditor_id: AuditorId,
    /// Name with titles.
    #[schema(example = "Bambang Susilo, S.T.")]
    pub name: String,
    /// Every reason.
    pub reasons: Vec<RejectionReason>,
}

/// A suggested team.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TeamSuggestion {
    /// The days of the audit: the first one.
    #[schema(example = "2026-07-20")]
    pub first_day: chrono::NaiveDate,
    /// The days of the audit: the last one.
    #[schema(example = "2026-07-21")]
    pub last_day: chrono::NaiveDate,
    /// The team, in the order of roles.
    pub team: Vec<SuggestedMember>,
    /// Roles for which no person was found, one entry for each person.
    pub missing_roles: Vec<TeamRole>,
    /// Standards and technical codes that no available person covers.
    #[schema(example = json!([]))]
    pub missing_codes: Vec<String>,
    /// The people that are not in the team, with the reasons.
    pub rejected: Vec<RejectedPerson>,
    /// Warnings that will want a reason in the proposal.
    pub warnings: Vec<TeamWarning>,
}

/// Suggests a team of `auditors` auditors beside the lead among `people`, for an audit of `days`
/// days.
pub fn suggest(
    people: &[Candidate],
    need: &TeamNeed,
    span: Span,
    (days, auditors): (u16, usize),
) -> TeamSuggestion {
    let spans = [span];
    let mut needed: Vec<(TeamRole, usize)> = ROLES
        .iter()
        .filter(|rule| rule.at_least > 0 && rule.applies(need.scheme, need.kind))
        .map(|rule| (rule.role, rule.at_least))
        .collect();
    if auditors > 0 {
        needed.push((TeamRole::Auditor, auditors));
    }
    let fits = |person: &Candidate, role| {
        hindrances(person, &spans).is_empty() && person.qualifies(need.scheme, role, &spans)
    };
    needed.sort_by_key(|(role, _)| (people.iter().filter(|one| fits(one, *role)).count(), *role));
    let mut chosen: Vec<(&Candidate, TeamRole)> = Vec::new();
    let mut missing_roles = Vec::new();
    for (role, number) in needed {
        for _ in 0..number {
            let next = people
                .iter()
                .filter(|one| fits(one, role) && !is_chosen(&chosen, one))
                .min_by_key(|one| (one.load_days, one.id));
            match next {
                Some(person) => chosen.push((person, role)),
                None => missing_roles.push(role),
            }
        }
    }
    let missing_codes = cover(&mut chosen, people, need, &spans, fits);
    chosen.sort_by_key(|(person, role)| (*role, person.id));
    let team: Vec<_> = chosen
        .iter()
        .map(|(person, role)| TeamMember {
            auditor_id: person.id,
            role: *role,
        })
        .collect();
    let found = warnings(&team, people, need, Some(days));
    TeamSuggestion {
        first_day: span.0,
        last_day: span.1,
        missing_roles,
        missing_codes,
        rejected: people
            .iter()
            .filter(|one| !is_chosen(&chosen, one))
            .map(|one| rejected(one, need, &spans))
            .collect(),
        warnings: found.into_iter().map(|(warning, _)| warning).collect(),
        team: chosen
            .into_iter()
            .map(|(person, role)| SuggestedMember {
                auditor_id: person.id,
                name: person.name.clone(),
                role,
                load_days: person.load_days,
                has_declared: person.has_declared,
            })
            .collect(),
    }
}

/// Adds people until the team covers every code that an available person covers: the one that covers
/// most first. Returns the codes that stay uncovered.
fn cover<'a>(
    chosen: &mut Vec<(&'a Candidate, TeamRole)>,
    people: &'a [Candidate],
    need: &TeamNeed,
    spans: &[Span],
    fits: impl Fn(&Candidate, TeamRole) -> bool,
) -> Vec<String> {
    let roles = [TeamRole::Expert, TeamRole::Auditor];
    loop {
        let open: Vec<&String> = need
            .codes
            .iter()
            .filter(|code| {
                !chosen.iter().any(|(person, role)| {
                    (*role == TeamRole::Lead || roles.contains(role))
                        && person.covers(need.scheme, code, spans)
                })
            })
            .collect();
        let covered = |one: &Candidate| {
            open.iter()
                .filter(|code| one.covers(need.scheme, code, spans))
                .count()
        };
        let next = people
            .iter()
            .filter(|one| !is_chosen(chosen, one) && covered(one) > 0)
            .filter_map(|one| Some((one, *roles.iter().find(|role| fits(one, **role))?)))
            .min_by_key(|(one, _)| (Reverse(covered(one)), one.load_days, one.id));
        match next {
            Some(member) => chosen.push(member),
            None => return open.into_iter().cloned().collect(),
        }
    }
}

fn is_chosen(chosen: &[(&Candidate, TeamRole)], person: &Candidate) -> bool {
    chosen.iter().any(|(one, _)| one.id == person.id)
}

/// The reasons that keep a person out of any role.
fn hindrances(person: &Candidate, spans: &[Span]) -> Vec<RejectionReason> {
    [
        (person.is_retired(spans), RejectionReason::Retired),
        (person.is_related, RejectionReason::Related),
        (person.is_busy, RejectionReason::NotFree),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

fn rejected(person: &Candidate, need: &TeamNeed, spans: &[Span]) -> RejectedPerson {
    let mut reasons = hindrances(person, spans);
    let roles = [
        TeamRole::Lead,
        TeamRole::Auditor,
        TeamRole::SamplingOfficer,
        TeamRole::Expert,
    ];
    if !roles
        .iter()
        .any(|role| person.qualifies(need.scheme, *role, spans))
    {
        reasons.push(RejectionReason::NotCompetent);
    }
    if reasons.is_empty() {
        reasons.push(RejectionReason::NotNeeded);
    }
    RejectedPerson {
        auditor_id: person.id,
        name: person.name.clone(),
        reasons,
    }
}
