//! One call: claimed by one worker, and what came of it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{DeliveryId, OfficeId, UserId, WebhookId};

/// What a call needs.
#[derive(Debug)]
pub struct Claimed {
    /// The webhook.
    pub webhook: WebhookId,
    /// Its office.
    pub office: OfficeId,
    /// Through whose eyes it sees.
    pub owner: UserId,
    /// The organisation that keeps it.
    pub customer: Option<Uuid>,
    /// Where to.
    pub url: String,
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// The secret before, while it signs too.
    pub former: Option<Vec<u8>>,
    /// The event.
    pub event: Uuid,
    /// What is sent.
    pub body: String,
    /// How often in this run before.
    pub tries: i32,
    /// Whether the webhook is on and its owner may see the application now.
    pub may: bool,
}

/// Claims a delivery until `until`: of two who try at once one succeeds.
pub async fn claim(
    connection: &mut PgConnection,
    id: DeliveryId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Claimed>> {
    let row = sqlx::query_as!(
        Claimed,
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

/// What came of a call.
#[derive(Debug)]
pub struct AttemptResult<'a> {
    /// `pending` when it is tried again, `delivered`, `failed` or `withheld`.
    pub state: &'a str,
    /// Whether it was sent at all.
    pub sent: bool,
    /// What the receiver answered.
    pub status: Option<i16>,
    /// Why it failed.
    pub code: Option<&'a str>,
    /// How long it took, in milliseconds.
    pub ms: Option<i32>,
    /// When it is tried again.
    pub next_at: Option<DateTime<Utc>>,
}

/// Writes down what came of the call that was claimed until `until`; false when somebody else has claimed it since.
pub async fn record(
    connection: &mut PgConnection,
    id: DeliveryId,
    until: DateTime<Utc>,
    came: &AttemptResult<'_>,
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
        came.state,
        i32::from(came.sent),
        came.status,
        came.code,
        came.ms,
        came.next_at,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Notes that a call succeeded.
pub async fn works(connection: &mut PgConnection, webhook: WebhookId) -> Result<()> {
    sqlx::query!(
        "update webhook set failing_since = null, failures = 0 where id = $1 and failures > 0",
        webhook.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that a call failed. Gives since when none has succeeded, and how many have failed.
pub async fn fails(
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

/// Switches the webhook off; false when it was off.
pub async fn switch_off(connection: &mut PgConnection, webhook: WebhookId) -> Result<bool> {
    let done = sqlx::query!(
        "update webhook set active = false, disabled_for = 'failure', version = version + 1 where id = $1 and active",
        webhook.0,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Deletes what was sent before `before`.
pub async fn sweep(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "delete from webhook_delivery where created_at < $1 and state <> 'pending'",
        before
    )
    .execute(connection)
    .await?;
    Ok(())
}
