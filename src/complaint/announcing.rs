//! What is told of a complaint: that a step waits, to whoever may take it and may know of it; that its reporter wrote, to whoever has it in hand and reads it,
//! or else could answer. The reporter has no inbox; of what a reporter does nobody is told before its surfacing time.

use sqlx::PgConnection;

use super::file::Whereabouts;
use super::services::ComplaintServices;
use super::sop::{SOP, Stage, Task};
use super::store::audience;
use super::store::viewer::Viewer;
use super::views::READERS;
use crate::casework::announce::{About, Kind, Notice, tell_by_tag};
use crate::casework::workflow::{Asking, Change, FileHeader, RequestTime};
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::role::Role;
use crate::sop::table::Task as _;

/// Tells of `change`.
///
/// # Errors
/// When the server refuses.
pub async fn announce(
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
    let notice = notice(header, next.no.or(next.part_of), next.task);
    // Whoever handed it over may not be the one who sees where it went.
    Viewer::enter(connection, Asking::Service, None, &services.keys).await?;
    let told = who_may_know(
        connection,
        Whereabouts::of(header),
        &SOP.roles_waited_for(header.stage),
        change.by,
        at,
        services,
    )
    .await?;
    tell_by_tag(connection, &notice, &told, at.now).await
}

/// What answers a reporter: a message, an answer from outside, and taking the complaint up again.
const ANSWERS: [Task; 3] = [
    Task::WriteToReporter,
    Task::SettleExternally,
    Task::ReopenComplaint,
];

/// Tells that the reporter has written: whoever the complaint waits for, if they read it; in the place of a drafter, who does not, their lead. Where it waits
/// for nobody who may know of it, whoever could answer: so nobody writes into the void after the answer or the end. Ask as the service, and never before it
/// has surfaced.
///
/// # Errors
/// When the server refuses.
pub async fn reporter_wrote(
    connection: &mut PgConnection,
    of: Whereabouts,
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
    let mut told = who_may_know(connection, of, &roles, None, at, services).await?;
    if told.is_empty() {
        told = who_may_know(
            connection,
            of,
            &who_could_answer(of.stage),
            None,
            at,
            services,
        )
        .await?;
    }
    tell_by_tag(
        connection,
        &bare(of.office, of.case, Kind::ReporterWrote),
        &told,
        at.now,
    )
    .await
}

/// The roles that may answer the reporter of a complaint at `stage`.
#[must_use]
pub fn who_could_answer(stage: Stage) -> Vec<Role> {
    let answers = || {
        ANSWERS
            .into_iter()
            .map(|task| SOP.row(task))
            .filter(|row| row.targets(stage).is_some())
    };
    Role::all()
        .filter(|role| answers().any(|row| row.actor.admits(*role)))
        .collect()
}

/// The tags of those who hold one of `roles` today and may know of the complaint by it: nobody who is barred, nobody outside its team, nobody whom four eyes
/// keep from the step, and not `but`. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn who_may_know(
    connection: &mut PgConnection,
    of: Whereabouts,
    roles: &[Role],
    but: Option<UserId>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<Vec<Vec<u8>>> {
    let mut people = Vec::new();
    for role in roles {
        let held = holders(connection, of.office, *role, today(at.now)).await?;
        people.extend(
            held.into_iter()
                .filter(|holder| Some(holder.user) != but)
                .map(|holder| (holder.user, *role)),
        );
    }
    let barring: Vec<_> = SOP
        .never_by_waited_for(of.stage)
        .into_iter()
        .map(Task::code)
        .collect();
    let mut tags = audience::among(connection, of.case, &people, &barring, &services.keys).await?;
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}

/// A notice of the complaint: the step, and neither number nor anything that was said.
#[must_use]
pub fn notice(header: &FileHeader<Task>, step: Option<u8>, task: Task) -> Notice<'static> {
    Notice {
        step,
        task: Some(task.code()),
        ..bare(header.office, header.file.id, Kind::StepWaiting)
    }
}

/// A notice that says nothing but its kind.
#[must_use]
pub fn bare(office: OfficeId, case: ComplaintId, kind: Kind) -> Notice<'static> {
    Notice {
        office,
        kind,
        about: About::Complaint(case),
        step: None,
        task: None,
        stage: None,
        percent: None,
    }
}
