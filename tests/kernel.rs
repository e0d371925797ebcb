//! The SOP table and its gate, exhaustively: every task × stage × role, without HTTP and database.
//! The expectations are written by hand from the printed SOP, so that an error in the table is
//! detected.

#[path = "kernel/tables.rs"]
mod tables;
#[path = "kernel/wbs.rs"]
mod wbs;

use proptest::prelude::*;
use service_desk::certification::sop::{SOP, Stage, Task};
use service_desk::sop::gate::{AuthContext, Principal, Refusal};
use service_desk::sop::render;
use service_desk::sop::rights::{RightsSubject, four_eyes_pairs};
use service_desk::sop::role::{Role, Roles};
use service_desk::sop::table::{Basis, Party, Row, Stage as _, Task as _};
use tables::{SOME_USER, every_role, every_task_and_stage, open_to};

/// The final stages.
const ENDS: [Stage; 4] = [
    Stage::NoticeSent,
    Stage::Rejected,
    Stage::Withdrawn,
    Stage::Expired,
];

#[test]
fn the_gate_says_yes_exactly_to_the_actor_of_the_row_at_a_stage_it_starts_from() {
    let allowed = tables::the_gate_says_yes_exactly_to_the_actor_of_the_row::<Task>();
    assert_eq!(
        allowed, 82,
        "the lines of the rights matrix, with one more approver at each stage of a return and one more role that replaces a code"
    );
}

#[test]
fn the_most_secret_refusal_comes_first() {
    tables::the_most_secret_refusal_comes_first::<Task>();
    tables::nobody_passes_for_another_kind::<Task>();
}

#[test]
fn refusals_have_the_codes_of_the_error_table() {
    let codes = [
        (Refusal::Unseen, "not_found"),
        (Refusal::NotYours(Task::SignAuditNotice), "not_your_step"),
        (Refusal::FourEyes(Task::SignAuditNotice), "four_eyes"),
        (Refusal::OutOfOrder(Task::SignAuditNotice), "out_of_order"),
    ];
    for (refusal, code) in codes {
        assert_eq!(refusal.code(), code);
    }
}

#[test]
fn who_drafted_or_initialled_a_notice_does_not_sign_it() {
    let sign = Task::SignAuditNotice;
    let barred = [
        Task::DraftAuditNotice,
        Task::InitialNoticeLetter,
        Task::InitialNoticeCost,
    ];
    for done in Task::all() {
        let head = AuthContext {
            caller: SOME_USER,
            roles: every_role(),
            sees: true,
            done_by_caller: &[done],
            done_by_anyone: &[],
        };
        let refusal = SOP.permit(sign, Stage::NoticeInitialled, &head).err();
        assert_eq!(
            refusal,
            barred.contains(&done).then_some(Refusal::FourEyes(sign)),
            "after {done:?}"
        );
    }
    assert_eq!(
        four_eyes_pairs(&SOP),
        barred.map(|done| (done, sign)),
        "and four eyes stand in the way of nothing else"
    );
}

#[test]
fn nobody_but_the_system_may_expire_a_file_or_pass_on_what_the_payment_office_says() {
    let all_roles = AuthContext {
        caller: SOME_USER,
        roles: every_role(),
        sees: true,
        done_by_caller: &[],
        done_by_anyone: &[],
    };
    // Roles without an account do not make the caller the service.
    let service = AuthContext {
        caller: Principal::System,
        roles: every_role(),
        sees: true,
        done_by_caller: &[],
        done_by_anyone: &[],
    };
    for (task, stage) in every_task_and_stage::<Task>() {
        let is_of_the_service = [
            Task::ExpireApplication,
            Task::ReceivePayment,
            Task::IssueBilling,
        ]
        .contains(&task);
        assert_eq!(
            SOP.permit(task, stage, &all_roles).err() == Some(Refusal::NotYours(task)),
            is_of_the_service,
            "{task:?} at {stage:?}"
        );
        let expected = match task {
            Task::ExpireApplication => stage == Stage::AwaitingCustomer,
            Task::IssueBilling => stage == Stage::NoticeSent,
            Task::ReceivePayment => {
                tables::reachable_from::<Task>(Stage::NoticeSent).contains(&stage)
            }
            _ => false,
        };
        assert_eq!(
            SOP.permit(task, stage, &service).is_ok(),
            expected,
            "{task:?} at {stage:?}"
        );
    }
}

#[test]
fn a_permit_knows_its_bearer_and_leads_only_where_its_row_says() {
    tables::a_permit_leads_only_where_its_row_says::<Task>();
}

#[test]
fn every_row_stands_once_and_says_where_it_leads() {
    tables::every_row_stands_once::<Task>();
}

