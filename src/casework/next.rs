//! The tasks open at a file's stage: the actor, the due time, and the refusal for the others. The
//! list uses the same permit check as the steps.

use serde::Serialize;

use super::ledger::ClockView;
use super::refusal::{TaskClosed, refusal_reason};
use super::workflow::Workflow;
use crate::error::{Code, Text, text};
use crate::sop::gate::{AuthContext, Refusal};
use crate::sop::table::{Row, Stage};
use crate::sop::text::Term;

/// A task that starts at the file's current stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NextView {
    /// The printed step it is, or is part of.
    #[schema(example = 3)]
    pub step: Option<u8>,
    /// The task code, which is also the operation id.
    #[schema(example = "verify_documents")]
    pub task: &'static str,
    /// The title.
    pub title: Term,
    /// The codes of the roles that may do the task, or `reporter`, or `system`.
    #[schema(example = "operations_staff")]
    pub actor: String,
    /// True if you may do the task now.
    pub allowed: bool,
    /// The problem code that an attempt would get; null when allowed.
    #[schema(example = "not_your_step")]
    pub refusal: Option<&'static str>,
    /// The reason for the refusal; absent when allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// When the task is due, if the clock measures this step.
    pub due_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// A task that does not start at the file's current stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RestView {
    /// The printed step it is, or is part of.
    #[schema(example = 8)]
    pub step: Option<u8>,
    /// The task code, as in `GET /sops/{code}`, which gives its titles.
    #[schema(example = "dispatch_audit_notice")]
    pub task: &'static str,
    /// The problem code that an attempt would get now. A task of another role is refused as
    /// `not_your_step` at every stage.
    #[schema(example = "out_of_order")]
    pub refusal: &'static str,
    /// The stages at which the task starts.
    #[schema(example = json!(["notice_signed"]))]
    pub from: Vec<&'static str>,
}

/// True if `next` lists the row: the row starts at `stage`. A row in `unshown_at` is listed only to
/// callers that may do it.
fn is_listed<W: Workflow>(
    row: &'static Row<W>,
    stage: W::Stage,
    context: &AuthContext<'_, W>,
) -> bool {
    row.targets(stage).is_some()
        && (!row.unshown_at.contains(&stage) || W::sop().permit(row.task, stage, context).is_ok())
}

/// Lists every task that starts at `stage`, with the result of the permit check. `closed` is
/// [`Workflow::closed`] for this file.
pub fn next_tasks<W: Workflow>(
    stage: W::Stage,
    context: &AuthContext<'_, W>,
    clock: Option<&ClockView>,
    closed: impl Fn(W) -> Option<TaskClosed>,
) -> Vec<NextView> {
    let sop = W::sop();
    let starting = sop.rows.iter().filter(|row| is_listed(row, stage, context));
    let view = |row: &'static Row<W>| {
        let refusal = sop.permit(row.task, stage, context).err();
        let closed = if refusal.is_none() {
            closed(row.task)
        } else {
            None
        };
        let reason = refusal
            .and_then(refusal_reason)
            .or_else(|| closed.map(|closed| text(closed.id, closed.en)));
        let step = row.no.or(row.part_of);
        NextView {
            step,
            task: row.task.code(),
            title: row.title,
            actor: row.actor.code(),
            allowed: refusal.is_none() && closed.is_none(),
            refusal: refusal
                .map(Refusal::code)
                .or_else(|| closed.map(|_| Code::InvalidContent.row().code)),
            reason,
            due_at: clock
                .filter(|clock| Some(clock.step) == step)
                .and_then(|clock| clock.due_at),
        }
    };
    starting.map(view).collect()
}

/// Lists every other task of the SOP with its refusal, from the same permit check.
pub fn other_tasks<W: Workflow>(stage: W::Stage, context: &AuthContext<'_, W>) -> Vec<RestView> {
    let sop = W::sop();
    let others = sop
        .rows
        .iter()
        .filter(|row| !is_listed(row, stage, context));
    let view = |row: &'static Row<W>| {
        let refusal = sop
            .permit(row.task, stage, context)
            .err()
            .map(Refusal::code)?;
        // A row that starts at this stage and is hidden from this caller is shown with its other
        // stages only.
        let from = row
            .moves
            .iter()
            .map(|(from, _)| *from)
            .filter(|from| *from != stage)
            .map(Stage::code)
            .collect();
        Some(RestView {
            step: row.no.or(row.part_of),
            task: row.task.code(),
            refusal,
            from,
        })
    };
    others.filter_map(view).collect()
}
