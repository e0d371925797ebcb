//! A notice keeps to the agreement. Tests each rule, and the whole as a property of any
//! notice.

use chrono::{DateTime, Days, Utc};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::certification::auditors::TeamRole;
use crate::certification::confirmation::Objection;
use crate::ids::AuditorId;
use crate::sop::office_hours::default_calendar;

const TODAY: NaiveDate = day(7, 6);

const fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day of 2026")
}

fn member(n: u128, role: TeamRole) -> TeamMember {
    TeamMember {
        auditor_id: AuditorId(Uuid::from_u128(n)),
        role,
    }
}

fn cost(amount: i64) -> Vec<CostLine> {
    let line = json!({"kind": "tariff", "description": "Ketua tim audit", "quantity": 1, "unit": "OH", "unit_amount": amount,
        "channel": "pnbp_billing", "legal_basis": "PP 54/2021", "reason": "Belum ada dalam daftar tarif."});
    serde_json::from_value(json!([line])).unwrap()
}

/// The agreement: Monday 3 August, lead 1 and auditor 2, one million rupiah.
fn agreed() -> Confirmation {
    let at: DateTime<Utc> = "2026-07-06T01:00:00Z".parse().unwrap();
    let mut sheet = json!({"proposed_dates": ["2026-08-03", "2026-08-10"], "proposed_team": [], "cost_estimate": cost(1_000_000), "answer_by": at});
    sheet["proposed_team"] = json!([member(1, TeamRole::Lead), member(2, TeamRole::Auditor)]);
    let answer = json!({"chosen_date": "2026-08-03", "accepts_cost": true});
    let (proposal, answer) = (
        serde_json::from_value(sheet).unwrap(),
        serde_json::from_value(answer).unwrap(),
    );
    Confirmation {
        seq: 1,
        round: 1,
        proposal,
        sent_at: at,
        answer: Some(answer),
        answered_at: Some(at),
    }
}

fn form(days: &[NaiveDate]) -> NoticeForm {
    let team = vec![member(1, TeamRole::Lead), member(2, TeamRole::Auditor)];
    NoticeForm {
        team,
        audit_dates: days.to_vec(),
        cost_lines: cost(1_000_000),
        reason: None,
    }
}

/// Pointers and codes of the errors, or the deviation.
fn findings(form: &NoticeForm, agreed: &Confirmation, today: NaiveDate) -> Vec<String> {
    match decide_draft(form, agreed, &default_calendar(), today, Vec::new()) {
        Ok(DraftDecision::Keeps(_)) => Vec::new(),
        Ok(DraftDecision::AskAgain(why)) => vec![format!("{why:?}")],
        Err(error) => error
            .into_faults()
            .unwrap()
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect(),
    }
}

#[test]
fn row_6_members_are_those_the_customer_was_shown_in_the_role_they_were_shown_in() {
    let days = [day(8, 3)];
    let team = |team: &[TeamMember]| {
        findings(
            &NoticeForm {
                team: team.to_vec(),
                ..form(&days)
            },
            &agreed(),
            TODAY,
        )
    };
    assert!(
        team(&[member(1, TeamRole::Lead)]).is_empty(),
        "fewer than proposed is within what was shown"
    );
    assert_eq!(
        team(&[member(3, TeamRole::Lead), member(2, TeamRole::Auditor)]),
        ["MemberNotShown"],
        "a lead who was never proposed"
    );
    assert_eq!(
        team(&[member(1, TeamRole::Lead), member(3, TeamRole::Expert)]),
        ["MemberNotShown"]
    );
    assert_eq!(
        team(&[member(2, TeamRole::Lead), member(1, TeamRole::Auditor)]),
        ["MemberNotShown"],
        "they change places"
    );
    let mut objecting = agreed();
    let objection = Objection {
        auditor_id: member(2, TeamRole::Auditor).auditor_id,
        reason: "Bekas konsultan.".to_owned(),
    };
    objecting
        .answer
        .as_mut()
        .unwrap()
        .objections
        .push(objection);
    assert_eq!(
        findings(&form(&days), &objecting, TODAY),
        ["MemberObjectedTo"]
    );
    assert!(
        findings(
            &NoticeForm {
                team: vec![member(1, TeamRole::Lead)],
                ..form(&days)
            },
            &objecting,
            TODAY
        )
        .is_empty()
    );
}

