//! What a hand-over of a complaint tells: that a step waits, to whoever may take it and may know of it, and nothing else to anybody. The reporter has no
//! inbox; what a reporter does moves no file, so nobody is told of it before a surfacing time.

use sqlx::PgConnection;

use super::cabinet::Cabinet;
use super::sop::{SOP, Task};
use super::store::audience;
use super::store::viewer::Viewer;
use super::unheard;
use crate::casework::announce::{About, Kind, Notice, tell_by_tag};
use crate::casework::workflow::{Asking, Change, Cover, Desktop};
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::UserId;
use crate::sop::role::Role;
use crate::sop::table::Task as _;

/// Tells of `change`.
///
/// # Errors
/// When the server refuses.
pub async fn announce(connection: &mut PgConnection, change: &Change<'_, Task>, at: &Desktop, tools: &Cabinet) -> Result<()> {
    let cover = change.cover;
    if unheard::may_follow(change) {
        Viewer::enter(connection, Asking::Service, None, &tools.keys).await?;
        unheard::raise(connection, cover, at, tools).await?;
    }
    if change.from == cover.stage {
        return Ok(());
    }
    let next = SOP.rows_waited_for(cover.stage).first().copied();
    let Some(next) = next else { return Ok(()) };
    let notice = notice(cover, next.no.or(next.part_of), next.task);
    // Whoever handed it over may not be the one who sees where it went.
    Viewer::enter(connection, Asking::Service, None, &tools.keys).await?;
    let told = who_may_know(connection, cover, &SOP.roles_waited_for(cover.stage), change.by, at, tools).await?;
    tell_by_tag(connection, &notice, &told, at.now).await
}

/// The tags of those who hold one of `roles` today and may know of the complaint by it: nobody who is barred, nobody outside its team, nobody whom four eyes
/// keep from the step, and not `but`. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn who_may_know(
    connection: &mut PgConnection,
    cover: &Cover<Task>,
    roles: &[Role],
    but: Option<UserId>,
    at: &Desktop,
    tools: &Cabinet,
) -> Result<Vec<Vec<u8>>> {
    let mut people = Vec::new();
    for role in roles {
        let held = holders(connection, cover.office, *role, today(at.now)).await?;
        people.extend(held.into_iter().filter(|holder| Some(holder.user) != but).map(|holder| (holder.user, *role)));
    }
    let barring: Vec<_> = SOP.never_by_waited_for(cover.stage).into_iter().map(Task::code).collect();
    let mut tags = audience::among(connection, cover.file.id, &people, &barring, &tools.keys).await?;
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}

/// A notice of the complaint: the step, and neither number nor anything that was said.
#[must_use]
pub fn notice(cover: &Cover<Task>, step: Option<u8>, task: Task) -> Notice<'static> {
    let about = About::Complaint(cover.file.id);
    Notice { office: cover.office, kind: Kind::StepWaiting, about, step, task: Some(task.code()), stage: None, percent: None }
}
