//! Rules for the table of any SOP, independent of the printed one. The tests of each table call
//! these functions.

use std::collections::BTreeSet;

use serde::Serialize;
use service_desk::escalation::level::EscalationLevel;
use service_desk::sop::gate::{AuthContext, Principal, Refusal};
use service_desk::sop::rights::{RightsSubject, is_permitted};
use service_desk::sop::role::{Role, Roles};
use service_desk::sop::table::{Actor, Party, Row, Stage, Task};
use uuid::Uuid;

/// A person with an account.
pub const SOME_USER: Principal = Principal::User(Uuid::nil());

/// Every role at once.
pub fn every_role() -> Roles {
    Role::all().collect()
}

/// Every task with every stage.
pub fn every_task_and_stage<T: Task>() -> impl Iterator<Item = (T, T::Stage)> {
    T::all().flat_map(|task| T::Stage::all().map(move |stage| (task, stage)))
}

/// The stages that a file can move to from `stage`, by any actor.
pub fn ways_out<T: Task>(stage: T::Stage) -> impl Iterator<Item = T::Stage> {
    T::sop()
        .rows
        .iter()
        .filter_map(move |row| row.targets(stage))
        .flatten()
        .copied()
        .filter(move |to| *to != stage)
}

/// The stages that a file can reach from `stage`, including `stage`.
pub fn reachable_from<T: Task>(stage: T::Stage) -> Vec<T::Stage> {
    let mut reached = vec![stage];
    let mut at = 0;
    while let Some(from) = reached.get(at).copied() {
        at += 1;
        for to in ways_out::<T>(from) {
            if !reached.contains(&to) {
                reached.push(to);
            }
        }
    }
    reached
}

/// The codes of the targets of `task`, a line for each stage it starts from.
pub fn moves<T: Task>(task: T) -> Vec<String> {
    let codes = |targets: &[T::Stage]| {
        targets
            .iter()
            .map(|to| to.code())
            .collect::<Vec<_>>()
            .join(" | ")
    };
    T::sop()
        .row(task)
        .moves
        .iter()
        .map(|(from, to)| format!("{} → {}", from.code(), codes(to)))
        .collect()
}

/// The gate permits exactly the actor of the row, at a stage that the row starts from; returns the
/// number of permits.
pub fn the_gate_says_yes_exactly_to_the_actor_of_the_row<T: Task>() -> usize {
    let mut allowed = 0;
    for (task, stage) in every_task_and_stage::<T>() {
        let row = T::sop().row(task);
        for subject in RightsSubject::all() {
            let is_actor = match (row.actor, subject) {
                (Actor::Person(roles), RightsSubject::Holder(role)) => roles.contains(&role),
                (Actor::Reporter, RightsSubject::Reporter)
                | (Actor::System, RightsSubject::System) => true,
                (Actor::Person(_), RightsSubject::Reporter | RightsSubject::System)
                | (Actor::Reporter, RightsSubject::Holder(_) | RightsSubject::System)
                | (Actor::System, RightsSubject::Holder(_) | RightsSubject::Reporter) => false,
            };
            let starts_here = row.moves.iter().any(|(from, _)| *from == stage);
            let expected = match (is_actor, starts_here) {
                (false, _) => Err(Refusal::NotYours(task)),
                (true, false) => Err(Refusal::OutOfOrder(task)),
                (true, true) => Ok((task, stage)),
            };
            let answer = T::sop()
                .permit(task, stage, &subject.auth_context(&[]))
                .map(|permit| (permit.row().task, permit.from()));
            assert_eq!(
                answer,
                expected,
                "{task:?} at {stage:?} by {}",
                subject.code()
            );
            allowed += usize::from(answer.is_ok());
        }
    }
    allowed
}

