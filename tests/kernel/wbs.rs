//! The table of whistle-blowing: the printed SOP's rows and the protection of the reporter, written
//! by hand.

use proptest::prelude::*;
use service_desk::complaint::announcing::roles_that_answer;
use service_desk::complaint::file::{is_answered, is_settled};
use service_desk::complaint::sop::{SOP, Stage, Task};
use service_desk::sop::gate::{AuthContext, Principal, Refusal};
use service_desk::sop::render;
use service_desk::sop::rights::{RightsSubject, four_eyes_pairs};
use service_desk::sop::role::{Role, Roles};
use service_desk::sop::table::{Actor, Basis, Party, Stage as _, Task as _};

use super::tables::{self, SOME_USER, every_role, open_to};

/// The stages without a further step.
const ENDS: [Stage; 2] = [Stage::Closed, Stage::OutOfScope];

/// A stage, the step that is measured there, and two lists of roles.
type Waiting = (
    Stage,
    Option<u8>,
    &'static [&'static str],
    &'static [&'static str],
);

#[test]
fn what_holds_for_any_table_holds_for_this_one() {
    let allowed = tables::the_gate_says_yes_exactly_to_the_actor_of_the_row::<Task>();
    // 18 of the regular stages, 8 × 3 messages, 9 × 5 recusals, 8 × 2 referrals, recall and answer
    // from outside, 13 each of conflicts, screenings anew, holds and releases, 3 reopenings, 14
    // reports of retaliation and 13 assessments.
    assert_eq!(allowed, 18 + 24 + 45 + 16 + 2 + 52 + 3 + 14 + 13);
    tables::the_most_secret_refusal_comes_first::<Task>();
    tables::nobody_passes_for_another_kind::<Task>();
    tables::a_permit_leads_only_where_its_row_says::<Task>();
    tables::every_row_stands_once::<Task>();
    tables::codes_name_one_thing::<Task>();
    tables::the_desk_the_notice_and_the_escalation_name_the_same_roles::<Task>();
}

#[test]
fn no_role_that_meets_a_complaint_is_in_the_gift_of_one_administrator() {
    let named = SOP
        .rows
        .iter()
        .filter_map(|row| {
            if let Actor::Person(roles) = row.actor {
                Some(roles)
            } else {
                None
            }
        })
        .flatten();
    let watching = [
        Role::ConflictOfficer,
        Role::IdentityCustodian,
        Role::InternalAuditor,
        Role::Admin,
    ];
    for role in named.chain(&watching) {
        assert!(role.is_given_by_two(), "{role:?}");
    }
}

#[test]
fn the_steps_are_those_of_the_print_in_its_order_with_its_times_and_papers() {
    // Number, actor, party of the time, minutes, and the counts of inputs and outputs: from the
    // printed SOP, not from the table.
    let print = [
        (1, "reporter", Party::Customer, 10, 1, 1),
        (2, "head", Party::Office, 10, 1, 1),
        (3, "pji_lead", Party::Office, 30, 1, 1),
        (4, "team_lead", Party::Office, 7 * 450, 1, 2),
        (5, "team_staff", Party::Office, 80, 2, 1),
        (6, "head", Party::Office, 15, 1, 1),
        (7, "reporter", Party::Customer, 450, 1, 1),
    ];
    let numbered: Vec<_> = SOP.rows.iter().filter(|row| row.no.is_some()).collect();
    assert_eq!(numbered.len(), print.len());
    for (row, (no, actor, party, minutes, takes, gives)) in numbered.into_iter().zip(print) {
        assert_eq!(
            (row.no, row.within.map(|within| within.0)),
            (Some(no), Some(minutes)),
            "{:?}",
            row.task
        );
        assert_eq!(
            (row.actor.code().as_str(), row.actor.party()),
            (actor, party),
            "step {no}: one actor, and no other"
        );
        assert_eq!(
            (row.takes.len(), row.gives.len(), row.part_of),
            (takes, gives, None),
            "step {no}"
        );
        assert_eq!(
            row.basis == Basis::Print,
            no == 1,
            "step {no}: the other roles are our interpretation"
        );
        assert_eq!(SOP.step(no).map(|row| row.task), Some(row.task));
    }
    let view = render::view(&SOP);
    assert_eq!((view.total_minutes, view.office_minutes), (3745, 3285));
    let parts: Vec<_> = SOP
        .rows
        .iter()
        .filter_map(|row| row.part_of.map(|no| (row.task, no)))
        .collect();
    let expected = [
        (Task::EnterPaperComplaint, 1),
        (Task::DeclareOutOfScope, 2),
        (Task::WarnStaff, 4),
        (Task::ReturnAnswer, 6),
    ];
    assert_eq!(parts, expected);
}

