//! SQL of notifications about accounts.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};

/// A recipient.
#[derive(Debug)]
pub struct Watcher {
    /// The account.
    pub id: Uuid,
    /// Language of mails to the account.
    pub language: String,
}

/// The active administrators, custodians and internal auditors of the office, and `user` if the
/// account has a password.
pub async fn watchers(
    connection: &mut PgConnection,
    office: OfficeId,
    user: UserId,
) -> Result<Vec<Watcher>> {
    let found = sqlx::query_as!(
        Watcher,
        "
        select u.id, u.language
        from app_user u
        where u.office_id = $1
          and u.password_hash is not null
          and (u.id = $2
               or u.active
               and exists (select from user_role r where r.user_id = u.id and r.role in ('admin', 'identity_custodian', 'internal_auditor')))
        order by u.id
        ",
        office.0,
        user.0,
    );
    Ok(found.fetch_all(connection).await?)
}

/// Inserts a notification about an account for each recipient, and an event that wakes their
/// streams.
pub async fn insert_notifications(
    connection: &mut PgConnection,
    office: OfficeId,
    ids: &[Uuid],
    told: &[Watcher],
    (about, task): (UserId, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let people: Vec<_> = told.iter().map(|watcher| watcher.id).collect();
    sqlx::query!(
        "
        insert into notification (id, office_id, user_id, kind, account_id, task, at)
        select t.id, $3, t.user_id, 'account_changed', $4, $5, $6
        from unnest($1::uuid[], $2::uuid[]) as t (id, user_id)
        ",
        ids,
        &people,
        office.0,
        about.0,
        task,
        now,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "
        insert into event (office_id, kind, notification_id, at)
        select $2, 'notification.created', t.id, $3
        from unnest($1::uuid[]) as t (id)
        ",
        ids,
        office.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}
