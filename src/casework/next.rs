//! What may be done next with a file, by whom, until when, and why the rest may not. It asks the same gate that the steps pass.

use serde::Serialize;

use super::ledger::ClockView;
use super::workflow::Workflow;
use crate::sop::gate::Standing;

/// A task that starts at the file's present stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NextView {
    /// The printed step it is, or is part of.
    #[schema(example = 3)]
    pub step: Option<u8>,
    /// Its code, which is also the operation's id.
    #[schema(example = "verify_documents")]
    pub task: &'static str,
    /// What it is.
    #[schema(example = "Verify the documents and issue the deficiency sheet")]
    pub title: &'static str,
    /// The role codes that may do it, or `system`.
    #[schema(example = "operations_staff")]
    pub actor: String,
    /// Whether you may do it now.
    pub allowed: bool,
    /// Why not: the problem code an attempt would get.
    #[schema(example = "not_your_step")]
    pub refusal: Option<&'static str>,
    /// Until when it is due, for the step the clock is measuring.
    pub due_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Every task that starts at `stage`, as the gate answers `who`.
#[must_use]
pub fn next<W: Workflow>(stage: W::Stage, who: &Standing<'_, W>, clock: Option<&ClockView>) -> Vec<NextView> {
    let sop = W::sop();
    let starting = sop.rows.iter().filter(|row| row.targets(stage).is_some());
    let view = |row: &'static crate::sop::table::Row<W>| {
        let refusal = sop.permit(row.task, stage, who).err().map(crate::sop::gate::Refusal::code);
        let step = row.no.or(row.part_of);
        NextView {
            step,
            task: row.task.code(),
            title: row.title.en,
            actor: row.actor.code(),
            allowed: refusal.is_none(),
            refusal,
            due_at: clock.filter(|clock| Some(clock.step) == step).and_then(|clock| clock.due_at),
        }
    };
    starting.map(view).collect()
}
