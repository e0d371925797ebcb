//! The SQL of the inbox. Row-level security holds back what is told of complaints that the reader may not know of (any more).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, NotificationId, UserId, WebhookId};

/// A notification as it lies in an inbox.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its id.
    pub id: NotificationId,
    /// Code of what is told.
    pub kind: String,
    /// The application it is about, and its number.
    pub application: Option<(ApplicationId, Option<String>)>,
    /// Whether it is about a complaint.
    pub of_complaint: bool,
    /// The webhook it is about.
    pub webhook: Option<WebhookId>,
    /// The account it is about, and the name shown there.
    pub account: Option<(UserId, String)>,
    /// The numbered step.
    pub step: Option<i16>,
    /// Code of the task.
    pub task: Option<String>,
    /// Where the file came to.
    pub stage: Option<String>,
    /// How much of the standard time was used up, in percent.
    pub percent: Option<i16>,
    /// When it was told.
    pub at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

/// Where a notification stands in the inbox: newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    at: DateTime<Utc>,
    id: Uuid,
}

impl Place {
    /// That of `told`.
    pub fn of(told: &Told) -> Self {
        Self {
            at: told.at,
            id: told.id.0,
        }
    }
}

/// At most `limit` notifications of `who` after `after`; with `unread`, only those that were not read, or were. `tag` is what complaints call them.
pub async fn list(
    connection: &mut PgConnection,
    who: &SignedIn,
    tag: &[u8],
    unread: Option<bool>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Told>> {
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
        who.user.0,
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
        .map(|row| Told {
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

/// How many there are.
pub async fn count(
    connection: &mut PgConnection,
    who: &SignedIn,
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
        who.user.0,
        tag,
        unread,
    );
    Ok(count.fetch_one(connection).await?)
}

/// Marks one as read; false when `who` has none such. The first reading counts.
pub async fn mark(
    connection: &mut PgConnection,
    who: &SignedIn,
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
        who.user.0,
        tag,
        id.0,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Marks all as read that were told until `until`.
pub async fn mark_until(
    connection: &mut PgConnection,
    who: &SignedIn,
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
        who.user.0,
        tag,
        until,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether `who` is mailed what they are told: what they said, else yes for customers and no for staff.
pub async fn mails(connection: &mut PgConnection, who: &SignedIn) -> Result<bool> {
    let mails = sqlx::query_scalar!(
        r#"select coalesce(mails_notifications, customer_id is not null) as "mails!" from app_user where id = $1"#,
        who.user.0,
    );
    Ok(mails.fetch_one(connection).await?)
}

/// Says whether `who` is mailed.
pub async fn set_mails(connection: &mut PgConnection, who: &SignedIn, mails: bool) -> Result<()> {
    sqlx::query!(
        "update app_user set mails_notifications = $2 where id = $1",
        who.user.0,
        mails
    )
    .execute(connection)
    .await?;
    Ok(())
}
