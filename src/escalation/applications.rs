//! Late applications: the people of the step, their lead, the head.

use super::lateness::Lateness;
use super::level::EscalationLevel;
use super::store::{self, Candidate};
use crate::casework::announce::{Kind, Notice, tell};
use crate::casework::workflow::{Asking, FileHeader, RequestTime};
use crate::certification::announcing::{notice, staff_waited_for};
use crate::certification::sop::{SOP, Task};
use crate::certification::store::lock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::{ApplicationId, UserId};
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// Tells of every application that has become late.
///
/// # Errors
/// When the server refuses to say what there is.
pub(super) async fn look(database: &Database, at: &RequestTime) -> Result<()> {
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
    let mut work = IdempotentWrite::of_the_service(database, at.now).await?;
    // Whoever moves the file meanwhile comes before or after: with the lock, the ledger is as it stays.
    let Some(header) = lock(&mut work, ApplicationId(candidate.case), Asking::Service).await?
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
            let people = heard_by(&mut work, &header, rung, at).await?;
            let late = Notice {
                kind: Kind::StepLate,
                percent: Some(rung.percent()),
                ..notice(&header, Some(clock.step), row)
            };
            tell(&mut work, &late, &people, at.now).await?;
        }
    }
    work.commit().await
}

/// Who hears of it; the head where the office has nobody on that rung.
async fn heard_by(
    work: &mut IdempotentWrite,
    header: &FileHeader<Task>,
    rung: EscalationLevel,
    at: &RequestTime,
) -> Result<Vec<UserId>> {
    if rung == EscalationLevel::Warning {
        return staff_waited_for(work, header, at).await;
    }
    let mut people = Vec::new();
    for role in rung.roles(&SOP.roles_waited_for(header.stage)) {
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