#[test]
fn row_6_the_cost_is_no_more_than_was_accepted() {
    let days = [day(8, 3)];
    for (amount, expected) in [
        (1, vec![]),
        (1_000_000, vec![]),
        (1_000_001, vec!["CostExceeded(PnbpBilling)".to_owned()]),
    ] {
        assert_eq!(
            findings(
                &NoticeForm {
                    cost_lines: cost(amount),
                    ..form(&days)
                },
                &agreed(),
                TODAY
            ),
            expected,
            "{amount}"
        );
    }
    let mut refusing = agreed();
    refusing.answer.as_mut().unwrap().accepts_cost = false;
    assert_eq!(
        findings(&form(&days), &refusing, TODAY),
        ["CostNotAccepted"]
    );
    assert_eq!(
        findings(
            &form(&days),
            &Confirmation {
                answer: None,
                ..agreed()
            },
            TODAY
        ),
        ["CostNotAccepted"]
    );
}

fn line(description: &str, amount: i64, channel: Channel) -> CostLine {
    CostLine {
        description: description.to_owned(),
        channel,
        ..cost(amount).remove(0)
    }
}

/// The customer accepted each way of payment: less of one does not pay for more of another, and a
/// cost stays with its payer.
#[test]
fn row_6_each_way_of_payment_is_held_to_its_own_sum_and_each_cost_to_its_payer() {
    use Channel::{BorneByOffice, DirectByClient, PnbpBilling};
    let mut both = agreed();
    both.proposal.cost_estimate = vec![
        line("Ketua tim audit", 1_000_000, PnbpBilling),
        line("Transport", 500_000, DirectByClient),
    ];
    let told = |lines: &[CostLine]| {
        let form = NoticeForm {
            cost_lines: lines.to_vec(),
            ..form(&[day(8, 3)])
        };
        findings(&form, &both, TODAY)
    };
    let lead = |amount| line("Ketua tim audit", amount, PnbpBilling);
    assert!(
        told(&[lead(1_000_000)]).is_empty(),
        "less of one, none of the other"
    );
    assert!(told(&[lead(1), line("Transport", 500_000, DirectByClient)]).is_empty());
    assert_eq!(
        told(&[lead(1), line("Transport", 500_001, DirectByClient)]),
        ["CostExceeded(DirectByClient)"]
    );
    assert_eq!(
        told(&[lead(1_000_000), line("Konsumsi", 1, BorneByOffice)]),
        ["CostExceeded(BorneByOffice)"]
    );
    for payer in [PnbpBilling, BorneByOffice] {
        assert_eq!(
            told(&[lead(1), line("Transport", 1, payer)]),
            ["PayerChanged"],
            "{payer:?}"
        );
    }
}

proptest! {
    /// Any accepted draft costs no more in any way of payment, and no cost has changed its payer.
    #[test]
    fn row_6_no_payer_pays_more_than_was_accepted(
        accepted in prop::collection::vec((0_usize..3, 0_i64..4, 0_usize..3), 1..4),
        drafted in prop::collection::vec((0_usize..3, 0_i64..4, 0_usize..3), 1..4),
    ) {
        let lines = |rows: &[(usize, i64, usize)]| -> Vec<CostLine> {
            let one = |(name, amount, channel): &(usize, i64, usize)| line(["a", "b", "c"][*name], *amount, Channel::ALL[*channel]);
            rows.iter().map(one).collect()
        };
        let (mut agreed, drafted) = (agreed(), lines(&drafted));
        agreed.proposal.cost_estimate = lines(&accepted);
        let form = NoticeForm { cost_lines: drafted.clone(), ..form(&[day(8, 3)]) };
        let kept = findings(&form, &agreed, TODAY).is_empty();
        let accepted = &agreed.proposal.cost_estimate;
        let is_more = Channel::ALL.into_iter().any(|channel| cost::total(&drafted, channel) > cost::total(accepted, channel));
        let has_moved = drafted.iter().any(|line| {
            let same: Vec<_> = accepted.iter().filter(|other| other.description == line.description).collect();
            !same.is_empty() && same.iter().all(|other| other.channel != line.channel)
        });
        prop_assert_eq!(kept, !is_more && !has_moved);
    }
}

#[test]
fn row_6_days_are_those_agreed_without_a_gap() {
    let christmas = NaiveDate::from_ymd_opt(2027, 12, 25).unwrap();
    for (days, expected) in [
        (vec![day(8, 3), day(8, 4)], vec![]),
        (
            vec![day(8, 3), day(8, 4), day(8, 5), day(8, 6), day(8, 7)],
            vec![],
        ),
        (vec![day(8, 4)], vec!["/audit_dates/0 not_agreed"]),
        (vec![day(8, 10)], vec!["/audit_dates/0 not_agreed"]),
        (
            vec![day(8, 3), day(8, 5)],
            vec!["/audit_dates/1 not_agreed"],
        ),
        (
            vec![day(8, 3), day(8, 10)],
            vec!["/audit_dates/1 not_agreed"],
        ),
        (
            vec![day(8, 3), christmas],
            vec!["/audit_dates/1 not_agreed", "/reason missing_field"],
        ),
        (
            (3..=10).map(|of_month| day(8, of_month)).collect(),
            vec!["/audit_dates not_agreed", "/reason missing_field"],
        ),
    ] {
        assert_eq!(
            findings(&form(&days), &agreed(), TODAY),
            expected,
            "{days:?}"
        );
    }
}