#[test]
fn the_table_follows_the_road_of_the_office() {
    let road: [(Task, &[&str]); 15] = [
        (Task::SubmitApplication, &["draft → submitted"]),
        (Task::FileApplication, &["submitted → filed"]),
        (
            Task::VerifyDocuments,
            &[
                "filed → verified | deficient",
                "completed → confirmed | verified | deficient",
            ],
        ),
        (
            Task::ProposeAudit,
            &[
                "verified → awaiting_customer",
                "deficient → awaiting_customer",
            ],
        ),
        (
            Task::CompleteApplication,
            &["awaiting_customer → completed | confirmed | verified"],
        ),
        (
            Task::DraftAuditNotice,
            &["confirmed → notice_drafted | verified"],
        ),
        (
            Task::InitialNoticeLetter,
            &["notice_drafted → notice_drafted | notice_initialled"],
        ),
        (
            Task::InitialNoticeCost,
            &["notice_drafted → notice_drafted | notice_initialled"],
        ),
        (
            Task::SignAuditNotice,
            &["notice_initialled → notice_signed"],
        ),
        (
            Task::ReturnAuditNotice,
            &[
                "notice_drafted → confirmed",
                "notice_initialled → confirmed",
            ],
        ),
        (Task::DispatchAuditNotice, &["notice_signed → notice_sent"]),
        (Task::AmendApplication, &["draft → draft"]),
        (
            Task::AttachDocument,
            &["draft → draft", "awaiting_customer → awaiting_customer"],
        ),
        (
            Task::RecordAuditTime,
            &[
                "filed → filed",
                "deficient → deficient",
                "verified → verified",
                "awaiting_customer → awaiting_customer",
                "completed → completed",
                "confirmed → confirmed",
            ],
        ),
        (
            Task::VoidAuditNotice,
            &["notice_signed → confirmed", "notice_sent → confirmed"],
        ),
    ];
    for (task, expected) in road {
        assert_eq!(tables::moves(task), expected, "{task:?}");
    }
    // A payment is recorded at any stage after the notice was sent, and never changes the stage.
    let payable = tables::reachable_from::<Task>(Stage::NoticeSent);
    let expected: Vec<_> = Stage::all()
        .filter(|stage| payable.contains(stage))
        .map(|stage| format!("{} → {}", stage.code(), stage.code()))
        .collect();
    assert_eq!(tables::moves(Task::RecordPayment), expected);
    assert_eq!(tables::moves(Task::ReceivePayment), expected);
    // A side exit ends the code itself; a code is replaced while its notice is in force.
    let ended = [Stage::Rejected, Stage::Withdrawn, Stage::Expired];
    let expected: Vec<_> = Stage::all()
        .filter(|stage| payable.contains(stage) && !ended.contains(stage))
        .map(|stage| format!("{} → {}", stage.code(), stage.code()))
        .collect();
    assert_eq!(tables::moves(Task::CancelBilling), expected);
    for task in [Task::ReplaceBilling, Task::IssueBilling] {
        assert_eq!(tables::moves(task), ["notice_sent → notice_sent"]);
    }
}

#[test]
fn every_stage_is_on_the_road_and_only_a_letter_that_was_sent_leads_back_from_an_end() {
    let begins = Stage::all().next().unwrap();
    assert_eq!(begins, Stage::Draft);
    let reached = tables::reachable_from::<Task>(begins);
    for stage in Stage::all() {
        assert!(reached.contains(&stage), "no file ever comes to {stage:?}");
        assert_eq!(
            (SOP.ends_at(stage), SOP.is_over(stage)),
            (ENDS.contains(&stage), ENDS.contains(&stage)),
            "{stage:?}"
        );
        let out: Vec<_> = tables::ways_out::<Task>(stage).collect();
        // A sent notice can be withdrawn, and the next one is drafted.
        let back = if stage == Stage::NoticeSent {
            vec![Stage::Confirmed]
        } else {
            Vec::new()
        };
        assert_eq!(
            out == back,
            ENDS.contains(&stage),
            "{stage:?} leads to {out:?}"
        );
    }
}

