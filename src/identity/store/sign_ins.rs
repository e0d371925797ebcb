//! SQL of the log of sign-ins.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, SignInId, UserId};

/// The outcome of an attempt to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum SignInOutcome {
    /// The password was wrong, or the account is not active.
    WrongPassword,
    /// The password was right; the second factor was not proved yet.
    PasswordAccepted,
    /// The second factor was wrong.
    WrongSecondFactor,
    /// A session began, or the second factor of one was proved again.
    SignedIn,
}

/// An attempt in the log.
#[derive(Debug)]
pub struct SignInRow {
    /// Its id.
    pub id: Uuid,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The account.
    pub user_id: Uuid,
    /// The name of the account.
    pub display_name: String,
    /// The outcome.
    pub outcome: SignInOutcome,
    /// The network.
    pub place: String,
}

/// Records an attempt on the account with this lower-case e-mail. For an unknown account the same
/// statement records nothing.
pub async fn add(
    connection: &mut PgConnection,
    id: SignInId,
    email: &str,
    outcome: SignInOutcome,
    place: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into sign_in (id, office_id, user_id, at, outcome, place)
        select $1, office_id, id, $3, $4, $5
        from app_user
        where lower(email) = $2
        ",
        id.0,
        email,
        now,
        outcome as SignInOutcome,
        place,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Corrects the outcome of an attempt.
pub async fn set_outcome(
    connection: &mut PgConnection,
    id: SignInId,
    outcome: SignInOutcome,
) -> Result<()> {
    sqlx::query!(
        "update sign_in set outcome = $2 where id = $1",
        id.0,
        outcome as SignInOutcome
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes an attempt that was not checked.
pub async fn delete(connection: &mut PgConnection, id: SignInId) -> Result<()> {
    sqlx::query!("delete from sign_in where id = $1", id.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes attempts made before `before`.
pub async fn delete_before(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from sign_in where at < $1", before)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lists attempts on the accounts of the office, or on one of them, newest first, before a cursor.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    user: Option<UserId>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<SignInRow>> {
    let (before_time, before_id) = before.unzip();
    let rows = sqlx::query_as!(
        SignInRow,
        r#"
        select s.id, s.at, s.user_id, u.display_name, s.outcome as "outcome: SignInOutcome", s.place
        from sign_in s
        join app_user u on u.id = s.user_id
        where s.office_id = $1
          and ($2::uuid is null or s.user_id = $2)
          and ($3::timestamptz is null or (s.at, s.id) < ($3, $4))
        order by s.at desc, s.id desc
        limit $5
        "#,
        office.0,
        user.map(|user| user.0),
        before_time,
        before_id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}