#[test]
fn the_table_follows_the_road_of_the_office() {
    let road: [(Task, &[&str]); 18] = [
        (Task::SubmitComplaint, &["written → received"]),
        (Task::EnterPaperComplaint, &["written → received"]),
        (
            Task::SurfaceComplaint,
            &["received → screened | referred_externally"],
        ),
        (
            Task::DisposeComplaint,
            &["screened → disposed", "reopened → disposed"],
        ),
        (Task::DeclareOutOfScope, &["screened → out_of_scope"]),
        (Task::ForwardComplaint, &["disposed → forwarded"]),
        (
            Task::WarnStaff,
            &["forwarded → in_resolution", "in_resolution → in_resolution"],
        ),
        (
            Task::ResolveComplaint,
            &["forwarded → resolved", "in_resolution → resolved"],
        ),
        (
            Task::ResumeComplaint,
            &["waiting_for_reporter → in_resolution"],
        ),
        (Task::DraftAnswer, &["resolved → answer_drafted"]),
        (Task::SignAnswer, &["answer_drafted → answer_signed"]),
        (Task::ReturnAnswer, &["answer_drafted → resolved"]),
        (Task::DeliverAnswer, &["answer_signed → answered"]),
        (Task::AcknowledgeAnswer, &["answered → answered"]),
        (Task::CloseComplaint, &["answered → closed"]),
        (Task::RecallComplaint, &["referred_externally → screened"]),
        (Task::SettleExternally, &["referred_externally → answered"]),
        (
            Task::ReopenComplaint,
            &[
                "answered → reopened",
                "closed → reopened",
                "out_of_scope → reopened",
            ],
        ),
    ];
    for (task, expected) in road {
        assert_eq!(tables::moves(task), expected, "{task:?}");
    }
    for task in [
        Task::HoldComplaint,
        Task::ReleaseComplaint,
        Task::ReportRetaliation,
        Task::AssessRetaliation,
    ] {
        assert!(
            SOP.row(task).moves.iter().all(|(from, to)| *to == [*from]),
            "{task:?} moves nothing"
        );
    }
    for task in [
        Task::DeclareConflict,
        Task::ScreenAgain,
        Task::RecuseFromComplaint,
        Task::ReferComplaint,
    ] {
        let outside = |from: Stage, to: Stage| to == from || to == Stage::ReferredExternally;
        assert!(
            SOP.row(task)
                .moves
                .iter()
                .all(|(from, to)| to.iter().all(|to| outside(*from, *to))),
            "{task:?} leads outside or nowhere"
        );
    }
}

#[test]
fn a_file_waits_for_the_right_step_and_the_right_people_at_every_stage_and_is_shown_to_no_others() {
    // Stage, printed step, the roles with it on their desk, and the roles that see it from here on
    // for the first time.
    let expected: [Waiting; 15] = [
        (
            Stage::Written,
            Some(1),
            &["intake_clerk"],
            &["intake_clerk"],
        ),
        (Stage::Received, None, &[], &[]),
        (
            Stage::Screened,
            Some(2),
            &["head"],
            &["head", "conflict_officer"],
        ),
        (
            Stage::Disposed,
            Some(3),
            &["pji_lead"],
            &["pji_lead", "conflict_officer"],
        ),
        (
            Stage::Forwarded,
            Some(4),
            &["team_lead"],
            &["team_lead", "conflict_officer"],
        ),
        (
            Stage::InResolution,
            Some(4),
            &["team_lead"],
            &["team_lead", "conflict_officer"],
        ),
        (
            Stage::Resolved,
            Some(5),
            &["team_staff"],
            &["team_staff", "conflict_officer"],
        ),
        (
            Stage::AnswerDrafted,
            Some(6),
            &["head"],
            &["head", "conflict_officer"],
        ),
        (Stage::AnswerSigned, None, &[], &["conflict_officer"]),
        (Stage::Answered, Some(7), &[], &["conflict_officer"]),
        (Stage::Closed, None, &[], &["conflict_officer"]),
        (Stage::WaitingForReporter, None, &[], &["conflict_officer"]),
        (
            Stage::ReferredExternally,
            None,
            &["external_handler"],
            &["conflict_officer", "external_handler"],
        ),
        (Stage::OutOfScope, None, &[], &["conflict_officer"]),
        (
            Stage::Reopened,
            Some(2),
            &["head"],
            &["head", "conflict_officer"],
        ),
    ];
    assert_eq!(
        tables::waiting::<Task>(),
        expected.map(|(stage, no, _, _)| (stage, no))
    );
    for (stage, _, desk, shown) in expected {
        assert_eq!(
            (
                SOP.roles_waited_for(stage).codes(),
                SOP.roles_named_at(stage).codes()
            ),
            (
                desk.iter().map(ToString::to_string).collect(),
                shown.iter().map(ToString::to_string).collect()
            ),
            "{stage:?}"
        );
    }
}

