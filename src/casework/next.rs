//! What may be done next with a file, by whom, until when, and why the rest may not. It asks the same gate that the steps pass.

use serde::Serialize;

use super::ledger::ClockView;
use super::refusal::{Closed, reason};
use super::workflow::Workflow;
use crate::error::{Code, text};
use crate::sop::gate::{AuthContext, Refusal};
use crate::sop::table::{Row, Stage};

/// A task that starts at the file's present stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NextView {
    /// The printed step it is, or is part of.
    #[schema(example = 3)]
    pub step: Option<u8>,
    /// Its code, which is also the operation's id.
    #[schema(example = "verify_documents")]
    pub task: &'static str,
    /// What it is, in English.
    #[schema(example = "Verify the documents and issue the deficiency sheet")]
    pub title: &'static str,
    /// What it is, in Indonesian.
    #[schema(
        example = "Melakukan verifikasi dokumen permohonan dan menyampaikan lembar kekurangan dokumen"
    )]
    pub title_id: &'static str,
    /// The role codes that may do it, or `system`.
    #[schema(example = "operations_staff")]
    pub actor: String,
    /// Whether you may do it now.
    pub allowed: bool,
    /// Why not: the problem code an attempt would get.
    #[schema(example = "not_your_step")]
    pub refusal: Option<&'static str>,
    /// Why not, in Indonesian.
    #[schema(
        example = "“Melakukan verifikasi dokumen permohonan dan menyampaikan lembar kekurangan dokumen” dikerjakan oleh Staf Operasional."
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_id: Option<String>,
    /// Why not, in English.
    #[schema(
        example = "“Verify the documents and issue the deficiency sheet” is done by operations_staff (Staf Operasional)."
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_en: Option<String>,
    /// Until when it is due, for the step the clock is measuring.
    pub due_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// A task that does not start at the file's present stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RestView {
    /// The printed step it is, or is part of.
    #[schema(example = 8)]
    pub step: Option<u8>,
    /// Its code, as in `GET /sops/{code}`, which has its words.
    #[schema(example = "dispatch_audit_notice")]
    pub task: &'static str,
    /// Why not now: the problem code an attempt would get. What is another's is refused as such at every stage.
    #[schema(example = "out_of_order")]
    pub refusal: &'static str,
    /// The stages it starts at.
    #[schema(example = json!(["notice_signed"]))]
    pub from: Vec<&'static str>,
}

/// Whether `next` lists the row: it starts at `stage`. Where it may be done but does not show the file, it is listed to those alone who may do it.
fn is_listed<W: Workflow>(row: &'static Row<W>, stage: W::Stage, who: &AuthContext<'_, W>) -> bool {
    row.targets(stage).is_some()
        && (!row.unshown_at.contains(&stage) || W::sop().permit(row.task, stage, who).is_ok())
}

/// Every task that starts at `stage`, as the gate answers `who` and as the file itself does: `closed` is what [`Workflow::closed`] says of it.
#[must_use]
pub fn next<W: Workflow>(
    stage: W::Stage,
    who: &AuthContext<'_, W>,
    clock: Option<&ClockView>,
    closed: impl Fn(W) -> Option<Closed>,
) -> Vec<NextView> {
    let sop = W::sop();
    let starting = sop.rows.iter().filter(|row| is_listed(row, stage, who));
    let view = |row: &'static Row<W>| {
        let refusal = sop.permit(row.task, stage, who).err();
        let closed = if refusal.is_none() {
            closed(row.task)
        } else {
            None
        };
        let reason = refusal
            .and_then(reason)
            .or_else(|| closed.map(|closed| text(closed.id, closed.en)));
        let step = row.no.or(row.part_of);
        NextView {
            step,
            task: row.task.code(),
            title: row.title.en,
            title_id: row.title.id,
            actor: row.actor.code(),
            allowed: refusal.is_none() && closed.is_none(),
            refusal: refusal
                .map(Refusal::code)
                .or_else(|| closed.map(|_| Code::InvalidContent.row().code)),
            reason_id: reason.as_ref().map(|reason| reason.id.to_string()),
            reason_en: reason.map(|reason| reason.en.into_owned()),
            due_at: clock
                .filter(|clock| Some(clock.step) == step)
                .and_then(|clock| clock.due_at),
        }
    };
    starting.map(view).collect()
}

/// Every other task of the table, and why not: the same gate says so.
#[must_use]
pub fn rest<W: Workflow>(stage: W::Stage, who: &AuthContext<'_, W>) -> Vec<RestView> {
    let sop = W::sop();
    let others = sop.rows.iter().filter(|row| !is_listed(row, stage, who));
    let view = |row: &'static Row<W>| {
        let refusal = sop.permit(row.task, stage, who).err().map(Refusal::code)?;
        // A row that starts here too, and is not listed to this caller, starts elsewhere as far as the caller is told.
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
