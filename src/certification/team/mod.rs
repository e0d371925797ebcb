//! Audit teams: the rules of composition, the warnings that want a reason, and suggestions.

pub(crate) mod rules;
pub(crate) mod store;
pub(crate) mod suggestion;

use chrono::{Days, NaiveDate};

use self::rules::{LOAD, MAX_AUDIT_DAYS, ROLES, ROTATION, TeamWarning};
use super::audit_time::AuditTime;
use super::auditors::{Competence, Span, TeamMember, TeamRole};
use super::facts::ApplicationKind;
use super::form::ApplicationForm;
use super::schemes::SchemeCode;
use crate::error::{FieldError, Text, fault, text};
use crate::ids::AuditorId;
use crate::sop::working_time::Calendar;

/// The demands of an application on its team.
#[derive(Debug)]
pub struct TeamNeed {
    scheme: SchemeCode,
    kind: ApplicationKind,
    /// Standards and technical codes that the members must cover together.
    codes: Vec<String>,
    /// Auditor-days on site, in half days; none without a recorded audit time.
    pub on_site: Option<u32>,
}

impl TeamNeed {
    /// The demands of `form` with its recorded audit time.
    pub fn of(form: &ApplicationForm, time: Option<&AuditTime>) -> Self {
        let mut codes: Vec<String> = form
            .products
            .iter()
            .map(|product| product.standard.clone())
            .chain(
                time.iter()
                    .flat_map(|time| time.form.technical_codes.iter().map(|code| code.0.clone())),
            )
            .collect();
        codes.sort_unstable();
        codes.dedup();
        Self {
            scheme: form.scheme,
            kind: form.kind,
            codes,
            on_site: time.map(|time| time.result.on_site_days.halves()),
        }
    }
}

/// A person of the office's list, with the facts that matter to one audit.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The person.
    pub id: AuditorId,
    /// Name with titles.
    pub name: String,
    /// Competences.
    pub competences: Vec<Competence>,
    /// From this day on the person joins no team.
    pub retired_on: Option<NaiveDate>,
    /// Whether the person is related to the customer.
    pub is_related: bool,
    /// Whether the person has other bookings on these days.
    pub is_busy: bool,
    /// Firm audit days in the twelve months before the audit, weekends within an audit included.
    pub load_days: i64,
    /// How many of the customer's last audits under the scheme, up to the limit of rotation, the
    /// person led.
    pub led: i64,
    /// Whether the person declared about this customer.
    pub has_declared: bool,
}

impl Candidate {
    fn qualifies(&self, scheme: SchemeCode, role: TeamRole, spans: &[Span]) -> bool {
        role.qualifications().is_empty()
            || spans.iter().all(|span| {
                self.competences
                    .iter()
                    .any(|one| one.qualifies(scheme, role, *span))
            })
    }

    fn covers(&self, scheme: SchemeCode, code: &str, spans: &[Span]) -> bool {
        let roles = [TeamRole::Lead, TeamRole::Auditor, TeamRole::Expert];
        self.competences.iter().any(|one| {
            one.covers(code)
                && spans
                    .iter()
                    .all(|span| roles.iter().any(|role| one.qualifies(scheme, *role, *span)))
        })
    }

    fn is_retired(&self, spans: &[Span]) -> bool {
        self.retired_on
            .is_some_and(|day| spans.iter().any(|span| day <= span.1))
    }
}

/// The days of an audit of `audit_days` days that begins on `first`: to the latest day that skips no
/// working day.
pub fn audit_span(calendar: &Calendar, first: NaiveDate, audit_days: Option<u16>) -> Span {
    let number = usize::from(audit_days.unwrap_or(rules::MAX_DAYS_UNSTATED));
    let horizon = first.checked_add_days(Days::new(366)).unwrap_or(first);
    let last = match number {
        0 | 1 => Some(first),
        more => calendar.working_days(first, horizon).nth(more - 2),
    };
    (first, last.unwrap_or(horizon))
}

/// Adds an error unless an audit may take `days` days.
pub fn check_audit_days(faults: &mut Vec<FieldError>, days: Option<u16>) {
    if days.is_some_and(|days| !(1..=MAX_AUDIT_DAYS).contains(&days)) {
        faults.push(fault(
            "/audit_days",
            "wrong_value",
            format!("Lama audit 1 sampai {MAX_AUDIT_DAYS} hari."),
            format!("The audit may take 1 to {MAX_AUDIT_DAYS} days."),
        ));
    }
}

/// Every violation of the rules by `team` on each of `spans`. `known` are its members that belong to
/// the office.
pub fn team_errors(
    team: &[TeamMember],
    known: &[Candidate],
    need: &TeamNeed,
    spans: &[Span],
    pointer: &str,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    for (i, member) in team.iter().enumerate() {
        let at = format!("{pointer}/{i}/auditor_id");
        let earlier = team[..i]
            .iter()
            .find(|other| other.auditor_id == member.auditor_id);
        if let Some(earlier) = earlier {
            faults.push(repeated(at, earlier.role, member.role));
            continue;
        }
        let person = known.iter().find(|one| one.id == member.auditor_id);
        faults.extend(person_error(at, person, member.role, need, spans));
    }
    for rule in ROLES
        .iter()
        .filter(|rule| rule.applies(need.scheme, need.kind))
    {
        let number = team.iter().filter(|one| one.role == rule.role).count();
        let fits = number >= rule.at_least && rule.at_most.is_none_or(|most| number <= most);
        if !fits {
            faults.push(composition_fault(pointer, rule.role));
        }
    }
    let auditing: Vec<_> = team
        .iter()
        .filter(|member| {
            matches!(
                member.role,
                TeamRole::Lead | TeamRole::Auditor | TeamRole::Expert
            )
        })
        .filter_map(|member| known.iter().find(|one| one.id == member.auditor_id))
        .collect();
    let uncovered = need.codes.iter().filter(|code| {
        !auditing
            .iter()
            .any(|person| person.covers(need.scheme, code, spans))
    });
    faults.extend(uncovered.map(|code| {
        fault(
            pointer,
            "code_not_covered",
            format!("Tidak ada anggota tim yang kompeten untuk {code}."),
            format!("No member of the team is competent for {code}."),
        )
    }));
    faults
}