#[test]
fn the_steps_are_those_of_the_print_in_its_order_with_its_times_and_papers() {
    // Number, actor, party of the time, minutes, and the counts of inputs and outputs: from the
    // printed SOP, not from the table.
    let print = [
        (1, Role::Customer, Party::Customer, 30, 1, 1),
        (2, Role::PjiStaff, Party::Office, 15, 1, 1),
        (3, Role::OperationsStaff, Party::Office, 120, 1, 2),
        (4, Role::PjiStaff, Party::Office, 30, 1, 1),
        (5, Role::Customer, Party::Customer, 30, 2, 2),
        (6, Role::OperationsStaff, Party::Office, 30, 1, 1),
        (7, Role::Head, Party::Office, 15, 1, 1),
        (8, Role::PjiStaff, Party::Office, 15, 2, 2),
    ];
    let numbered: Vec<&Row<Task>> = SOP.rows.iter().filter(|row| row.no.is_some()).collect();
    assert_eq!(numbered.len(), print.len());
    for (row, (no, role, party, minutes, takes, gives)) in numbered.into_iter().zip(print) {
        assert_eq!(
            (row.no, row.within.map(|within| within.0)),
            (Some(no), Some(minutes)),
            "{:?}",
            row.task
        );
        assert_eq!(row.actor.party(), party, "step {no}");
        assert_eq!(
            row.actor.code(),
            role.code(),
            "step {no}: one role, and no other"
        );
        assert_eq!(
            (row.takes.len(), row.gives.len()),
            (takes, gives),
            "step {no}"
        );
        assert_eq!(row.part_of, None, "step {no}");
        assert_eq!(
            row.basis == Basis::Print,
            no == 1,
            "step {no}: every actor but the first is our reading"
        );
        assert_eq!(SOP.step(no).map(|row| row.task), Some(row.task));
    }
    let view = render::view(&SOP);
    assert_eq!((view.total_minutes, view.office_minutes), (285, 225));
}

#[test]
fn the_rows_beside_the_numbered_ones_are_spent_in_their_time() {
    let parts: Vec<_> = SOP
        .rows
        .iter()
        .filter_map(|row| row.part_of.map(|no| (row.task, no)))
        .collect();
    assert_eq!(
        parts,
        [
            (Task::InitialNoticeLetter, 6),
            (Task::InitialNoticeCost, 6),
            (Task::ReturnAuditNotice, 7)
        ]
    );
}

#[test]
fn a_file_waits_for_the_right_step_at_every_stage() {
    let expected = [
        (Stage::Draft, Some(1)),
        (Stage::Submitted, Some(2)),
        (Stage::Filed, Some(3)),
        (Stage::Deficient, Some(4)),
        (Stage::Verified, Some(4)),
        (Stage::AwaitingCustomer, Some(5)),
        (Stage::Completed, Some(3)),
        (Stage::Confirmed, Some(6)),
        (Stage::NoticeDrafted, Some(6)),
        (Stage::NoticeInitialled, Some(7)),
        (Stage::NoticeSigned, Some(8)),
        (Stage::NoticeSent, None),
        (Stage::Rejected, None),
        (Stage::Withdrawn, None),
        (Stage::Expired, None),
    ];
    assert_eq!(tables::waiting::<Task>(), expected);
    let desks: [(Stage, &[Role]); 11] = [
        (Stage::Draft, &[Role::Customer]),
        (Stage::Submitted, &[Role::PjiStaff]),
        (Stage::Filed, &[Role::OperationsStaff]),
        (Stage::Deficient, &[Role::PjiStaff]),
        (Stage::Verified, &[Role::PjiStaff]),
        (Stage::AwaitingCustomer, &[Role::Customer]),
        (Stage::Completed, &[Role::OperationsStaff]),
        (Stage::Confirmed, &[Role::OperationsStaff]),
        // The head may return a draft already here, and both leads still at the next stage, but the
        // file does not wait for a return.
        (Stage::NoticeDrafted, &[Role::SsLead, Role::PjiLead]),
        (Stage::NoticeInitialled, &[Role::Head]),
        (Stage::NoticeSigned, &[Role::PjiStaff]),
    ];
    for (stage, roles) in desks {
        let roles: Roles = roles.iter().copied().collect();
        assert_eq!(SOP.roles_waited_for(stage), roles, "{stage:?}");
    }
    for end in ENDS {
        assert!(
            SOP.rows_waited_for(end).is_empty(),
            "at {end:?} no step waits"
        );
    }
}

#[test]
fn the_desk_the_notice_and_the_escalation_name_the_same_roles() {
    tables::the_desk_the_notice_and_the_escalation_name_the_same_roles::<Task>();
}

#[test]
fn each_role_first_sees_a_file_at_the_stage_that_names_it() {
    let expected = [
        (Role::Customer, Stage::Draft),
        // The head and the leads answer for the office's work.
        (Role::Head, Stage::Submitted),
        (Role::PjiLead, Stage::Submitted),
        (Role::SsLead, Stage::Submitted),
        (Role::PjiStaff, Stage::Submitted),
        (Role::OperationsStaff, Stage::Filed),
        (Role::Treasurer, Stage::NoticeSent),
    ];
    assert_eq!(
        tables::first_seen::<Task>(),
        expected,
        "and no other role ever sees one through the table"
    );
}

