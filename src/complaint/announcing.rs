//! Notifications about complaints. A waiting step notifies the roles that may take the step and see
//! the complaint; a message of the reporter notifies its handlers. The reporter has no inbox. Acts
//! of a reporter notify no one before their release time.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::file::ComplaintStatus;
use super::services::ComplaintServices;
use super::sop::{SOP, Stage, Task};
use super::store::viewer::{Viewer, with_access};
use super::views::READERS;
use crate::casework::announce::{About, Notice, NotificationKind, holders_of, notify_by_tag};
use crate::casework::workflow::{Change, FileHeader, RequestTime};
use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::{Role, Roles};
use crate::sop::table::Row;

/// Notifies the recipients of the step that waits after `change`.
pub(crate) async fn notify_next_step(
    connection: &mut PgConnection,
    change: &Change<'_, Task>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let header = change.header;
    if change.from == header.stage {
        return Ok(());
    }
    let next = SOP.rows_waited_for(header.stage).first().copied();
    let Some(next) = next else { return Ok(()) };
    let notice = step_notice(header, NotificationKind::StepWaiting, next);
    // The actor may not see the complaint at its new stage; only the service sees all recipients.
    Viewer::set_context(connection, Principal::System, None, &services.keys).await?;
    let tags = recipients(
        connection,
        ComplaintStatus::of(header),
        SOP.roles_waited_for(header.stage),
        change.by,
        at,
        services,
    )
    .await?;
    notify_by_tag(connection, &notice, &tags, at.now).await
}

/// Tasks that answer a reporter: a message, an external answer, a reopening.
const ANSWERING_TASKS: [Task; 3] = [
    Task::WriteToReporter,
    Task::SettleExternally,
    Task::ReopenComplaint,
];

/// Notifies the handlers that the reporter has written: the roles the complaint waits for that read
/// its content, or the lead of a drafter that does not. When none of them may see the complaint,
/// notifies the roles that could answer, so that a message after the answer or the closing is not
/// lost. Requires the service's context, after the release.
pub(crate) async fn notify_reporter_wrote(
    connection: &mut PgConnection,
    of: ComplaintStatus,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let reads = |role: &Role| READERS.contains(role);
    let waited_for = SOP.roles_waited_for(of.stage);
    let roles = waited_for
        .iter()
        .filter_map(|role| Some(role).filter(reads).or(role.lead().filter(reads)))
        .collect();
    let mut tags = recipients(connection, of, roles, None, at, services).await?;
    if tags.is_empty() {
        let roles = roles_that_answer(of.stage);
        tags = recipients(connection, of, roles, None, at, services).await?;
    }
    notify_by_tag(
        connection,
        &Notice::of(
            of.office,
            About::Complaint(of.case),
            NotificationKind::ReporterWrote,
        ),
        &tags,
        at.now,
    )
    .await
}

/// Roles that may answer the reporter of a complaint at `stage`.
pub fn roles_that_answer(stage: Stage) -> Roles {
    let answers = || {
        ANSWERING_TASKS
            .into_iter()
            .map(|task| SOP.row(task))
            .filter(|row| row.targets(stage).is_some())
    };
    Role::all()
        .filter(|role| answers().any(|row| row.actor.admits(*role)))
        .collect()
}

/// Returns the current holders of `roles` without `but`, each once, with their tags.
pub(crate) async fn tagged_holders(
    connection: &mut PgConnection,
    (office, roles): (OfficeId, &[Role]),
    but: &[UserId],
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<Vec<(UserId, [u8; 32])>> {
    let roles = roles.iter().copied().collect();
    let present = holders_of(connection, office, roles, now).await?;
    let people: BTreeSet<_> = present.into_iter().map(|(user, _)| user).collect();
    let tagged = people.into_iter().filter(|user| !but.contains(user));
    Ok(tagged
        .map(|user| (user, services.keys.person_tag(user)))
        .collect())
}

/// The tags, sorted, so that their order reveals nothing.
pub(crate) fn sorted_tags(people: impl IntoIterator<Item = (UserId, [u8; 32])>) -> Vec<Vec<u8>> {
    let mut tags: Vec<_> = people.into_iter().map(|(_, tag)| tag.to_vec()).collect();
    tags.sort_unstable();
    tags
}

/// Notifies `recipients` of a new alarm in the audit trail, without naming its object.
pub(crate) async fn notify_of_alarm(
    connection: &mut PgConnection,
    office: OfficeId,
    recipients: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    let notice = Notice::of(office, About::Trail, NotificationKind::TrailAlarm);
    notify_by_tag(connection, &notice, recipients, now).await
}

/// Returns the tags of the current holders of `roles` that may see the complaint under that role.
/// Leaves out `but` and people that are barred, outside its team, or excluded from the step by four
/// eyes. Requires the service's context.
pub(crate) async fn recipients(
    connection: &mut PgConnection,
    of: ComplaintStatus,
    roles: Roles,
    but: Option<UserId>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<Vec<Vec<u8>>> {
    let mut people = holders_of(connection, of.office, roles, at.now).await?;
    people.retain(|(user, _)| Some(*user) != but);
    let barring = SOP.never_by_waited_for(of.stage);
    let mut tags = with_access(connection, of.case, &people, &barring, &services.keys).await?;
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}

/// Notification about the step of `row`, without the complaint's number or any text.
pub(crate) fn step_notice(
    header: &FileHeader<Task>,
    kind: NotificationKind,
    row: &Row<Task>,
) -> Notice<'static> {
    Notice::of(header.office, About::Complaint(header.file.id), kind).of_step(Some(row))
}
