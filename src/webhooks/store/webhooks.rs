//! Webhooks: who keeps them, and in what state they are.

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
    /// Its id.
    pub id: WebhookId,
    /// The organisation that keeps it, when it is a customer's.
    pub customer: Option<CustomerId>,
    /// Through whose eyes it sees.
    pub owner: UserId,
    /// Where it is.
    pub url: String,
    /// Codes of the events it wants.
    pub kinds: Vec<String>,
    /// Whether it is called.
    pub active: bool,
    /// Why not.
    pub disabled_for: Option<String>,
    /// Since when no call has succeeded.
    pub failing_since: Option<DateTime<Utc>>,
    /// How many have failed since.
    pub failures: i32,
    /// Until when the former secret signs too.
    pub former_until: Option<DateTime<Utc>>,
    /// Counts its changes.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Webhook {
    /// Whether `who` keeps it: the people of its organisation together, else its owner.
    pub fn is_kept_by(&self, who: &SignedIn) -> bool {
        match self.customer {
            Some(customer) => who.customer == Some(customer),
            None => who.user == self.owner,
        }
    }
}

/// Where a webhook stands in the list: newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    at: DateTime<Utc>,
    id: Uuid,
}

impl Place {
    /// Of what was made at `at`.
    pub fn new(at: DateTime<Utc>, id: Uuid) -> Self {
        Self { at, id }
    }

    /// Its two parts.
    pub fn parts(place: Option<Self>) -> (Option<DateTime<Utc>>, Option<Uuid>) {
        place.map(|place| (place.at, place.id)).unzip()
    }
}

/// At most `limit` webhooks after `after`: those `who` keeps, or with `all` those of the office.
pub async fn list(
    connection: &mut PgConnection,
    who: &SignedIn,
    all: bool,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Webhook>> {
    let (at, id) = Place::parts(after);
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
        who.office.0,
        all,
        who.user.0,
        who.customer.map(|customer| customer.0),
        at,
        id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// One of the office, locked until the transaction ends.
pub async fn find(
    connection: &mut PgConnection,
    who: &SignedIn,
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
        who.office.0,
        id.0,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// How many `who` keeps.
pub async fn count(connection: &mut PgConnection, who: &SignedIn) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from webhook where (customer_id is null and owner_id = $1) or customer_id = $2"#,
        who.user.0,
        who.customer.map(|customer| customer.0),
    );
    Ok(count.fetch_one(connection).await?)
}

/// Adds one.
pub async fn add(
    connection: &mut PgConnection,
    who: &SignedIn,
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
        who.office.0,
        who.customer.map(|customer| customer.0),
        who.user.0,
        url,
        kinds,
        secret,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes where it is, what it wants and whether it is called. Who switches it on lets it begin anew.
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

/// Switches it off, for `reason`: `owner` or `administrator`.
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

/// Switches it on: it begins anew.
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

/// Puts a new secret in the place of the old one, which signs too until `until`.
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

/// Deletes it with everything that was sent to it.
pub async fn delete(connection: &mut PgConnection, id: WebhookId) -> Result<()> {
    sqlx::query!("delete from webhook where id = $1", id.0)
        .execute(connection)
        .await?;
    Ok(())
}