/// At every stage, each receiver of a waiting or late step, at any escalation level, can already
/// see the file.
#[test]
fn whoever_hears_of_a_step_sees_its_file() {
    use service_desk::escalation::level::EscalationLevel;
    for stage in Stage::all().filter(|stage| *stage != Stage::Draft) {
        let shown: Vec<_> = SOP
            .roles_named_at(Stage::Submitted)
            .iter()
            .chain(SOP.roles_named_at(stage).iter())
            .collect();
        let waited = SOP.roles_waited_for(stage);
        let late = EscalationLevel::ALL
            .into_iter()
            .flat_map(|rung| rung.roles(waited).iter().collect::<Vec<_>>())
            .chain([Role::Head]);
        for role in waited
            .iter()
            .chain(late)
            .filter(|role| *role != Role::Customer)
        {
            assert!(
                shown.contains(&role),
                "{role:?} hears of a step at {stage:?} and does not see the file"
            );
        }
    }
}

/// The realization report's readers are the office's roles of the table and the internal auditor; a
/// draft is visible to its customer only.
#[test]
fn the_record_has_its_readers_and_a_draft_has_none() {
    let readers = [
        Role::Head,
        Role::PjiLead,
        Role::SsLead,
        Role::PjiStaff,
        Role::OperationsStaff,
        Role::InternalAuditor,
        Role::Treasurer,
    ];
    assert_eq!(SOP.record_readers().collect::<Vec<_>>(), readers);
    assert_eq!(
        SOP.roles_named_at(Stage::Draft),
        Roles::NONE.with(Role::Customer)
    );
    assert!(
        SOP.roles_named_at(Stage::Withdrawn)
            .iter()
            .all(|role| role == Role::Customer),
        "a draft that was withdrawn was never submitted"
    );
}

#[test]
fn codes_name_one_task_or_stage_and_come_back_as_it() {
    tables::codes_name_one_thing::<Task>();
}

#[test]
fn one_person_does_two_of_the_draft_and_its_parafs_at_most() {
    let acts = [
        Task::DraftAuditNotice,
        Task::InitialNoticeLetter,
        Task::InitialNoticeCost,
    ];
    for last in [Task::InitialNoticeLetter, Task::InitialNoticeCost] {
        let others: Vec<_> = acts.into_iter().filter(|act| *act != last).collect();
        let permit = |done: &[Task]| {
            let context = AuthContext {
                caller: SOME_USER,
                roles: every_role(),
                sees: true,
                done_by_caller: done,
                done_by_anyone: &[],
            };
            SOP.permit(last, Stage::NoticeDrafted, &context).err()
        };
        assert_eq!(
            (permit(&[]), permit(&others[..1]), permit(&others[1..])),
            (None, None, None),
            "{last:?}"
        );
        assert_eq!(permit(&others), Some(Refusal::FourEyes(last)));
    }
}

proptest! {
    /// Every hand-over is made by a person new to the file, so four eyes never block it.
    #[test]
    fn any_walk_of_permitted_moves_stays_on_the_table_and_ends_or_can_go_on(choices in prop::collection::vec(any::<prop::sample::Index>(), 0..60)) {
        let mut stage = Stage::Draft;
        for choice in choices {
            let open: Vec<_> = RightsSubject::all().flat_map(|subject| open_to(stage, &subject.auth_context(&[]))).collect();
            let moving = open.iter().any(|(_, to)| *to != stage);
            prop_assert_eq!(moving, !SOP.ends_at(stage) || stage == Stage::NoticeSent, "at {:?}", stage);
            prop_assert!(tables::reachable_from::<Task>(stage).iter().any(|later| ENDS.contains(later)), "no end in sight from {:?}", stage);
            if open.is_empty() {
                break;
            }
            let (task, to) = *choice.get(&open);
            let declared = SOP.row(task).moves.iter().any(|(from, targets)| *from == stage && targets.contains(&to));
            prop_assert!(declared, "{:?} moved a file from {:?} to {:?}", task, stage, to);
            stage = to;
        }
    }

    /// Four eyes over whole walks: one person, with any roles, never brings a notice from draft to
    /// dispatch.
    #[test]
    fn nobody_carries_a_notice_to_the_customer_alone(choices in prop::collection::vec(any::<prop::sample::Index>(), 0..60)) {
        let (mut stage, mut done) = (Stage::Draft, Vec::<Task>::new());
        for choice in choices {
            let context = AuthContext { caller: SOME_USER, roles: every_role(), sees: true, done_by_caller: &done, done_by_anyone: &[] };
            let mut open = open_to(stage, &context);
            // A side exit does not lead to the customer.
            open.retain(|(_, to)| ![Stage::Rejected, Stage::Withdrawn].contains(to));
            if open.is_empty() {
                break;
            }
            let (task, to) = *choice.get(&open);
            done.push(task);
            stage = to;
            prop_assert!(![Stage::NoticeSigned, Stage::NoticeSent].contains(&stage), "after {:?}", done);
        }
    }
}