#[test]
fn each_role_first_sees_a_file_at_the_stage_that_names_it_and_nobody_does_while_it_is_received() {
    let expected = [
        (Role::Head, Stage::Screened),
        (Role::PjiLead, Stage::Disposed),
        (Role::TeamLead, Stage::Forwarded),
        (Role::TeamStaff, Stage::Resolved),
        // The file does not exist yet: a clerk enters it and cannot read it afterwards.
        (Role::IntakeClerk, Stage::Written),
        (Role::ConflictOfficer, Stage::Screened),
        (Role::ExternalHandler, Stage::ReferredExternally),
    ];
    assert_eq!(
        tables::first_seen::<Task>(),
        expected,
        "and no other role ever sees one through the table"
    );
    assert_eq!(SOP.roles_named_at(Stage::Received), Roles::NONE);
    let moves_on = |targets: &[Stage]| targets.iter().any(|to| *to != Stage::Received);
    let waits_for_nobody = SOP
        .rows
        .iter()
        .filter(|row| row.targets(Stage::Received).is_some_and(moves_on))
        .all(|row| row.actor == Actor::System);
    assert!(waits_for_nobody, "and only the service moves it on");
}

#[test]
fn an_act_of_the_reporter_moves_nothing_that_the_office_knows_of() {
    for row in SOP.rows.iter().filter(|row| row.actor == Actor::Reporter) {
        for (from, to) in row.moves {
            let unknown = [Stage::Written, Stage::Received];
            assert!(
                *to == [*from]
                    || unknown.contains(from) && to.iter().all(|to| unknown.contains(to)),
                "{:?} from {from:?}",
                row.task
            );
        }
    }
    let acts: Vec<_> = SOP
        .rows
        .iter()
        .filter(|row| row.actor == Actor::Reporter)
        .map(|row| row.task)
        .collect();
    assert_eq!(
        acts,
        [
            Task::SubmitComplaint,
            Task::AcknowledgeAnswer,
            Task::ReportRetaliation
        ]
    );
}

#[test]
fn retaliation_is_reported_wherever_there_is_a_case_and_assessed_by_whoever_does_nothing_on_its_road()
 {
    for stage in Stage::all().filter(|stage| *stage != Stage::Written) {
        assert_eq!(
            SOP.row(Task::ReportRetaliation).targets(stage),
            Some(&[stage][..]),
            "{stage:?}"
        );
        let known = stage != Stage::Received;
        assert_eq!(
            SOP.row(Task::AssessRetaliation).targets(stage).is_some(),
            known,
            "{stage:?}"
        );
    }
    let Actor::Person(protectors) = SOP.row(Task::AssessRetaliation).actor else {
        panic!("a user with an account")
    };
    for row in SOP
        .rows
        .iter()
        .filter(|row| row.no.or(row.part_of).is_some())
    {
        assert!(
            protectors.iter().all(|role| !row.actor.admits(*role)),
            "{:?} is a step of the road",
            row.task
        );
    }
}

#[test]
fn who_drafted_the_answer_does_not_sign_it_and_it_is_acknowledged_once() {
    for done in Task::all() {
        let head = AuthContext {
            caller: SOME_USER,
            roles: every_role(),
            sees: true,
            done_by_caller: &[done],
            done_by_anyone: &[done],
        };
        let refusal = SOP
            .permit(Task::SignAnswer, Stage::AnswerDrafted, &head)
            .err();
        assert_eq!(
            refusal,
            (done == Task::DraftAnswer).then_some(Refusal::FourEyes(Task::SignAnswer)),
            "after {done:?}"
        );
        let reporter = AuthContext {
            caller: Principal::Reporter,
            done_by_anyone: &[done],
            ..RightsSubject::Reporter.auth_context(&[])
        };
        let refusal = SOP
            .permit(Task::AcknowledgeAnswer, Stage::Answered, &reporter)
            .err();
        assert_eq!(
            refusal,
            (done == Task::AcknowledgeAnswer).then_some(Refusal::OutOfOrder(done)),
            "after {done:?}"
        );
    }
    assert_eq!(
        four_eyes_pairs(&SOP),
        [(Task::DraftAnswer, Task::SignAnswer)],
        "and four eyes stand in the way of nothing else"
    );
}

