//! Receipt codes, activation codes and sessions of reporters. A session row does not name its case:
//! the case id is sealed under a key derived from the session token, and its tag is one of many.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::ComplaintId;

/// Finds the case of a receipt code. The query is the same for a known and an unknown code.
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

/// Finds the case of an activation code, used or not.
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

/// Result of activating a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// The activation code was exchanged for a receipt code.
    Done,
    /// The activation code was used before.
    Used,
    /// The activation code has expired.
    Expired,
}

/// Exchanges the activation code for a receipt code. Of two concurrent calls one succeeds.
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

/// A session to insert.
pub struct NewSession {
    /// Digest of the token.
    pub digest: [u8; 32],
    /// The case and the day of opening, sealed under a key of the token.
    pub sealed: Vec<u8>,
    /// Tag of the case for its place and day.
    pub slot_tag: [u8; 32],
}

/// Inserts a session. Of two that are opened at once in the same place, the later one stays.
pub async fn open(
    connection: &mut PgConnection,
    new: &NewSession,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into wbs.session (digest, sealed, slot_tag, expires_at)
        values ($1, $2, $3, $4)
        on conflict (slot_tag) do update
        set digest = excluded.digest,
            sealed = excluded.sealed,
            expires_at = excluded.expires_at
        "#,
        new.digest.as_slice(),
        new.sealed,
        new.slot_tag.as_slice(),
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A session of a case.
pub struct CaseSession {
    /// Digest of the token.
    pub digest: Vec<u8>,
    /// Tag of the case for its place and day.
    pub slot_tag: Vec<u8>,
    /// Time of expiry.
    pub expires_at: DateTime<Utc>,
}

/// Lists the sessions with one of these tags, the last used first, those that have expired and are
/// not deleted yet included.
pub async fn list(connection: &mut PgConnection, tags: &[Vec<u8>]) -> Result<Vec<CaseSession>> {
    let rows = sqlx::query_as!(
        CaseSession,
        "select digest, slot_tag, expires_at from wbs.session where slot_tag = any ($1) order by expires_at desc, digest",
        tags,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Extends a session to `expires_at` and returns its sealed case id and day; none when the session
/// has expired.
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

/// Deletes a session.
pub async fn end(connection: &mut PgConnection, digest: &[u8; 32]) -> Result<()> {
    sqlx::query!(
        "delete from wbs.session where digest = $1",
        digest.as_slice()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes these sessions.
pub async fn end_all(connection: &mut PgConnection, digests: &[Vec<u8>]) -> Result<()> {
    sqlx::query!("delete from wbs.session where digest = any ($1)", digests)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the expired sessions.
pub async fn delete_expired(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from wbs.session where expires_at <= $1", now)
        .execute(connection)
        .await?;
    Ok(())
}
