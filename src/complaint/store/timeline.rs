//! Timeline of a complaint from the audit trail: with times for its handlers, in days for its
//! reporter.

use sqlx::PgConnection;

use crate::complaint::papers::history::{ReporterStep, TimelineStep, visible_codes};
use crate::complaint::sop::Stage;
use crate::error::Result;
use crate::sop::table::Stage as _;

/// Lists the moves and the reporter's own acts by day, oldest first.
pub async fn list_for_reporter(
    connection: &mut PgConnection,
    object: &[u8; 32],
) -> Result<Vec<ReporterStep>> {
    let rows = sqlx::query!(
        r#"
        select on_date, action, to_stage
        from audit.event
        where object_ref = $1
          and (from_stage <> to_stage or actor_kind = 'reporter')
        order by seq
        "#,
        object.as_slice(),
    )
    .fetch_all(connection)
    .await?;
    let steps = rows.into_iter().map(|row| ReporterStep {
        on: row.on_date,
        task: row.action,
        stage: row.to_stage.as_deref().and_then(Stage::from_code),
    });
    Ok(steps.collect())
}

/// Lists the events that handlers may see, oldest first. Acts of the reporter have a day and no
/// time. Excluded are: `reporter_wrote` (an event without a readable message would reveal a
/// declared identity), all events of retaliation (the retaliator may be a handler), and a
/// rescreening that did not move the complaint (without a new message it would reveal a report of
/// retaliation).
pub async fn list_for_staff(
    connection: &mut PgConnection,
    object: &[u8; 32],
) -> Result<Vec<TimelineStep>> {
    let rows = sqlx::query!(
        r#"
        select at, on_date, action, step, actor_kind, actor_roles, acting, from_stage, to_stage
        from audit.event
        where object_ref = $1
          and action = any ($2)
          and not (action = 'screen_again' and from_stage = to_stage)
        order by seq
        "#,
        object.as_slice(),
        &visible_codes().map(str::to_owned).collect::<Vec<_>>(),
    )
    .fetch_all(connection)
    .await?;
    let steps = rows.into_iter().map(|row| TimelineStep {
        at: row.at,
        on: row.on_date,
        task: row.action,
        step: row.step,
        actor: row.actor_kind,
        roles: row.actor_roles,
        acting: row.acting,
        from_stage: row.from_stage.as_deref().and_then(Stage::from_code),
        to_stage: row.to_stage.as_deref().and_then(Stage::from_code),
    });
    Ok(steps.collect())
}
