use proptest::prelude::*;
use serde_json::json;

use super::suggestion::{RejectionReason, suggest};
use super::*;

const SCHEME: SchemeCode = SchemeCode::ProductSni;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 8, day).unwrap()
}

fn span() -> Span {
    (day(3), day(4))
}

fn person(id: u128, roles: &[&str], codes: &[&str]) -> Candidate {
    let competences = roles.iter().map(|role| {
        serde_json::from_value(json!({
            "scheme": "product_sni", "role": role, "codes": codes, "valid_from": "2026-01-01", "valid_to": "2026-12-31",
        }))
        .unwrap()
    });
    Candidate {
        id: AuditorId(uuid::Uuid::from_u128(id)),
        name: format!("Orang {id}"),
        competences: competences.collect(),
        retired_on: None,
        is_related: false,
        is_busy: false,
        load_days: 0,
        led: 0,
        has_declared: false,
    }
}

fn need(codes: &[&str]) -> TeamNeed {
    TeamNeed {
        scheme: SCHEME,
        kind: ApplicationKind::Initial,
        codes: codes.iter().map(|&code| code.to_owned()).collect(),
        on_site: None,
    }
}

fn member(id: u128, role: TeamRole) -> TeamMember {
    TeamMember {
        auditor_id: AuditorId(uuid::Uuid::from_u128(id)),
        role,
    }
}

fn codes(team: &[TeamMember], known: &[Candidate], need: &TeamNeed) -> Vec<(String, &'static str)> {
    team_errors(team, known, need, &[span()], "/team")
        .into_iter()
        .map(|fault| (fault.pointer, fault.code))
        .collect()
}

fn at(place: &str, code: &'static str) -> (String, &'static str) {
    (format!("/team{place}"), code)
}

#[test]
fn every_violation_is_listed_at_once() {
    let mut retired = person(3, &["auditor"], &[]);
    retired.retired_on = Some(day(4));
    let known = [
        person(1, &["auditor"], &[]),
        person(2, &["lead"], &[]),
        retired,
        person(4, &["expert"], &["SNI 1"]),
    ];
    let team = [
        member(1, TeamRole::Lead),
        member(2, TeamRole::Lead),
        member(3, TeamRole::Auditor),
        member(4, TeamRole::SamplingOfficer),
        member(9, TeamRole::Expert),
        member(2, TeamRole::Decider),
    ];
    assert_eq!(
        codes(&team, &known, &need(&["SNI 1"])),
        [
            at("/0/auditor_id", "may_not_lead"),
            at("/2/auditor_id", "retired"),
            at("/3/auditor_id", "not_competent"),
            at("/4/auditor_id", "unknown_auditor"),
            at("/5/auditor_id", "reviewer_in_team"),
            at("", "one_lead"),
        ]
    );
}

#[test]
fn the_members_cover_the_codes_together_and_samples_need_an_officer() {
    let known = [
        person(1, &["lead"], &["SNI 3553:2023"]),
        person(2, &["expert", "sampling_officer"], &["SNI 01-2891"]),
    ];
    let need = need(&["sni 3553-2023", "SNI 01 2891"]);
    let lead = member(1, TeamRole::Lead);
    assert_eq!(
        codes(&[lead], &known, &need),
        [at("", "no_sampling_officer"), at("", "code_not_covered")]
    );
    assert_eq!(
        codes(&[lead, member(2, TeamRole::SamplingOfficer)], &known, &need),
        [at("", "code_not_covered")],
        "a sampling officer does not audit"
    );
    assert_eq!(
        codes(&[lead, member(2, TeamRole::Expert)], &known, &need),
        [at("", "no_sampling_officer")]
    );
}

#[test]
fn a_competence_must_be_valid_on_all_days_of_the_audit() {
    let mut lead = person(1, &["lead"], &[]);
    let officer = person(2, &["sampling_officer"], &[]);
    let team = [
        member(1, TeamRole::Lead),
        member(2, TeamRole::SamplingOfficer),
    ];
    for (first, last, fits) in [(3, 4, true), (4, 9, false), (1, 3, false)] {
        lead.competences[0].valid_from = day(first);
        lead.competences[0].valid_to = Some(day(last));
        let known = [lead.clone(), officer.clone()];
        assert_eq!(codes(&team, &known, &need(&[])).is_empty(), fits);
    }
}

