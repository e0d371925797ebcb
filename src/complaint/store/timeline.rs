//! What happened to a complaint, from the audit trail: for its handlers with the moments of staff, for its reporter in days.

use sqlx::PgConnection;

use crate::complaint::papers::history::{ReporterStep, TimelineStep, told};
use crate::complaint::sop::Stage;
use crate::error::Result;
use crate::sop::table::Stage as _;

/// The moves and the reporter's own acts, in days, oldest first.
///
/// # Errors
/// When the server refuses.
pub async fn in_days(
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

/// What was done to it, as far as those who handle it are told, oldest first. Acts of the reporter have a day and no moment; what they wrote is read where it
/// lies, for an act with nothing to read would say that an identity was declared. Of retaliation nothing: whoever handles the complaint may be who retaliates.
/// Nor that it was screened again where it stayed: with no new message beside it, that would tell of a report.
///
/// # Errors
/// When the server refuses.
pub async fn whole(connection: &mut PgConnection, object: &[u8; 32]) -> Result<Vec<TimelineStep>> {
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
        &told().map(str::to_owned).collect::<Vec<_>>(),
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
