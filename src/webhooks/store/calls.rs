//! The SQL of calls: a delivery is claimed by one worker, which records the outcome.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{DeliveryId, OfficeId, UserId, WebhookId};

/// A claimed delivery, with everything the call needs.
#[derive(Debug)]
pub struct ClaimedDelivery {
    /// The webhook.
    pub webhook: WebhookId,
    /// The office.
    pub office: OfficeId,
    /// The user that made the webhook; it has this user's visibility.
    pub owner: UserId,
    /// The organisation that owns the webhook.
    pub customer: Option<Uuid>,
    /// The URL.
    pub url: String,
    /// The encrypted secret.
    pub secret: Vec<u8>,
    /// The former secret, while it is still valid.
    pub former: Option<Vec<u8>>,
    /// The event.
    pub event: Uuid,
    /// The JSON body.
    pub body: String,
    /// Attempts before this one, since the delivery was last started.
    pub tries: i32,
    /// True if the webhook is active and its owner may see the application now.
    pub may: bool,
}

/// Claims a delivery until `until`; of concurrent workers only one succeeds.
pub async fn claim(
    connection: &mut PgConnection,
    id: DeliveryId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<ClaimedDelivery>> {
    let row = sqlx::query_as!(
        ClaimedDelivery,
        r#"
        update webhook_delivery d
        set claimed_until = $3
        from webhook w
        join app_user u on u.id = w.owner_id,
             application a
        where d.id = $1
          and d.state = 'pending'
          and (d.claimed_until is null or d.claimed_until <= $2)
          and w.id = d.webhook_id
          and a.id = d.application_id
        returning w.id as "webhook: WebhookId", w.office_id as "office: OfficeId", w.owner_id as "owner: UserId", w.customer_id as customer, w.url, w.secret,
                  case when w.former_until > $2 then w.former_secret end as former, d.event_id as event, d.body, d.tries,
                  (w.active and u.active
                   and may_see(a, u.office_id, u.customer_id, array(select r.role from user_role r where r.user_id = u.id))) as "may!"
        "#,
        id.0,
        now,
        until,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// The result of an attempt.
#[derive(Debug)]
pub struct AttemptResult<'a> {
    /// `pending` when another attempt follows, else `delivered`, `failed` or `withheld`.
    pub state: &'a str,
    /// True if a call was made.
    pub sent: bool,
    /// The HTTP status.
    pub status: Option<i16>,
    /// The failure code.
    pub code: Option<&'a str>,
    /// The duration in milliseconds.
    pub ms: Option<i32>,
    /// When the next attempt is due.
    pub next_at: Option<DateTime<Utc>>,
}

/// Records the result of the claim that lasts until `until`; returns false when another worker has
/// claimed the delivery since.
pub async fn record(
    connection: &mut PgConnection,
    id: DeliveryId,
    until: DateTime<Utc>,
    result: &AttemptResult<'_>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "
        update webhook_delivery
        set state = $3,
            attempts = attempts + $4::integer,
            tries = tries + $4::integer,
            claimed_until = null,
            last_at = case when $4::integer = 1 then $9 else last_at end,
            last_status = $5,
            last_code = $6,
            last_ms = $7,
            next_at = $8
        where id = $1
          and claimed_until = $2
          and state = 'pending'
        ",
        id.0,
        until,
        result.state,
        i32::from(result.sent),
        result.status,
        result.code,
        result.ms,
        result.next_at,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Records a successful call of the webhook.
pub async fn record_success(connection: &mut PgConnection, webhook: WebhookId) -> Result<()> {
    sqlx::query!(
        "update webhook set failing_since = null, failures = 0 where id = $1 and failures > 0",
        webhook.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records a failed call. Returns since when no call has succeeded, and how many have failed.
pub async fn record_failure(
    connection: &mut PgConnection,
    webhook: WebhookId,
    now: DateTime<Utc>,
) -> Result<Option<(DateTime<Utc>, i32)>> {
    let row = sqlx::query!(
        r#"
        update webhook
        set failing_since = coalesce(failing_since, $2),
            failures = failures + 1
        where id = $1
        returning failing_since as "since!", failures
        "#,
        webhook.0,
        now,
    );
    Ok(row
        .fetch_optional(connection)
        .await?
        .map(|row| (row.since, row.failures)))
}

/// Switches the webhook off; returns false when it was off already.
pub async fn switch_off(connection: &mut PgConnection, webhook: WebhookId) -> Result<bool> {
    let done = sqlx::query!(
        "update webhook set active = false, disabled_for = 'failure', version = version + 1 where id = $1 and active",
        webhook.0,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Deletes finished deliveries created before `before`.
pub async fn delete_expired(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "delete from webhook_delivery where created_at < $1 and state <> 'pending'",
        before
    )
    .execute(connection)
    .await?;
    Ok(())
}
