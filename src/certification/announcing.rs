//! Notifications and events of a hand-over: the staff for the next step and the customer get a
//! notification; streams and webhooks get an event.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::sop::{SOP, Stage, Task};
use crate::casework::announce::{
    About, ApplicationEvent, EventKind, Notice, NotificationKind, customer_users, holders_of,
    notify, notify_groups, publish, without_barred_users,
};
use crate::casework::workflow::{Change, FileHeader, RequestTime};
use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::sop::role::{Role, Roles};
use crate::sop::table::{Row, Stage as _, Task as _};

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
        matches!(row.task, Task::RecordPayment | Task::ReceivePayment)
            .then_some(EventKind::BillingPaid)
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
    let waiting = notice(header, NotificationKind::StepWaiting, next);
    let staff = others(awaited_staff(connection, header, at).await?);
    let customers = others(customer_users(connection, header.file.customer).await?);
    let is_asked = SOP.roles_waited_for(header.stage).has(Role::Customer);
    let moved = notice(header, NotificationKind::CaseMoved, Some(row));
    let to_customers = if is_asked { waiting } else { moved };
    notify_groups(
        connection,
        &[(waiting, &staff), (to_customers, &customers)],
        at.now,
    )
    .await
}

/// Tells today's treasurers of money or of a code that waits for them.
pub async fn alert_treasurers(
    connection: &mut PgConnection,
    (office, about): (OfficeId, About),
    kind: NotificationKind,
    now: DateTime<Utc>,
) -> Result<()> {
    let roles = [Role::Treasurer].into_iter().collect();
    let people = holders_of(connection, office, roles, now).await?;
    let users: Vec<_> = people.into_iter().map(|(user, _)| user).collect();
    notify(connection, &Notice::of(office, about, kind), &users, now).await
}

/// The staff that may take the next step: today's holders of its roles, except those barred by the
/// four-eyes rule.
pub async fn awaited_staff(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    at: &RequestTime,
) -> Result<Vec<UserId>> {
    let waited = SOP.roles_waited_for(header.stage).iter();
    let roles = waited.filter(|role| *role != Role::Customer).collect();
    let staff = each_holder_of(connection, header, roles, at).await?;
    let barring = SOP.never_by_waited_for(header.stage);
    without_barred_users(connection, header.id, header.draft, &barring, staff).await
}

/// Today's holders of `roles`, each once.
pub async fn each_holder_of(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    roles: Roles,
    at: &RequestTime,
) -> Result<Vec<UserId>> {
    let people = holders_of(connection, header.office, roles, at.now).await?;
    let mut users: Vec<_> = people.into_iter().map(|(user, _)| user).collect();
    users.sort_unstable();
    users.dedup();
    Ok(users)
}

/// A notification about the step of `row` on the application.
pub fn notice(
    header: &FileHeader<Task>,
    kind: NotificationKind,
    row: Option<&Row<Task>>,
) -> Notice<'static> {
    Notice {
        stage: Some(header.stage.code()),
        ..Notice::of(header.office, About::Application(header.file.id), kind).of_step(row)
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