#[test]
fn row_6_a_proposal_that_says_how_many_days_is_kept_to_the_day() {
    let mut three = agreed();
    three.proposal.audit_days = Some(3);
    for (last, expected) in [
        (4, vec!["/audit_dates not_agreed"]),
        (5, vec![]),
        (6, vec!["/audit_dates not_agreed"]),
    ] {
        let days: Vec<_> = (3..=last).map(|of_month| day(8, of_month)).collect();
        assert_eq!(findings(&form(&days), &three, TODAY), expected, "{days:?}");
    }
}

#[test]
fn row_6_a_weekend_or_a_holiday_may_lie_between_two_days_and_needs_a_reason_to_be_one() {
    let mut friday = agreed();
    // Friday 14 August; Monday the 17th is Independence Day.
    friday.answer.as_mut().unwrap().chosen_date = day(8, 14);
    let days = |days: &[u32]| {
        form(
            &days
                .iter()
                .map(|of_month| day(8, *of_month))
                .collect::<Vec<_>>(),
        )
    };
    assert!(findings(&days(&[14, 18]), &friday, TODAY).is_empty());
    assert_eq!(
        findings(&days(&[14, 19]), &friday, TODAY),
        ["/audit_dates/1 not_agreed"]
    );
    for holiday in [&[14, 15][..], &[14, 17], &[14, 15, 16, 17, 18]] {
        assert_eq!(
            findings(&days(holiday), &friday, TODAY),
            ["/reason missing_field"]
        );
        let reason = Some("Diminta pelanggan.".to_owned());
        assert!(
            findings(
                &NoticeForm {
                    reason,
                    ..days(holiday)
                },
                &friday,
                TODAY
            )
            .is_empty()
        );
    }
}

#[test]
fn row_6_less_than_ten_working_days_need_a_reason_and_the_day_itself_is_too_late() {
    let days = [day(8, 3)];
    // Monday 20 July is ten working days before Monday 3 August.
    for (today, expected) in [
        (day(7, 20), vec![]),
        (day(7, 21), vec!["/reason missing_field"]),
        (day(8, 2), vec!["/reason missing_field"]),
        (day(8, 3), vec!["DatePassed"]),
        (day(8, 4), vec!["DatePassed"]),
    ] {
        assert_eq!(
            findings(&form(&days), &agreed(), today),
            expected,
            "{today}"
        );
    }
    let reason = Some("Masa berlaku sertifikat hampir habis.".to_owned());
    assert!(
        findings(
            &NoticeForm {
                reason: reason.clone(),
                ..form(&days)
            },
            &agreed(),
            day(8, 2)
        )
        .is_empty()
    );
    assert_eq!(
        findings(
            &NoticeForm {
                reason,
                ..form(&days)
            },
            &agreed(),
            day(8, 3)
        ),
        ["DatePassed"],
        "no reason makes a day that is over one to come"
    );
}

proptest! {
    /// Any accepted draft begins on the chosen day, in the future, with members and at a cost that
    /// were proposed to the customer.
    #[test]
    fn row_6_what_is_kept_was_agreed(
        team in prop::collection::vec((1_u128..4, any::<bool>()), 1..4),
        offsets in prop::collection::btree_set(0_u64..12, 1..4),
        amount in 999_990_i64..1_000_010,
        today in 0_u64..40,
        reason in prop::option::of(Just("Diminta pelanggan.".to_owned())),
    ) {
        let team: Vec<_> = team.into_iter().map(|(n, lead)| member(n, if lead { TeamRole::Lead } else { TeamRole::Auditor })).collect();
        let days: Vec<_> = offsets.into_iter().map(|offset| day(8, 1) + Days::new(offset)).collect();
        let (today, agreed) = (TODAY + Days::new(today), agreed());
        let form = NoticeForm { team: team.clone(), audit_dates: days.clone(), cost_lines: cost(amount), reason: reason.clone() };
        if findings(&form, &agreed, today).is_empty() {
            prop_assert!(days[0] == day(8, 3) && days[0] > today);
            prop_assert!(amount <= 1_000_000);
            prop_assert!(team.iter().all(|member| agreed.proposal.proposed_team.contains(member)));
            prop_assert!(reason.is_some() || today <= day(7, 20));
        }
    }
}