/// The order of refusals: not visible, not your step, four eyes, out of order.
pub fn the_most_secret_refusal_comes_first<T: Task>() {
    let everything_done: Vec<_> = T::all().collect();
    for (task, stage) in every_task_and_stage::<T>() {
        for (roles, done) in [
            (every_role(), &everything_done[..]),
            (Roles::NONE, &[]),
            (every_role(), &[]),
        ] {
            for caller in [SOME_USER, Principal::Reporter, Principal::System] {
                let stranger = AuthContext {
                    caller,
                    roles,
                    sees: false,
                    done_by_caller: done,
                    done_by_anyone: &[],
                };
                assert_eq!(
                    T::sop().permit(task, stage, &stranger).err(),
                    Some(Refusal::Unseen),
                    "{task:?} at {stage:?}"
                );
            }
        }
        let outsider = AuthContext {
            caller: SOME_USER,
            roles: Roles::NONE,
            sees: true,
            done_by_caller: &everything_done,
            done_by_anyone: &[],
        };
        assert_eq!(
            T::sop().permit(task, stage, &outsider).err(),
            Some(Refusal::NotYours(task)),
            "{task:?} at {stage:?}"
        );
        let row = T::sop().row(task);
        if matches!(row.actor, Actor::Person(_))
            && !(row.never_by.is_empty() && row.never_by_all.is_empty())
        {
            let drafter = AuthContext {
                caller: SOME_USER,
                roles: every_role(),
                sees: true,
                done_by_caller: &everything_done,
                done_by_anyone: &[],
            };
            assert_eq!(
                T::sop().permit(task, stage, &drafter).err(),
                Some(Refusal::FourEyes(task)),
                "{task:?} at {stage:?}"
            );
        }
    }
}

/// Roles make no caller the service or a reporter, and neither of them a person.
pub fn nobody_passes_for_another_kind<T: Task>() {
    for (task, stage) in every_task_and_stage::<T>() {
        for caller in [SOME_USER, Principal::Reporter, Principal::System] {
            let kind = match T::sop().row(task).actor {
                Actor::Person(_) => SOME_USER,
                Actor::Reporter => Principal::Reporter,
                Actor::System => Principal::System,
            };
            let standing = AuthContext {
                caller,
                roles: every_role(),
                sees: true,
                done_by_caller: &[],
                done_by_anyone: &[],
            };
            let refused = T::sop().permit(task, stage, &standing).err();
            assert_eq!(
                refused == Some(Refusal::NotYours(task)),
                caller != kind,
                "{task:?} at {stage:?} by {caller:?}"
            );
        }
    }
}

/// A permit knows its bearer, and allows exactly the targets of its row.
pub fn a_permit_leads_only_where_its_row_says<T: Task>() {
    for (task, from) in every_task_and_stage::<T>() {
        let row = T::sop().row(task);
        let caller = match row.actor {
            Actor::Person(_) => SOME_USER,
            Actor::Reporter => Principal::Reporter,
            Actor::System => Principal::System,
        };
        let Ok(permit) = T::sop().permit(
            task,
            from,
            &AuthContext {
                caller,
                roles: every_role(),
                sees: true,
                done_by_caller: &[],
                done_by_anyone: &[],
            },
        ) else {
            assert_eq!(row.targets(from), None, "{task:?} from {from:?}");
            continue;
        };
        assert_eq!(
            (permit.by(), permit.from(), permit.row().task),
            (caller, from, task)
        );
        let declared = row.targets(from).expect("a permitted row starts here");
        for to in T::Stage::all() {
            assert_eq!(
                permit.outcome(to),
                declared.contains(&to).then_some(to),
                "{task:?} from {from:?} to {to:?}"
            );
        }
        assert_eq!(
            permit.only_outcome(),
            (declared.len() == 1).then(|| declared[0]),
            "{task:?} from {from:?}"
        );
    }
}

/// Every row occurs once, has a start, and names its targets.
pub fn every_row_stands_once<T: Task>() {
    let rows: &[Row<T>] = T::sop().rows;
    for task in T::all() {
        assert_eq!(
            rows.iter().filter(|row| row.task == task).count(),
            1,
            "{task:?}"
        );
    }
    assert_eq!(rows.len(), T::all().count());
    for row in rows {
        let starts: Vec<_> = row.moves.iter().map(|(from, _)| from.code()).collect();
        assert!(!starts.is_empty(), "{:?} starts nowhere", row.task);
        assert_eq!(
            starts.iter().collect::<BTreeSet<_>>().len(),
            starts.len(),
            "{:?} starts twice from one stage",
            row.task
        );
        for (from, targets) in row.moves {
            let distinct: BTreeSet<_> = targets.iter().map(|to| to.code()).collect();
            assert!(
                !targets.is_empty() && distinct.len() == targets.len(),
                "{:?} from {from:?} leads to {targets:?}",
                row.task
            );
            assert!(
                targets
                    .iter()
                    .all(|to| T::Stage::all().any(|stage| stage == *to)),
                "{:?} leads to a stage that is not listed",
                row.task
            );
        }
    }
    for row in rows.iter().filter(|row| row.no.is_none()) {
        assert_eq!(row.within, None, "{:?}", row.task);
        assert!(
            row.part_of.is_none_or(|no| T::sop().step(no).is_some()),
            "{:?} is part of no step",
            row.task
        );
    }
}

