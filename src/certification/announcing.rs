//! What a hand-over of an application tells: the next step to whoever may take it, the move to its customer, and the event to streams and webhooks.

use sqlx::PgConnection;

use super::file::Application;
use super::sop::{SOP, Stage, Task};
use crate::casework::announce::{
    About, ApplicationEvent, EventKind, Kind, Notice, four_eyes_out, people_of, publish, tell,
};
use crate::casework::workflow::{Change, FileHeader, RequestTime};
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::UserId;
use crate::sop::role::Role;
use crate::sop::table::{Stage as _, Task as _};

/// Tells of `change`.
///
/// # Errors
/// When the server refuses.
pub async fn announce(
    connection: &mut PgConnection,
    change: &Change<'_, Task>,
    at: &RequestTime,
) -> Result<()> {
    let Change {
        row,
        header,
        from,
        by,
    } = change;
    let moved = *from != header.stage;
    let Some(kind) = (if moved {
        Some(EventKind::StageChanged)
    } else {
        (row.task == Task::RecordPayment).then_some(EventKind::BillingPaid)
    }) else {
        return Ok(());
    };
    publish(connection, header.office, kind, &event(change), at.now).await?;
    if !moved {
        return Ok(());
    }
    let others = |people: Vec<UserId>| {
        people
            .into_iter()
            .filter(|user| Some(*user) != *by)
            .collect::<Vec<_>>()
    };
    let next = SOP.rows_waited_for(header.stage).first().copied();
    let waiting = Notice {
        kind: Kind::StepWaiting,
        ..notice(
            header,
            next.and_then(|row| row.no.or(row.part_of)),
            next.map(|row| row.task),
        )
    };
    let staff = others(staff_waited_for(connection, header, at).await?);
    tell(connection, &waiting, &staff, at.now).await?;
    let customers = others(people_of(connection, header.file.customer).await?);
    let is_asked = SOP.roles_waited_for(header.stage).contains(&Role::Customer);
    let moved = Notice {
        kind: Kind::CaseMoved,
        ..notice(header, row.no.or(row.part_of), Some(row.task))
    };
    tell(
        connection,
        if is_asked { &waiting } else { &moved },
        &customers,
        at.now,
    )
    .await
}

/// The staff the file waits for at its stage: who holds one of the roles today, but for whom four eyes keep from it.
///
/// # Errors
/// When the server refuses.
pub async fn staff_waited_for(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    at: &RequestTime,
) -> Result<Vec<UserId>> {
    let roles = SOP
        .roles_waited_for(header.stage)
        .into_iter()
        .filter(|role| *role != Role::Customer);
    let mut staff = Vec::new();
    for role in roles {
        staff.extend(
            holders(connection, header.office, role, today(at.now))
                .await?
                .into_iter()
                .map(|holder| holder.user),
        );
    }
    staff.sort_unstable();
    staff.dedup();
    let barring: Vec<_> = SOP
        .never_by_waited_for(header.stage)
        .into_iter()
        .map(Task::code)
        .collect();
    four_eyes_out(connection, header.id, header.draft, &barring, staff).await
}

/// A notice of the application, of whatever kind.
#[must_use]
pub fn notice(header: &FileHeader<Task>, step: Option<u8>, task: Option<Task>) -> Notice<'static> {
    let Application { id, .. } = header.file;
    let (task, stage) = (task.map(Task::code), Some(header.stage.code()));
    Notice {
        office: header.office,
        kind: Kind::CaseMoved,
        about: About::Application(id),
        step,
        task,
        stage,
        percent: None,
    }
}

fn event(change: &Change<'_, Task>) -> ApplicationEvent {
    let (row, header): (_, &FileHeader<Task>) = (change.row, change.header);
    let code = |stage: Stage| stage.code().to_owned();
    ApplicationEvent {
        application: header.file.id,
        // Put in where it is written: a number that was given in this very step is not on the cover.
        number: None,
        scheme: header.file.form.scheme.as_str().to_owned(),
        from_stage: code(change.from),
        stage: code(header.stage),
        task: row.task.code().to_owned(),
        step: row.no.or(row.part_of),
        round: header.round,
        version: header.version + 1,
    }
}
