//! The SQL of notifications. One statement writes to all recipients.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::notice::{About, Notice};
use crate::error::Result;
use crate::ids::{CustomerId, UserId};

/// Notifies `users`, also by mail if they want mails, and the people behind `tags`, never by mail.
pub(super) async fn tell(
    connection: &mut PgConnection,
    notice: &Notice<'_>,
    users: &[UserId],
    tags: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    let (application, complaint, webhook) = match notice.about {
        About::Application(id) => (Some(id.0), None, None),
        About::Complaint(id) => (None, Some(id.0), None),
        About::Webhook(id) => (None, None, Some(id.0)),
        About::Trail | About::PaymentReports => (None, None, None),
    };
    let users: Vec<Uuid> = users.iter().map(|user| user.0).collect();
    let told = sqlx::query_scalar!(
        "select tell($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        notice.office.0,
        notice.kind.code(),
        application,
        complaint,
        webhook,
        notice.step.map(i16::from),
        notice.task,
        notice.stage,
        notice.percent.map(i16::from),
        now,
        &users,
        tags,
    );
    told.fetch_one(connection).await?;
    Ok(())
}

/// The active users of a customer.
pub async fn customer_users(
    connection: &mut PgConnection,
    customer: CustomerId,
) -> Result<Vec<UserId>> {
    let ids = sqlx::query_scalar!(
        "select id from app_user where customer_id = $1 and active order by id",
        customer.0
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}
