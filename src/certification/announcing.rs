//! The content of the notifications and events of a hand-over: the staff for the next step and the
//! customer get a notification; streams and webhooks get an event.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::sop::{SOP, Stage, Task};
use crate::casework::announce::{
    About, ApplicationEvent, EventKind, Notice, NotificationKind, holders_of, notify,
};
use crate::casework::workflow::{Change, FileHeader};
use crate::error::{Error, Result};
use crate::ids::OfficeId;
use crate::sop::role::Role;
use crate::sop::table::{Row, Stage as _, Task as _};

/// The content of the notifications and of the event of a hand-over.
pub(super) struct Announcement {
    /// The kind of the event, if there is one.
    pub(super) event: Option<EventKind>,
    /// The data of the event, without the number, which this very step may have given.
    pub(super) data: serde_json::Value,
    /// The notification of the staff that the file waits for. Sent if the stage changed.
    pub(super) to_staff: Notice<'static>,
    /// The notification of the customer. Sent if the stage changed.
    pub(super) to_customers: Notice<'static>,
}

impl Announcement {
    /// The announcement of `change`.
    pub(super) fn of(change: &Change<'_, Task>) -> Result<Self> {
        let (row, header) = (change.row, change.header);
        let is_payment = matches!(row.task, Task::RecordPayment | Task::ReceivePayment);
        let event = if change.from == header.stage {
            is_payment.then_some(EventKind::BillingPaid)
        } else {
            Some(EventKind::StageChanged)
        };
        let next = SOP.rows_waited_for(header.stage).first().copied();
        let waiting = notice(header, NotificationKind::StepWaiting, next);
        let is_asked = SOP.roles_waited_for(header.stage).has(Role::Customer);
        Ok(Self {
            event,
            data: serde_json::to_value(event_data(change)).map_err(Error::internal)?,
            to_staff: waiting,
            to_customers: if is_asked {
                waiting
            } else {
                notice(header, NotificationKind::CaseMoved, Some(row))
            },
        })
    }
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

fn event_data(change: &Change<'_, Task>) -> ApplicationEvent {
    let (row, header): (_, &FileHeader<Task>) = (change.row, change.header);
    let code = |stage: Stage| stage.code().to_owned();
    ApplicationEvent {
        application: header.file.id,
        // Filled in by the statement of the hand-over.
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
