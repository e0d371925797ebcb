//! SQL for auditors.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Auditor, AuditorForm, AuditorView, TeamMember};
use crate::certification::schemes::SchemeCode;
use crate::error::Result;
use crate::ids::{AuditorId, OfficeId};

/// The members of `team` that are active auditors of the office.
pub async fn find_active(
    connection: &mut PgConnection,
    office: OfficeId,
    team: &[TeamMember],
) -> Result<Vec<Auditor>> {
    let ids: Vec<Uuid> = team.iter().map(|member| member.auditor_id.0).collect();
    let rows = sqlx::query!(
        r#"
        select id, name, schemes, may_lead
        from auditor
        where office_id = $1
          and id = any ($2)
          and active
        "#,
        office.0,
        &ids,
    )
    .fetch_all(connection)
    .await?;
    let auditors = rows.into_iter().map(|row| Auditor {
        id: AuditorId(row.id),
        name: row.name,
        schemes: scheme_codes(&row.schemes),
        may_lead: row.may_lead,
    });
    Ok(auditors.collect())
}

/// Adds an auditor.
pub async fn add(
    connection: &mut PgConnection,
    office: OfficeId,
    id: AuditorId,
    form: &AuditorForm,
    now: DateTime<Utc>,
) -> Result<()> {
    let schemes: Vec<String> = form
        .schemes
        .iter()
        .map(|scheme| scheme.as_str().to_owned())
        .collect();
    sqlx::query!(
        r#"
        insert into auditor (id, office_id, name, schemes, may_lead, created_at)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        id.0,
        office.0,
        form.name,
        &schemes,
        form.may_lead,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// At most `limit` auditors of the office after `after`, newest first.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<AuditorView>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query!(
        r#"
        select id, name, schemes, may_lead, active, created_at
        from auditor
        where office_id = $1
          and ($2::timestamptz is null or (created_at, id) < ($2, $3))
        order by created_at desc, id desc
        limit $4
        "#,
        office.0,
        at,
        id,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let views = rows.into_iter().map(|row| AuditorView {
        id: AuditorId(row.id),
        name: row.name,
        schemes: scheme_codes(&row.schemes),
        may_lead: row.may_lead,
        active: row.active,
        created_at: row.created_at,
    });
    Ok(views.collect())
}

fn scheme_codes(schemes: &[String]) -> Vec<SchemeCode> {
    schemes
        .iter()
        .filter_map(|code| code.parse().ok())
        .collect()
}
