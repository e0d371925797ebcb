//! Escalates late complaints to the recipients of the level that may know of the complaint. A
//! barred head, and a head without knowledge of the complaint, is not notified.

use super::lateness::Lateness;
use super::level::EscalationLevel;
use super::store::{self, Candidate};
use crate::casework::announce::{Notice, NotificationKind, notify_by_tag};
use crate::casework::workflow::RequestTime;
use crate::complaint::announcing::{recipients, step_notice};
use crate::complaint::file::ComplaintStatus;
use crate::complaint::read_transaction::read_as;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Task};
use crate::complaint::store::lock;
use crate::complaint::store::viewer::Viewer;
use crate::database::Database;
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::sop::gate::Principal;
use crate::web::IdempotentWrite;

/// Escalates every complaint that has become late.
pub(super) async fn escalate_late_complaints(
    database: &Database,
    services: &ComplaintServices,
    at: &RequestTime,
) -> Result<()> {
    let candidates = read_as(
        database,
        services,
        Principal::System,
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
    let mut work = IdempotentWrite::for_job(database, at.now).await?;
    let viewer = Viewer::set_context(&mut work, Principal::System, None, &services.keys).await?;
    let Some(header) = lock(
        &mut work,
        ComplaintId(candidate.case),
        &viewer,
        Principal::System,
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
    for level in EscalationLevel::reached(&clock) {
        if store::record_level(
            &mut work,
            header.id,
            (clock.step, turn.round),
            level.percent(),
            at.now,
        )
        .await?
        {
            let roles = level.roles(&SOP.roles_waited_for(header.stage));
            let people = recipients(
                &mut work,
                ComplaintStatus::of(&header),
                &roles,
                None,
                at,
                services,
            )
            .await?;
            let late = Notice {
                kind: NotificationKind::StepLate,
                percent: Some(level.percent()),
                ..step_notice(&header, Some(clock.step), row.task)
            };
            notify_by_tag(&mut work, &late, &people, at.now).await?;
        }
    }
    work.commit().await
}
