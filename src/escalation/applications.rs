//! Escalates late applications: to the staff of the step, their lead, then the head.

use super::lateness::Lateness;
use super::level::EscalationLevel;
use super::store::{self, Candidate};
use crate::casework::announce::{Notice, NotificationKind, notify};
use crate::casework::workflow::{FileHeader, RequestTime};
use crate::certification::announcing::{awaited_staff, notice};
use crate::certification::sop::{SOP, Task};
use crate::certification::store::lock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::{ApplicationId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// Escalates every application that has become late.
pub(super) async fn escalate_late_applications(
    database: &Database,
    at: &RequestTime,
) -> Result<()> {
    let candidates = database
        .read(async |c| store::candidates::<Task>(c, at.now).await)
        .await?;
    for candidate in candidates {
        let id = candidate.case;
        if let Err(error) = Box::pin(escalate(database, at, candidate)).await {
            tracing::warn!(application.id = %id, %error, "an application could not be looked at for being late");
        }
    }
    Ok(())
}

async fn escalate(database: &Database, at: &RequestTime, candidate: Candidate) -> Result<()> {
    let lateness = Lateness::of(database, candidate.office, at).await?;
    if lateness.clock::<Task>(&candidate.turns).is_none() {
        return Ok(());
    }
    let mut work = IdempotentWrite::for_job(database, at.now).await?;
    // The lock serializes this check with concurrent moves, so the ledger does not change until the
    // commit.
    let Some(header) = lock(&mut work, ApplicationId(candidate.case), Principal::System).await?
    else {
        return Ok(());
    };
    let turns = store::ledger(&mut work, candidate.case).await?;
    let (Some(clock), Some(turn)) = (lateness.clock::<Task>(&turns), turns.last()) else {
        return Ok(());
    };
    let row = SOP
        .rows_waited_for(header.stage)
        .first()
        .map(|row| row.task);
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
            let people = recipients(&mut work, &header, level, at).await?;
            let late = Notice {
                kind: NotificationKind::StepLate,
                percent: Some(level.percent()),
                ..notice(&header, Some(clock.step), row)
            };
            notify(&mut work, &late, &people, at.now).await?;
        }
    }
    work.commit().await
}

/// The recipients of a level; the head where the office has no holder of the role.
async fn recipients(
    work: &mut IdempotentWrite,
    header: &FileHeader<Task>,
    level: EscalationLevel,
    at: &RequestTime,
) -> Result<Vec<UserId>> {
    if level == EscalationLevel::Warning {
        return awaited_staff(work, header, at).await;
    }
    let mut people = Vec::new();
    for role in level.roles(&SOP.roles_waited_for(header.stage)) {
        people.extend(holders(work, header.office, role, today(at.now)).await?);
    }
    if people.is_empty() {
        people = holders(work, header.office, Role::Head, today(at.now)).await?;
    }
    let mut people: Vec<_> = people.into_iter().map(|holder| holder.user).collect();
    people.sort_unstable();
    people.dedup();
    Ok(people)
}
