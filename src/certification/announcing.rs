//! Notifications and events of a hand-over: the staff for the next step and the customer get a
//! notification; streams and webhooks get an event.

use sqlx::PgConnection;

use super::file::Application;
use super::sop::{SOP, Stage, Task};
use crate::casework::announce::{
    About, ApplicationEvent, EventKind, Notice, NotificationKind, customer_users, notify, publish,
    without_barred_users,
};
use crate::casework::workflow::{Change, FileHeader, RequestTime};
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::UserId;
use crate::sop::role::Role;
use crate::sop::table::{Stage as _, Task as _};

/// Sends the notifications and the event of `change`.
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
        kind: NotificationKind::StepWaiting,
        ..notice(
            header,
            next.and_then(|row| row.no.or(row.part_of)),
            next.map(|row| row.task),
        )
    };
    let staff = others(awaited_staff(connection, header, at).await?);
    notify(connection, &waiting, &staff, at.now).await?;
    let customers = others(customer_users(connection, header.file.customer).await?);
    let is_asked = SOP.roles_waited_for(header.stage).contains(&Role::Customer);
    let moved = Notice {
        kind: NotificationKind::CaseMoved,
        ..notice(header, row.no.or(row.part_of), Some(row.task))
    };
    notify(
        connection,
        if is_asked { &waiting } else { &moved },
        &customers,
        at.now,
    )
    .await
}

/// The staff that may take the next step: today's holders of its roles, except those barred by the
/// four-eyes rule.
pub async fn awaited_staff(
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
    without_barred_users(connection, header.id, header.draft, &barring, staff).await
}

/// A `CaseMoved` notification about the application; callers may change its kind.
pub fn notice(header: &FileHeader<Task>, step: Option<u8>, task: Option<Task>) -> Notice<'static> {
    let Application { id, .. } = header.file;
    let (task, stage) = (task.map(Task::code), Some(header.stage.code()));
    Notice {
        office: header.office,
        kind: NotificationKind::CaseMoved,
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
        // Filled in when the event is stored: a number given in this very step is not in the header
        // yet.
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
