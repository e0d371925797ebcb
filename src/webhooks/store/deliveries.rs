//! The SQL of deliveries, and of the fan-out of an event to its subscribers.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::webhooks::WebhookCursor;
use crate::error::Result;
use crate::ids::{ApplicationId, DeliveryId, WebhookId};

/// One event for one webhook.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The id of the delivery.
    pub id: DeliveryId,
    /// The event id, sent as `webhook-id`.
    pub event: Uuid,
    /// The kind of event.
    pub kind: String,
    /// The application.
    pub application: ApplicationId,
    /// `pending`, `delivered`, `failed` or `withheld`.
    pub state: String,
    /// The number of attempts.
    pub attempts: i32,
    /// When the last attempt was made.
    pub last_at: Option<DateTime<Utc>>,
    /// The HTTP status of the last attempt.
    pub last_status: Option<i16>,
    /// The failure code of the last attempt.
    pub last_code: Option<String>,
    /// The duration of the last attempt, in milliseconds.
    pub last_ms: Option<i32>,
    /// When the next attempt is due.
    pub next_at: Option<DateTime<Utc>>,
    /// When the delivery was created.
    pub created_at: DateTime<Utc>,
}

/// Lists at most `limit` deliveries of `webhook` after `after`.
pub async fn list(
    connection: &mut PgConnection,
    webhook: WebhookId,
    state: Option<&str>,
    after: Option<WebhookCursor>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let (at, id) = WebhookCursor::parts(after);
    let rows = sqlx::query_as!(
        Delivery,
        r#"
        select id as "id: DeliveryId", event_id as event, kind, application_id as "application: ApplicationId", state, attempts, last_at, last_status,
               last_code, last_ms, next_at, created_at
        from webhook_delivery
        where webhook_id = $1
          and ($2::text is null or state = $2)
          and ($3::timestamptz is null or (created_at, id) < ($3, $4))
        order by created_at desc, id desc
        limit $5
        "#,
        webhook.0,
        state,
        at,
        id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Restarts a finished delivery. None when it does not exist or is still pending.
pub async fn renew(
    connection: &mut PgConnection,
    webhook: WebhookId,
    id: DeliveryId,
    now: DateTime<Utc>,
) -> Result<Option<Delivery>> {
    let row = sqlx::query_as!(
        Delivery,
        r#"
        update webhook_delivery
        set state = 'pending',
            tries = 0,
            next_at = $3
        where webhook_id = $1
          and id = $2
          and state <> 'pending'
        returning id as "id: DeliveryId", event_id as event, kind, application_id as "application: ApplicationId", state, attempts, last_at, last_status,
                  last_code, last_ms, next_at, created_at
        "#,
        webhook.0,
        id.0,
        now,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// True if the webhook has this delivery.
pub async fn exists(
    connection: &mut PgConnection,
    webhook: WebhookId,
    id: DeliveryId,
) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"select 1 as "one!" from webhook_delivery where webhook_id = $1 and id = $2"#,
        webhook.0,
        id.0
    );
    Ok(found.fetch_optional(connection).await?.is_some())
}

/// An event to fan out.
#[derive(Debug)]
pub struct SourceEvent {
    /// The kind of event.
    pub kind: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The data of the event.
    pub data: serde_json::Value,
    /// The application.
    pub application: ApplicationId,
}

/// Finds the event; none when it was deleted.
pub async fn event(connection: &mut PgConnection, id: Uuid) -> Result<Option<SourceEvent>> {
    let row = sqlx::query_as!(
        SourceEvent,
        r#"select kind, at, data as "data!", application_id as "application!: ApplicationId" from event where id = $1 and application_id is not null"#,
        id,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// The active webhooks that want the event, if their owners may see its application now.
pub async fn subscribers(
    connection: &mut PgConnection,
    spreading: &SourceEvent,
) -> Result<Vec<WebhookId>> {
    let ids = sqlx::query_scalar!(
        r#"
        select w.id as "id: WebhookId"
        from application a
        join webhook w on w.office_id = a.office_id and w.active and $2 = any (w.kinds)
        join app_user u on u.id = w.owner_id and u.active
        where a.id = $1
          and may_see(a, u.office_id, u.customer_id, array(select r.role from user_role r where r.user_id = u.id))
        order by w.id
        "#,
        spreading.application.0,
        spreading.kind,
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Adds a delivery; returns false when the webhook has this event already.
pub async fn add(
    connection: &mut PgConnection,
    id: DeliveryId,
    webhook: WebhookId,
    (event, spreading, body): (Uuid, &SourceEvent, &str),
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "
        insert into webhook_delivery (id, webhook_id, event_id, application_id, kind, body, state, next_at, created_at)
        values ($1, $2, $3, $4, $5, $6, 'pending', $7, $7)
        on conflict on constraint webhook_delivery_once do nothing
        ",
        id.0,
        webhook.0,
        event,
        spreading.application.0,
        spreading.kind,
        body,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
