//! Late complaints: whoever of the rung may know of the complaint, and nobody else. A head who is barred, or to whom it was never shown, hears nothing.

use super::lateness::Lateness;
use super::rung::Rung;
use super::store::{self, Candidate};
use crate::casework::announce::{Kind, Notice, tell_by_tag};
use crate::casework::workflow::{Asking, Desktop};
use crate::complaint::announcing::{notice, who_may_know};
use crate::complaint::cabinet::Cabinet;
use crate::complaint::file::Whereabouts;
use crate::complaint::reading::read_as;
use crate::complaint::sop::{SOP, Task};
use crate::complaint::store::lock;
use crate::complaint::store::viewer::Viewer;
use crate::database::Database;
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::web::Work;

/// Tells of every complaint that has become late.
///
/// # Errors
/// When the server refuses to say what there is.
pub(super) async fn look(database: &Database, cabinet: &Cabinet, at: &Desktop) -> Result<()> {
    let candidates = read_as(database, cabinet, Asking::Service, None, async |c, _, _| {
        store::candidates::<Task>(c, at.now).await
    })
    .await?;
    for candidate in candidates {
        if let Err(error) = Box::pin(escalate(database, cabinet, at, candidate)).await {
            tracing::warn!(%error, "a complaint could not be looked at for being late");
        }
    }
    Ok(())
}

async fn escalate(
    database: &Database,
    cabinet: &Cabinet,
    at: &Desktop,
    candidate: Candidate,
) -> Result<()> {
    let lateness = Lateness::of(database, candidate.office, at).await?;
    if lateness.clock::<Task>(&candidate.turns).is_none() {
        return Ok(());
    }
    let mut work = Work::of_the_service(database, at.now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Service, None, &cabinet.keys).await?;
    let Some(cover) = lock(
        &mut work,
        ComplaintId(candidate.case),
        &viewer,
        Asking::Service,
        cabinet,
    )
    .await?
    else {
        return Ok(());
    };
    let turns = store::ledger(&mut work, candidate.case).await?;
    let (Some(clock), Some(turn)) = (lateness.clock::<Task>(&turns), turns.last()) else {
        return Ok(());
    };
    let Some(row) = SOP.rows_waited_for(cover.stage).first().copied() else {
        return Ok(());
    };
    for rung in Rung::reached(&clock) {
        if store::fire(
            &mut work,
            cover.id,
            (clock.step, turn.round),
            rung.percent(),
            at.now,
        )
        .await?
        {
            let roles = rung.roles(&SOP.roles_waited_for(cover.stage));
            let people = who_may_know(
                &mut work,
                Whereabouts::of(&cover),
                &roles,
                None,
                at,
                cabinet,
            )
            .await?;
            let late = Notice {
                kind: Kind::StepLate,
                percent: Some(rung.percent()),
                ..notice(&cover, Some(clock.step), row.task)
            };
            tell_by_tag(&mut work, &late, &people, at.now).await?;
        }
    }
    work.keep().await
}
