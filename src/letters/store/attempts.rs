//! SQL for signature attempts.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::gateways::signing::Outcome;
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, UserId};
use crate::letters::letter::LetterKind;
use crate::letters::views::{NewAttempt, SignatureAttempt};

/// Stores an attempt.
pub async fn add(connection: &mut PgConnection, new: &NewAttempt) -> Result<()> {
    sqlx::query!(
        r#"
        insert into signature_attempt (id, office_id, kind, application_id, attempted_by, provider, outcome, number, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        new.id,
        new.office.0,
        new.kind.code(),
        new.application.map(|application| application.0),
        new.by.0,
        new.provider,
        new.outcome.code(),
        new.number.map(i32::from),
        new.at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// At most `limit` attempts after `after` that `viewer` may see, newest first.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<SignatureAttempt>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query!(
        r#"
        select s.id, s.kind, s.application_id, s.attempted_by, s.provider, s.outcome, s.number, s.at
        from signature_attempt s
        left join application a on a.id = s.application_id
        where s.office_id = $1
          and case when a.id is null then s.attempted_by = $2 else may_see(a, $1, null, $3) end
          and ($4::timestamptz is null or (s.at, s.id) < ($4, $5))
        order by s.at desc, s.id desc
        limit $6
        "#,
        viewer.office.0,
        viewer.user.0,
        &viewer.roles.codes(),
        at,
        id,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let attempts = rows.into_iter().map(|row| {
        let unknown = || Error::internal("signature_attempt holds a code that is none");
        Ok(SignatureAttempt {
            id: row.id,
            kind: LetterKind::from_code(&row.kind).ok_or_else(unknown)?,
            application_id: row.application_id.map(ApplicationId),
            attempted_by: UserId(row.attempted_by),
            provider: row.provider,
            outcome: Outcome::from_code(&row.outcome).ok_or_else(unknown)?,
            number: row.number,
            at: row.at,
        })
    });
    attempts.collect()
}