/// A code names one task or stage, parses back to it, and equals its JSON.
pub fn codes_name_one_thing<T: Task + Serialize>()
where
    T::Stage: Serialize,
{
    assert_eq!(
        T::all().map(T::code).collect::<BTreeSet<_>>().len(),
        T::all().count()
    );
    for task in T::all() {
        assert_eq!(T::from_code(task.code()), Some(task));
        assert_eq!(
            serde_json::to_value(task).expect("a task is a code"),
            task.code()
        );
    }
    assert_eq!(
        T::Stage::all()
            .map(T::Stage::code)
            .collect::<BTreeSet<_>>()
            .len(),
        T::Stage::all().count()
    );
    for stage in T::Stage::all() {
        assert_eq!(T::Stage::from_code(stage.code()), Some(stage));
        assert_eq!(
            serde_json::to_value(stage).expect("a stage is a code"),
            stage.code()
        );
    }
    assert!(T::from_code("sign").is_none() && T::Stage::from_code("Draft").is_none());
}

/// The moves that the gate permits in `standing` at `stage`: task and target.
pub fn open_to<T: Task>(stage: T::Stage, standing: &AuthContext<'_, T>) -> Vec<(T, T::Stage)> {
    let permits = T::all().filter_map(|task| T::sop().permit(task, stage, standing).ok());
    permits
        .flat_map(|permit| {
            T::Stage::all()
                .filter_map(|to| permit.outcome(to))
                .map(|to| (permit.row().task, to))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// For every role that ever sees a file through the table, the first stage at which it does.
pub fn first_seen<T: Task>() -> Vec<(Role, T::Stage)> {
    let first = |role| T::Stage::all().find(|stage| T::sop().roles_named_at(*stage).has(role));
    Role::all()
        .filter_map(|role| first(role).map(|stage| (role, stage)))
        .collect()
}

/// The numbered step that a file waits for at each stage.
pub fn waiting<T: Task>() -> Vec<(T::Stage, Option<u8>)> {
    T::Stage::all()
        .map(|stage| (stage, T::sop().waiting_at(stage).and_then(|row| row.no)))
        .collect()
}

/// At every stage the desk, the notification of the waiting step, and the escalation name the same
/// roles, and the permit check lets exactly these do a row that the file waits for.
pub fn the_desk_the_notice_and_the_escalation_name_the_same_roles<T: Task>() {
    let sop = T::sop();
    for stage in T::Stage::all() {
        let (rows, desk) = (sop.rows_waited_for(stage), sop.roles_waited_for(stage));
        assert_eq!(EscalationLevel::Warning.roles(desk), desk, "{stage:?}");
        for role in Role::all() {
            let holder = RightsSubject::Holder(role);
            let may = |row: &&Row<T>| is_permitted(sop, holder, row.task, stage);
            assert_eq!(
                desk.has(role),
                rows.iter().any(may),
                "{role:?} at {stage:?}"
            );
        }
        for row in &rows {
            let barring = sop.never_by_waited_for(stage);
            assert!(
                row.never_by
                    .iter()
                    .all(|task| barring.contains(&task.code()))
            );
        }
        // The escalation counts the office's time only: it looks at a file that waits for the
        // office, and at no other. At the first stage there is no file of the office yet.
        if Some(stage) == T::Stage::all().next() {
            continue;
        }
        let office = desk.iter().any(|role| role != Role::Customer);
        match sop.waiting_at(stage).map(|row| row.actor.party()) {
            Some(Party::Office) => assert!(office && !desk.has(Role::Customer), "{stage:?}"),
            Some(Party::Customer) => assert!(!office, "{stage:?}"),
            None => {}
        }
    }
}
