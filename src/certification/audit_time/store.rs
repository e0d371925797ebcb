//! SQL for the audit time of applications.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{AuditTime, AuditTimeForm, AuditTimeResult};
use crate::error::Result;
use crate::identity::SignedIn;
use crate::ids::ApplicationId;

/// The stored content of a record.
#[derive(Debug, Serialize, Deserialize)]
struct Content {
    form: AuditTimeForm,
    result: AuditTimeResult,
    /// The name of the user at that time: the sheet is printed again as it was.
    recorded_by: String,
}

/// Adds the next record of the application.
pub async fn add(
    connection: &mut PgConnection,
    application: ApplicationId,
    (form, result): (AuditTimeForm, AuditTimeResult),
    by: &SignedIn,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into audit_time (office_id, application_id, seq, content, recorded_by, recorded_at)
        select a.office_id, a.id, coalesce(max(t.seq), 0::smallint) + 1::smallint, $2, $3, $4
        from application a
        left join audit_time t on t.application_id = a.id
        where a.id = $1
        group by a.id
        "#,
        application.0,
        Json(Content {
            form,
            result,
            recorded_by: by.name.clone(),
        }) as _,
        by.user.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The latest record of the application, if there is one.
pub async fn latest(
    connection: &mut PgConnection,
    application: ApplicationId,
) -> Result<Option<AuditTime>> {
    let row = sqlx::query!(
        r#"
        select seq, content as "content: Json<Content>", recorded_at
        from audit_time
        where application_id = $1
        order by seq desc
        limit 1
        "#,
        application.0,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| AuditTime {
        seq: row.seq,
        form: row.content.0.form,
        result: row.content.0.result,
        recorded_at: row.recorded_at,
        recorded_by: row.content.0.recorded_by,
    }))
}