#[test]
fn every_stage_is_on_the_road_and_each_end_can_be_reached_and_left_again() {
    assert_eq!(Stage::all().next(), Some(Stage::Written));
    let reached = tables::reachable_from::<Task>(Stage::Written);
    for stage in Stage::all() {
        assert!(reached.contains(&stage), "no file ever comes to {stage:?}");
        assert!(
            tables::reachable_from::<Task>(stage).contains(&Stage::Closed),
            "no end in sight from {stage:?}"
        );
        assert_eq!(
            SOP.ends_at(stage),
            ENDS.contains(&stage),
            "retention counts from {stage:?}"
        );
        let back: Vec<_> = tables::ways_out::<Task>(stage).collect();
        assert_eq!(
            back == [Stage::Reopened],
            ENDS.contains(&stage),
            "{stage:?} leads to {back:?}"
        );
    }
}

#[test]
fn what_a_drafter_was_let_read_holds_from_the_settlement_to_the_end_and_an_answer_lies_before_the_reporter_from_its_delivery()
 {
    let settled = [
        Stage::Resolved,
        Stage::AnswerDrafted,
        Stage::AnswerSigned,
        Stage::Answered,
        Stage::Closed,
    ];
    // A case that was reopened, or came back from outside, must be settled again, perhaps by
    // another team; no drafter has been shown it before.
    for stage in Stage::all() {
        assert_eq!(is_settled(stage), settled.contains(&stage), "{stage:?}");
        assert_eq!(
            is_answered(stage),
            [Stage::Answered, Stage::Closed].contains(&stage),
            "{stage:?}"
        );
    }
}

#[test]
fn wherever_a_complaint_can_stay_waiting_for_nobody_of_the_office_somebody_could_answer_its_reporter()
 {
    let (lead, head, external) = (Role::TeamLead, Role::Head, Role::ExternalHandler);
    let expected: [(Stage, &[Role]); 15] = [
        (Stage::Written, &[]),
        (Stage::Received, &[]),
        (Stage::Screened, &[head, lead, external]),
        (Stage::Disposed, &[]),
        (Stage::Forwarded, &[head, lead, external]),
        (Stage::InResolution, &[head, lead, external]),
        (Stage::Resolved, &[]),
        (Stage::AnswerDrafted, &[]),
        (Stage::AnswerSigned, &[]),
        (Stage::Answered, &[head, lead, external]),
        (Stage::Closed, &[head, lead, external]),
        (Stage::WaitingForReporter, &[head, lead, external]),
        (Stage::ReferredExternally, &[head, lead, external]),
        (Stage::OutOfScope, &[head]),
        (Stage::Reopened, &[head, lead, external]),
    ];
    for (stage, roles) in expected {
        assert_eq!(
            roles_that_answer(stage),
            roles.iter().copied().collect::<Roles>(),
            "{stage:?}"
        );
        // A stage without a role on its desk: the complaint has not surfaced yet, waits, or the
        // service delivers it at its next run.
        let passes = [Stage::Received, Stage::AnswerSigned].contains(&stage);
        assert!(
            !roles.is_empty() || passes || SOP.roles_waited_for(stage) != Roles::NONE,
            "{stage:?}"
        );
    }
}

proptest! {
    /// After any permitted moves by any callers, a file is at a stage of the table and the answer
    /// can still be given.
    #[test]
    fn any_walk_of_permitted_moves_stays_on_the_table_and_can_go_on(choices in prop::collection::vec(any::<prop::sample::Index>(), 0..80)) {
        let mut stage = Stage::Written;
        for choice in choices {
            let open: Vec<_> = RightsSubject::all().flat_map(|subject| open_to(stage, &subject.auth_context(&[]))).collect();
            prop_assert!(open.iter().any(|(_, to)| *to != stage), "nothing moves at {:?}", stage);
            let (task, to) = *choice.get(&open);
            let declared = SOP.row(task).moves.iter().any(|(from, targets)| *from == stage && targets.contains(&to));
            prop_assert!(declared, "{:?} moved a file from {:?} to {:?}", task, stage, to);
            stage = to;
        }
    }

    /// Four eyes over whole walks: one person, with any roles, and with the service doing its part,
    /// never signs their own draft.
    #[test]
    fn nobody_answers_a_reporter_alone(choices in prop::collection::vec(any::<prop::sample::Index>(), 0..80)) {
        let (mut stage, mut done) = (Stage::Screened, Vec::<Task>::new());
        for choice in choices {
            let mut open = open_to(stage, &AuthContext { caller: SOME_USER, roles: every_role(), sees: true, done_by_caller: &done, done_by_anyone: &done });
            open.extend(open_to(stage, &RightsSubject::System.auth_context(&[])));
            // The external channel answers for itself.
            open.retain(|(task, _)| *task != Task::SettleExternally);
            if open.is_empty() {
                break;
            }
            let (task, to) = *choice.get(&open);
            // Four eyes apply to one draft: the next one begins anew.
            if task == Task::DraftAnswer {
                done.clear();
            }
            done.push(task);
            stage = to;
            prop_assert!(![Stage::AnswerSigned, Stage::Answered].contains(&stage), "after {:?}", done);
        }
    }
}