#[test]
fn the_scarcest_role_is_filled_first_and_then_the_least_loaded_person() {
    let mut people = vec![
        person(1, &["lead", "sampling_officer"], &[]),
        person(2, &["lead"], &[]),
        person(3, &["auditor"], &[]),
        person(4, &["auditor"], &[]),
    ];
    people[0].load_days = 0;
    people[1].load_days = 50;
    people[2].load_days = 10;
    people[3].load_days = 5;
    let found = suggest(&people, &need(&[]), span(), (2, 1));
    let team: Vec<_> = found
        .team
        .iter()
        .map(|one| (one.auditor_id.0.as_u128(), one.role))
        .collect();
    assert_eq!(
        team,
        [
            (2, TeamRole::Lead),
            (4, TeamRole::Auditor),
            (1, TeamRole::SamplingOfficer)
        ],
        "the only sampling officer does not lead, although less loaded"
    );
    assert_eq!(found.rejected[0].reasons, [RejectionReason::NotNeeded]);
    assert!(found.missing_roles.is_empty() && found.missing_codes.is_empty());
}

#[test]
fn each_rejected_person_has_every_reason_and_missing_roles_are_named() {
    let mut busy = person(1, &["lead"], &[]);
    (busy.is_busy, busy.is_related) = (true, true);
    let people = [
        busy,
        person(2, &[], &[]),
        person(3, &["expert"], &["IAF 3"]),
    ];
    let found = suggest(&people, &need(&["IAF 3", "IAF 14"]), span(), (2, 0));
    assert_eq!(
        found.missing_roles,
        [TeamRole::Lead, TeamRole::SamplingOfficer]
    );
    assert_eq!(found.missing_codes, ["IAF 14"]);
    assert_eq!(found.team.len(), 1, "the expert covers one code");
    let reasons: Vec<_> = found
        .rejected
        .iter()
        .map(|one| one.reasons.clone())
        .collect();
    assert_eq!(
        reasons,
        [
            vec![RejectionReason::Related, RejectionReason::NotFree],
            vec![RejectionReason::NotCompetent]
        ]
    );
}

#[test]
fn rotation_load_and_too_few_days_are_warnings() {
    let mut lead = person(1, &["lead"], &[]);
    (lead.led, lead.load_days) = (2, 120);
    let need = TeamNeed {
        on_site: Some(5),
        ..need(&[])
    };
    let team = [member(1, TeamRole::Lead)];
    let found: Vec<_> = warnings(&team, &[lead.clone()], &need, Some(2))
        .into_iter()
        .map(|(warning, _)| warning)
        .collect();
    assert_eq!(
        found,
        [
            TeamWarning::Rotation,
            TeamWarning::Load,
            TeamWarning::AuditTimeShort
        ]
    );
    (lead.led, lead.load_days) = (1, 119);
    assert!(warnings(&team, &[lead], &need, Some(3)).is_empty());
}

#[test]
fn too_few_days_are_warned_of_in_an_unstated_length_and_in_a_suggestion() {
    let lead = person(1, &["lead"], &[]);
    let team = [member(1, TeamRole::Lead)];
    for (on_site, expected) in [(10, 0), (11, 1)] {
        let need = TeamNeed {
            on_site: Some(on_site),
            ..need(&[])
        };
        let found = warnings(&team, std::slice::from_ref(&lead), &need, None);
        assert_eq!(found.len(), expected, "five days are {on_site} half days");
        let found = suggest(std::slice::from_ref(&lead), &need, span(), (5, 0));
        assert_eq!(found.warnings.len(), expected);
    }
}

proptest! {
    #[test]
    fn a_suggestion_keeps_the_rules_and_does_not_depend_on_the_order(
        seeds in prop::collection::vec((0_u8..16, 0_i64..200, any::<bool>(), any::<bool>()), 0..30),
        auditors in 0_usize..4,
    ) {
        let roles = ["lead", "auditor", "sampling_officer", "expert"];
        let mut people: Vec<Candidate> = seeds
            .iter()
            .zip(1_u128..)
            .map(|((mask, load, busy, related), id)| {
                let own: Vec<_> = (0..4).filter(|bit| mask & (1 << bit) != 0).map(|bit| roles[bit]).collect();
                let mut one = person(id, &own, &[]);
                (one.load_days, one.is_busy, one.is_related) = (*load, *busy, *related);
                one
            })
            .collect();
        let need = need(&["SNI 3553:2023"]);
        let found = suggest(&people, &need, span(), (2, auditors));
        for one in &found.team {
            let chosen = people.iter().find(|person| person.id == one.auditor_id).unwrap();
            prop_assert!(!chosen.is_busy && !chosen.is_related);
        }
        prop_assert_eq!(found.team.len() + found.rejected.len(), people.len());
        let team: Vec<_> = found.team.iter().map(|one| TeamMember { auditor_id: one.auditor_id, role: one.role }).collect();
        if found.missing_roles.is_empty() && found.missing_codes.is_empty() {
            prop_assert!(team_errors(&team, &people, &need, &[span()], "").is_empty());
        }
        people.reverse();
        prop_assert_eq!(suggest(&people, &need, span(), (2, auditors)).team, found.team);
    }
}
