//! Next steps of a complaint as its reporter sees them: decided by the same gate as for staff, with
//! due dates in days.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::casework::ledger::current_clock;
use crate::casework::next;
use crate::complaint::file::ComplaintRow;
use crate::complaint::sop::{SOP, Task};
use crate::sop::gate::{AuthContext, Principal};
use crate::sop::role::Roles;
use crate::sop::text::{Term, Text};
use crate::sop::working_time::{Calendar, WIB};

/// A task that can be taken at the present stage of the complaint.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnNext {
    /// Number of the printed step that the task is, or is part of.
    #[schema(example = 7)]
    pub step: Option<u8>,
    /// Code of the task.
    #[schema(example = "acknowledge_answer")]
    pub task: &'static str,
    /// Title.
    pub title: Term,
    /// `reporter`, the codes of the roles that may take the task, or `system`.
    #[schema(example = "reporter")]
    pub actor: String,
    /// Whether you may take the task now.
    pub allowed: bool,
    /// Problem code that an attempt would get now; null when you may take the task.
    #[schema(example = "not_your_step")]
    pub refusal: Option<&'static str>,
    /// Reason of the refusal; absent when you may take the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Day on which the task is due.
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-20")]
    pub due_on: Option<NaiveDate>,
}

/// Lists every task that can be taken at the present stage.
pub(super) fn own_next_steps(
    record: &ComplaintRow,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Vec<OwnNext> {
    let clock = current_clock(&SOP, &record.turns, calendar, now);
    let auth: AuthContext<'_, Task> = AuthContext {
        caller: Principal::Reporter,
        roles: Roles::NONE,
        sees: true,
        done_by_caller: &record.done_by_caller,
        done_by_anyone: &record.done_by_anyone,
    };
    let tasks = next::next_tasks::<Task>(record.stage, &auth, clock.as_ref(), |_| None).into_iter();
    tasks
        .map(|one| OwnNext {
            step: one.step,
            task: one.task,
            title: one.title,
            actor: one.actor,
            allowed: one.allowed,
            refusal: one.refusal,
            reason: one.reason,
            due_on: one.due_at.map(|due| due.with_timezone(&WIB).date_naive()),
        })
        .collect()
}
