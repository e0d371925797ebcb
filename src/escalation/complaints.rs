//! Late complaints: whoever of the rung may know of the complaint, and nobody else. A head who is barred, or to whom it was never shown, hears nothing.

use super::lateness::Lateness;
use super::level::EscalationLevel;
use super::store::{self, Candidate};
use crate::casework::announce::{Kind, Notice, tell_by_tag};
use crate::casework::workflow::{Asking, RequestTime};
use crate::complaint::announcing::{notice, who_may_know};
use crate::complaint::file::Whereabouts;
use crate::complaint::read_transaction::read_as;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Task};
use crate::complaint::store::lock;
use crate::complaint::store::viewer::Viewer;
use crate::database::Database;
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::web::IdempotentWrite;

/// Tells of every complaint that has become late.
///
/// # Errors
/// When the server refuses to say what there is.
pub(super) async fn look(
    database: &Database,
    services: &ComplaintServices,
    at: &RequestTime,
) -> Result<()> {
    let candidates = read_as(
        database,
        services,
        Asking::Service,
        None,
        async |c, _, _| store::candidates::<Task>(c, at.now).await,
    )
    .await?;
    for candidate in candidates {
        if let Err(error) = Box::pin(escalate(database, services, at, candidate)).await {
            tracing::warn!(%error, "a complaint could not be looked at for being late");
        }
    }
    Ok(())
}

async fn escalate(
    database: &Database,
    services: &ComplaintServices,
    at: &RequestTime,
    candidate: Candidate,
) -> Result<()> {
    let lateness = Lateness::of(database, candidate.office, at).await?;
    if lateness.clock::<Task>(&candidate.turns).is_none() {
        return Ok(());
    }
    let mut work = IdempotentWrite::of_the_service(database, at.now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Service, None, &services.keys).await?;
    let Some(header) = lock(
        &mut work,
        ComplaintId(candidate.case),
        &viewer,
        Asking::Service,
        services,
    )
    .await?
    else {
        return Ok(());
    };
    let turns = store::ledger(&mut work, candidate.case).await?;
    let (Some(clock), Some(turn)) = (lateness.clock::<Task>(&turns), turns.last()) else {
        return Ok(());
    };
    let Some(row) = SOP.rows_waited_for(header.stage).first().copied() else {
        return Ok(());
    };
    for rung in EscalationLevel::reached(&clock) {
        if store::fire(
            &mut work,
            header.id,
            (clock.step, turn.round),
            rung.percent(),
            at.now,
        )
        .await?
        {
            let roles = rung.roles(&SOP.roles_waited_for(header.stage));
            let people = who_may_know(
                &mut work,
                Whereabouts::of(&header),
                &roles,
                None,
                at,
                services,
            )
            .await?;
            let late = Notice {
                kind: Kind::StepLate,
                percent: Some(rung.percent()),
                ..notice(&header, Some(clock.step), row.task)
            };
            tell_by_tag(&mut work, &late, &people, at.now).await?;
        }
    }
    work.commit().await
}
