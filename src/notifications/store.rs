//! SQL of the inbox. Row-level security hides notifications about complaints to which the reader
//! has no access (any more).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, NotificationId, UserId, WebhookId};

/// A notification.
#[derive(Debug, Clone)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Code of the kind.
    pub kind: String,
    /// The application and its number.
    pub application: Option<(ApplicationId, Option<String>)>,
    /// True if it is about a complaint.
    pub of_complaint: bool,
    /// The webhook.
    pub webhook: Option<WebhookId>,
    /// The account and its display name.
    pub account: Option<(UserId, String)>,
    /// The numbered step.
    pub step: Option<i16>,
    /// Code of the task.
    pub task: Option<String>,
    /// The new stage of the file.
    pub stage: Option<String>,
    /// Used part of the standard time, in percent.
    pub percent: Option<i16>,
    /// When it was created.
    pub at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

/// Position in the inbox, newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct InboxCursor {
    at: DateTime<Utc>,
    id: Uuid,
}

impl InboxCursor {
    /// The position of a notification.
    pub fn of(told: &Notification) -> Self {
        Self {
            at: told.at,
            id: told.id.0,
        }
    }
}

/// Lists at most `limit` notifications of `caller` after `after`; `unread` filters by read state.
/// `tag` identifies the caller in notifications about complaints.
pub async fn list(
    connection: &mut PgConnection,
    caller: &SignedIn,
    tag: &[u8],
    unread: Option<bool>,
    after: Option<InboxCursor>,
    limit: i64,
) -> Result<Vec<Notification>> {
    let rows = sqlx::query!(
        r#"
        select n.id, n.kind, n.application_id, a.number as "number?", n.complaint_id is not null as "of_complaint!", n.webhook_id, n.step, n.task, n.stage,
               n.percent, n.at, n.read_at, n.account_id, u.display_name as "account_name?"
        from notification n
        left join application a on a.id = n.application_id
        left join app_user u on u.id = n.account_id
        where (n.user_id = $1 or n.person_tag = $2)
          and ($3::boolean is null or (n.read_at is null) = $3)
          and ($4::timestamptz is null or (n.at, n.id) < ($4, $5))
        order by n.at desc, n.id desc
        limit $6
        "#,
        caller.user.0,
        tag,
        unread,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit,
    );
    let told = rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| Notification {
            id: NotificationId(row.id),
            kind: row.kind,
            application: row.application_id.map(|id| (ApplicationId(id), row.number)),
            of_complaint: row.of_complaint,
            webhook: row.webhook_id.map(WebhookId),
            account: row.account_id.map(UserId).zip(row.account_name),
            step: row.step,
            task: row.task,
            stage: row.stage,
            percent: row.percent,
            at: row.at,
            read_at: row.read_at,
        });
    Ok(told.collect())
}

/// Counts the notifications.
pub async fn count(
    connection: &mut PgConnection,
    caller: &SignedIn,
    tag: &[u8],
    unread: Option<bool>,
) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from notification n
        where (n.user_id = $1 or n.person_tag = $2)
          and ($3::boolean is null or (n.read_at is null) = $3)
        "#,
        caller.user.0,
        tag,
        unread,
    );
    Ok(count.fetch_one(connection).await?)
}

/// Marks a notification as read, keeping the first time; returns false if the caller has no such
/// notification.
pub async fn mark_read(
    connection: &mut PgConnection,
    caller: &SignedIn,
    tag: &[u8],
    id: NotificationId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "
        update notification
        set read_at = coalesce(read_at, $4)
        where id = $3
          and (user_id = $1 or person_tag = $2)
        ",
        caller.user.0,
        tag,
        id.0,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Marks all notifications up to `until` as read.
pub async fn mark_read_until(
    connection: &mut PgConnection,
    caller: &SignedIn,
    tag: &[u8],
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        update notification
        set read_at = $4
        where (user_id = $1 or person_tag = $2)
          and at <= $3
          and read_at is null
        ",
        caller.user.0,
        tag,
        until,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// True if notifications are mailed to the caller: their preference, by default yes for customers
/// and no for staff.
pub async fn wants_mail(connection: &mut PgConnection, caller: &SignedIn) -> Result<bool> {
    let mails = sqlx::query_scalar!(
        r#"select coalesce(mails_notifications, customer_id is not null) as "mails!" from app_user where id = $1"#,
        caller.user.0,
    );
    Ok(mails.fetch_one(connection).await?)
}

/// Sets the preference.
pub async fn set_wants_mail(
    connection: &mut PgConnection,
    caller: &SignedIn,
    mails: bool,
) -> Result<()> {
    sqlx::query!(
        "update app_user set mails_notifications = $2 where id = $1",
        caller.user.0,
        mails
    )
    .execute(connection)
    .await?;
    Ok(())
}
