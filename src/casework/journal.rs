//! Entries of the journal as casework makes them: a step of an SOP, or an act beside one.

use uuid::Uuid;

use super::workflow::{FileHeader, Workflow};
use crate::identity::SignedIn;
use crate::journal::Entry;
use crate::sop::table::{Row, Stage as _};

/// The entry of a step of an SOP.
#[must_use]
pub fn of_step<'a, W: Workflow>(
    row: &Row<W>,
    header: &FileHeader<W>,
    from: W::Stage,
    who: Option<&SignedIn>,
    note: Option<&'a str>,
) -> Entry<'a> {
    Entry {
        office: header.office,
        subject: W::SUBJECT,
        subject_id: header.id,
        actor: who.map(|who| who.user),
        roles: who.map(|who| who.roles.codes()).unwrap_or_default(),
        acting: who
            .and_then(|who| who.acting)
            .map(|acting| acting.kind.code()),
        task: row.task.code(),
        step: row.no.or(row.part_of).map(i16::from),
        moved: Some((from.code(), header.stage.code())),
        counted: (header.round, header.draft),
        note,
    }
}

/// The entry of an act that is no step.
#[must_use]
pub fn of_act<'a>(
    who: &SignedIn,
    subject: &'static str,
    subject_id: Uuid,
    task: &'static str,
    note: Option<&'a str>,
) -> Entry<'a> {
    Entry {
        office: who.office,
        subject,
        subject_id,
        actor: Some(who.user),
        roles: who.roles.codes(),
        acting: who.acting.map(|acting| acting.kind.code()),
        task,
        step: None,
        moved: None,
        counted: (0, 0),
        note,
    }
}
