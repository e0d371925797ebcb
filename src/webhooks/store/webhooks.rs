//! The SQL of webhooks: their owners and their state.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::identity::SignedIn;
use crate::ids::{CustomerId, UserId, WebhookId};

/// A webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The id.
    pub id: WebhookId,
    /// The organisation that owns it, for a webhook of a customer.
    pub customer: Option<CustomerId>,
    /// The user that made it; the webhook has this user's visibility.
    pub owner: UserId,
    /// The URL.
    pub url: String,
    /// The codes of the events it wants.
    pub kinds: Vec<String>,
    /// True if it is called.
    pub active: bool,
    /// The reason it is off.
    pub disabled_for: Option<String>,
    /// Since when no call has succeeded.
    pub failing_since: Option<DateTime<Utc>>,
    /// The number of failed calls since then.
    pub failures: i32,
    /// Until when the former secret signs too.
    pub former_until: Option<DateTime<Utc>>,
    /// Counts the changes of the webhook.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

impl Webhook {
    /// True if `caller` is an owner: any user of its organisation, else its one owner.
    pub fn is_owned_by(&self, caller: &SignedIn) -> bool {
        match self.customer {
            Some(customer) => caller.customer == Some(customer),
            None => caller.user == self.owner,
        }
    }
}

/// The position of a row in a list, newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct WebhookCursor {
    at: DateTime<Utc>,
    id: Uuid,
}

impl WebhookCursor {
    /// The cursor of a row created at `at`.
    pub fn new(at: DateTime<Utc>, id: Uuid) -> Self {
        Self { at, id }
    }

    /// The two parts, for the query.
    pub fn parts(place: Option<Self>) -> (Option<DateTime<Utc>>, Option<Uuid>) {
        place.map(|place| (place.at, place.id)).unzip()
    }
}

/// Lists at most `limit` webhooks after `after`: those that `caller` owns, or with `all` those of
/// the office.
pub async fn list(
    connection: &mut PgConnection,
    caller: &SignedIn,
    all: bool,
    after: Option<WebhookCursor>,
    limit: i64,
) -> Result<Vec<Webhook>> {
    let (at, id) = WebhookCursor::parts(after);
    let rows = sqlx::query_as!(
        Webhook,
        r#"
        select id as "id: WebhookId", customer_id as "customer: CustomerId", owner_id as "owner: UserId", url, kinds, active, disabled_for, failing_since,
               failures, former_until, version, created_at
        from webhook
        where office_id = $1
          and ($2 or (customer_id is null and owner_id = $3) or customer_id = $4)
          and ($5::timestamptz is null or (created_at, id) < ($5, $6))
        order by created_at desc, id desc
        limit $7
        "#,
        caller.office.0,
        all,
        caller.user.0,
        caller.customer.map(|customer| customer.0),
        at,
        id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Finds a webhook of the office and locks it until the transaction ends.
pub async fn find(
    connection: &mut PgConnection,
    caller: &SignedIn,
    id: WebhookId,
) -> Result<Option<Webhook>> {
    let row = sqlx::query_as!(
        Webhook,
        r#"
        select id as "id: WebhookId", customer_id as "customer: CustomerId", owner_id as "owner: UserId", url, kinds, active, disabled_for, failing_since,
               failures, former_until, version, created_at
        from webhook
        where office_id = $1
          and id = $2
        for no key update
        "#,
        caller.office.0,
        id.0,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Counts the webhooks that `caller` owns.
pub async fn count(connection: &mut PgConnection, caller: &SignedIn) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from webhook where (customer_id is null and owner_id = $1) or customer_id = $2"#,
        caller.user.0,
        caller.customer.map(|customer| customer.0),
    );
    Ok(count.fetch_one(connection).await?)
}

/// Adds a webhook.
pub async fn add(
    connection: &mut PgConnection,
    caller: &SignedIn,
    id: WebhookId,
    (url, kinds): (&str, &[String]),
    secret: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into webhook (id, office_id, customer_id, owner_id, url, kinds, secret, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        ",
        id.0,
        caller.office.0,
        caller.customer.map(|customer| customer.0),
        caller.user.0,
        url,
        kinds,
        secret,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes URL, events and active state. Switching the webhook on resets its failures.
pub async fn change(
    connection: &mut PgConnection,
    id: WebhookId,
    url: &str,
    kinds: &[String],
    active: bool,
) -> Result<()> {
    sqlx::query!(
        "
        update webhook
        set url = $2,
            kinds = $3,
            active = $4,
            disabled_for = case when $4 then null else coalesce(disabled_for, 'owner') end,
            failing_since = case when $4 and not active then null else failing_since end,
            failures = case when $4 and not active then 0 else failures end,
            version = version + 1
        where id = $1
        ",
        id.0,
        url,
        kinds,
        active,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Switches the webhook off; `reason` is `owner` or `administrator`.
pub async fn switch_off(connection: &mut PgConnection, id: WebhookId, reason: &str) -> Result<()> {
    sqlx::query!(
        "update webhook set active = false, disabled_for = $2, version = version + 1 where id = $1",
        id.0,
        reason
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Switches the webhook on and resets its failures.
pub async fn switch_on(connection: &mut PgConnection, id: WebhookId) -> Result<()> {
    sqlx::query!(
        "
        update webhook
        set active = true,
            disabled_for = null,
            failing_since = null,
            failures = 0,
            version = version + 1
        where id = $1
        ",
        id.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces the secret; the former one signs too until `until`.
pub async fn rotate(
    connection: &mut PgConnection,
    id: WebhookId,
    secret: &[u8],
    until: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        update webhook
        set former_secret = secret,
            former_until = $3,
            secret = $2,
            version = version + 1
        where id = $1
        ",
        id.0,
        secret,
        until,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the webhook with its deliveries.
pub async fn delete(connection: &mut PgConnection, id: WebhookId) -> Result<()> {
    sqlx::query!("delete from webhook where id = $1", id.0)
        .execute(connection)
        .await?;
    Ok(())
}
