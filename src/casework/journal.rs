//! Builds journal entries: for a step of an SOP, and for an act that is not a step.

use uuid::Uuid;

use super::workflow::{FileHeader, Workflow};
use crate::error::{FieldError, Result, fault};
use crate::identity::SignedIn;
use crate::journal::{self, Entry};
use crate::sop::table::{Row, Stage as _};
use crate::text::is_blank;
use crate::web::IdempotentWrite;

/// The journal entry of a step of an SOP.
pub fn step_entry<'a, W: Workflow>(
    row: &Row<W>,
    header: &FileHeader<W>,
    from: W::Stage,
    caller: Option<&SignedIn>,
    note: Option<&'a str>,
) -> Entry<'a> {
    Entry {
        office: header.office,
        subject: W::SUBJECT,
        subject_id: header.id,
        actor: caller.map(|caller| caller.user),
        roles: caller
            .map(|caller| caller.roles.codes())
            .unwrap_or_default(),
        acting: caller
            .and_then(|caller| caller.acting)
            .map(|acting| acting.kind.code()),
        task: row.task.code(),
        step: row.no.or(row.part_of).map(i16::from),
        moved: Some((from.code(), header.stage.code())),
        counted: (header.round, header.draft),
        note,
    }
}

/// The field error of a reason that is not 1 to 500 characters.
pub fn reason_error(reason: &str) -> Option<FieldError> {
    (is_blank(reason) || reason.chars().count() > 500).then(|| {
        fault(
            "/reason",
            "wrong_value",
            "Isi 1 sampai 500 karakter.",
            "1 to 500 characters.",
        )
    })
}

/// Journals a change of the office's settings, with its reason.
pub async fn add_office_act(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    task: &'static str,
    reason: &str,
) -> Result<()> {
    let entry = act_entry(caller, "office", caller.office.0, task, Some(reason));
    let now = work.now();
    journal::add(work, &entry, now).await
}

/// The journal entry of an act that is not a step of an SOP.
pub fn act_entry<'a>(
    caller: &SignedIn,
    subject: &'static str,
    subject_id: Uuid,
    task: &'static str,
    note: Option<&'a str>,
) -> Entry<'a> {
    Entry {
        office: caller.office,
        subject,
        subject_id,
        actor: Some(caller.user),
        roles: caller.roles.codes(),
        acting: caller.acting.map(|acting| acting.kind.code()),
        task,
        step: None,
        moved: None,
        counted: (0, 0),
        note,
    }
}