fn repeated(at: String, one: TeamRole, other: TeamRole) -> FieldError {
    if one.is_outside() || other.is_outside() {
        fault(
            at,
            "reviewer_in_team",
            "Evaluator dan pengambil keputusan tidak boleh anggota tim, dan bukan orang yang sama.",
            "Evaluator and decider are outside the team, and are two people.",
        )
    } else {
        fault(
            at,
            "duplicate",
            "Orang ini sudah ada dalam tim.",
            "This person is in the team twice.",
        )
    }
}

fn person_error(
    at: String,
    person: Option<&Candidate>,
    role: TeamRole,
    need: &TeamNeed,
    spans: &[Span],
) -> Option<FieldError> {
    let Some(person) = person else {
        return Some(fault(
            at,
            "unknown_auditor",
            "Bukan auditor kantor ini.",
            "Not an auditor of this office.",
        ));
    };
    if person.is_retired(spans) {
        return Some(fault(
            at,
            "retired",
            "Tidak lagi bertugas sebagai auditor pada hari audit.",
            "No longer an auditor on the days of the audit.",
        ));
    }
    if person.qualifies(need.scheme, role, spans) {
        return None;
    }
    if role == TeamRole::Lead && person.qualifies(need.scheme, TeamRole::Auditor, spans) {
        return Some(fault(
            at,
            "may_not_lead",
            "Tidak boleh menjadi ketua tim.",
            "May not lead a team.",
        ));
    }
    Some(fault(
        at,
        "not_competent",
        "Tidak kompeten untuk skema dan peran ini pada hari audit.",
        "Not competent for this scheme and role on the days of the audit.",
    ))
}

fn composition_fault(pointer: &str, role: TeamRole) -> FieldError {
    let (code, id, en) = match role {
        TeamRole::Lead => (
            "one_lead",
            "Tim harus mempunyai tepat satu ketua.",
            "A team has exactly one lead.",
        ),
        TeamRole::SamplingOfficer => (
            "no_sampling_officer",
            "Contoh diambil: tim memerlukan petugas pengambil contoh.",
            "Samples are taken: the team needs a sampling officer.",
        ),
        TeamRole::Auditor
        | TeamRole::Expert
        | TeamRole::Observer
        | TeamRole::Evaluator
        | TeamRole::Decider => (
            "wrong_number",
            "Jumlah orang dengan peran ini di luar batas.",
            "The number of people in this role is out of bounds.",
        ),
    };
    fault(pointer, code, id, en)
}

/// The circumstances of `team` that want a reason, in an audit of `audit_days` days.
pub fn warnings(
    team: &[TeamMember],
    known: &[Candidate],
    need: &TeamNeed,
    audit_days: Option<u16>,
) -> Vec<(TeamWarning, Text)> {
    let mut found = Vec::new();
    for member in team.iter().filter(|member| !member.role.is_outside()) {
        let Some(person) = known.iter().find(|one| one.id == member.auditor_id) else {
            continue;
        };
        if member.role == TeamRole::Lead && reaches(person.led, ROTATION.limit) {
            found.push((
                TeamWarning::Rotation,
                text(
                    format!(
                        "{} memimpin {} audit terakhir pelanggan ini.",
                        person.name, ROTATION.limit
                    ),
                    format!(
                        "{} led the last {} audits of this customer.",
                        person.name, ROTATION.limit
                    ),
                ),
            ));
        }
        if reaches(person.load_days, LOAD.limit) {
            found.push((
                TeamWarning::Load,
                text(
                    format!(
                        "{} sudah {} hari audit dalam dua belas bulan.",
                        person.name, person.load_days
                    ),
                    format!(
                        "{} has {} audit days in twelve months.",
                        person.name, person.load_days
                    ),
                ),
            ));
        }
    }
    let auditors = team
        .iter()
        .filter(|member| matches!(member.role, TeamRole::Lead | TeamRole::Auditor))
        .count();
    let days = audit_days.unwrap_or(rules::MAX_DAYS_UNSTATED);
    let planned = 2 * usize::from(days) * auditors;
    if need
        .on_site
        .is_some_and(|needed| planned < usize::try_from(needed).unwrap_or(usize::MAX))
    {
        found.push((
            TeamWarning::AuditTimeShort,
            text(
                "Hari audit tim ini kurang dari waktu audit yang dihitung.",
                "This team has fewer days than the recorded audit time.",
            ),
        ));
    }
    found
}

fn reaches(number: i64, limit: usize) -> bool {
    usize::try_from(number).is_ok_and(|number| number >= limit)
}

#[cfg(test)]
mod tests;
