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
use crate::casework::announce::{About, Notice, NotificationKind, notify_by_tag};
use crate::casework::workflow::{Change, FileHeader, RequestTime};
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::sop::table::Task as _;

/// Notifies the recipients of the step that waits after `change`.
pub async fn notify_next_step(
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
    let notice = step_notice(header, next.no.or(next.part_of), next.task);
    // The actor may not see the complaint at its new stage; only the service sees all recipients.
    Viewer::set_context(connection, Principal::System, None, &services.keys).await?;
    let tags = recipients(
        connection,
        ComplaintStatus::of(header),
        &SOP.roles_waited_for(header.stage),
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
pub async fn notify_reporter_wrote(
    connection: &mut PgConnection,
    of: ComplaintStatus,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let reads = |role: &Role| READERS.contains(role);
    let waited_for = SOP.roles_waited_for(of.stage);
    let roles: Vec<_> = waited_for
        .iter()
        .filter_map(|role| {
            if reads(role) {
                Some(*role)
            } else {
                role.lead().filter(reads)
            }
        })
        .collect();
    let mut tags = recipients(connection, of, &roles, None, at, services).await?;
    if tags.is_empty() {
        tags = recipients(
            connection,
            of,
            &roles_that_answer(of.stage),
            None,
            at,
            services,
        )
        .await?;
    }
    notify_by_tag(
        connection,
        &bare_notice(of.office, of.case, NotificationKind::ReporterWrote),
        &tags,
        at.now,
    )
    .await
}

/// Roles that may answer the reporter of a complaint at `stage`.
pub fn roles_that_answer(stage: Stage) -> Vec<Role> {
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
pub async fn tagged_holders(
    connection: &mut PgConnection,
    (office, roles): (OfficeId, &[Role]),
    but: &[UserId],
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<Vec<(UserId, [u8; 32])>> {
    let mut people = BTreeSet::new();
    for role in roles {
        let present = holders(connection, office, *role, today(now)).await?;
        people.extend(present.into_iter().map(|holder| holder.user));
    }
    let tagged = people.into_iter().filter(|user| !but.contains(user));
    Ok(tagged
        .map(|user| (user, services.keys.person_tag(user)))
        .collect())
}

/// The tags, sorted, so that their order reveals nothing.
pub fn sorted_tags(people: impl IntoIterator<Item = (UserId, [u8; 32])>) -> Vec<Vec<u8>> {
    let mut tags: Vec<_> = people.into_iter().map(|(_, tag)| tag.to_vec()).collect();
    tags.sort_unstable();
    tags
}

/// Notifies `recipients` of a new alarm in the audit trail, without naming its object.
pub async fn notify_of_alarm(
    connection: &mut PgConnection,
    office: OfficeId,
    recipients: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    let notice = notice(office, NotificationKind::TrailAlarm, About::Trail);
    notify_by_tag(connection, &notice, recipients, now).await
}

/// Returns the tags of the current holders of `roles` that may see the complaint under that role.
/// Leaves out `but` and people that are barred, outside its team, or excluded from the step by four
/// eyes. Requires the service's context.
pub async fn recipients(
    connection: &mut PgConnection,
    of: ComplaintStatus,
    roles: &[Role],
    but: Option<UserId>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<Vec<Vec<u8>>> {
    let mut people = Vec::new();
    for role in roles {
        let role_holders = holders(connection, of.office, *role, today(at.now)).await?;
        people.extend(
            role_holders
                .into_iter()
                .filter(|holder| Some(holder.user) != but)
                .map(|holder| (holder.user, *role)),
        );
    }
    let barring: Vec<_> = SOP
        .never_by_waited_for(of.stage)
        .into_iter()
        .map(Task::code)
        .collect();
    let mut tags = with_access(connection, of.case, &people, &barring, &services.keys).await?;
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}

/// Notification of a waiting step. Holds the step, without the complaint's number or any text.
pub fn step_notice(header: &FileHeader<Task>, step: Option<u8>, task: Task) -> Notice<'static> {
    Notice {
        step,
        task: Some(task.code()),
        ..bare_notice(header.office, header.file.id, NotificationKind::StepWaiting)
    }
}

/// Notification with its kind only.
pub fn bare_notice(office: OfficeId, case: ComplaintId, kind: NotificationKind) -> Notice<'static> {
    notice(office, kind, About::Complaint(case))
}

fn notice(office: OfficeId, kind: NotificationKind, about: About) -> Notice<'static> {
    Notice {
        office,
        kind,
        about,
        step: None,
        task: None,
        stage: None,
        percent: None,
    }
}
