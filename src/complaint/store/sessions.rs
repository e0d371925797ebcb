//! Codes and sessions of reporters. A session does not say of which case it is: that is sealed under a key made from its token.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::ComplaintId;

/// The case a receipt code opens. The same look-up whatever the code.
///
/// # Errors
/// When the server refuses.
pub async fn case_of_receipt(
    connection: &mut PgConnection,
    tag: &[u8; 32],
) -> Result<Option<ComplaintId>> {
    let case = sqlx::query_scalar!(
        r#"select wbs.case_of_receipt($1) as "case: Uuid""#,
        tag.as_slice()
    )
    .fetch_one(connection)
    .await?;
    Ok(case.map(ComplaintId))
}

/// The case an activation code belongs to, used or not.
///
/// # Errors
/// When the server refuses.
pub async fn case_of_activation(
    connection: &mut PgConnection,
    tag: &[u8; 32],
) -> Result<Option<ComplaintId>> {
    let case = sqlx::query_scalar!(
        r#"select wbs.case_of_activation($1) as "case: Uuid""#,
        tag.as_slice()
    )
    .fetch_one(connection)
    .await?;
    Ok(case.map(ComplaintId))
}

/// What came of a slip that is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// It was swapped for a receipt code.
    Done,
    /// It was used before.
    Used,
    /// Nobody used it in time.
    Expired,
}

/// Swaps the activation code for a receipt code. Of two at once one succeeds.
///
/// # Errors
/// When the server refuses.
pub async fn activate(
    connection: &mut PgConnection,
    case: ComplaintId,
    receipt_tag: &[u8; 32],
    today: NaiveDate,
) -> Result<Activation> {
    let done = sqlx::query!(
        r#"
        update wbs.complaint
        set receipt_tag = $2,
            activated = true
        where id = $1
          and not activated
          and activation_expires >= $3
        "#,
        case.0,
        receipt_tag.as_slice(),
        today,
    );
    if done.execute(&mut *connection).await?.rows_affected() == 1 {
        return Ok(Activation::Done);
    }
    let used = sqlx::query_scalar!("select activated from wbs.complaint where id = $1", case.0)
        .fetch_optional(connection)
        .await?;
    Ok(if used == Some(false) {
        Activation::Expired
    } else {
        Activation::Used
    })
}

/// Opens a session.
///
/// # Errors
/// When the server refuses.
pub async fn open(
    connection: &mut PgConnection,
    digest: &[u8; 32],
    sealed: &[u8],
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into wbs.session (digest, sealed, expires_at) values ($1, $2, $3)",
        digest.as_slice(),
        sealed,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What a session holds, if it has not ended; it lasts until `expires_at` now.
///
/// # Errors
/// When the server refuses.
pub async fn extend(
    connection: &mut PgConnection,
    digest: &[u8; 32],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<Option<Vec<u8>>> {
    let sealed = sqlx::query_scalar!(
        r#"
        update wbs.session
        set expires_at = $3
        where digest = $1
          and expires_at > $2
        returning sealed
        "#,
        digest.as_slice(),
        now,
        expires_at,
    );
    Ok(sealed.fetch_optional(connection).await?)
}

/// Ends a session.
///
/// # Errors
/// When the server refuses.
pub async fn end(connection: &mut PgConnection, digest: &[u8; 32]) -> Result<()> {
    sqlx::query!(
        "delete from wbs.session where digest = $1",
        digest.as_slice()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the sessions that have ended.
///
/// # Errors
/// When the server refuses.
pub async fn sweep(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from wbs.session where expires_at <= $1", now)
        .execute(connection)
        .await?;
    Ok(())
}
