//! How webhooks and what was sent to them are shown: never a secret but once.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::store::deliveries::Delivery;
use super::store::webhooks::Webhook;
use crate::ids::{ApplicationId, CustomerId, DeliveryId, UserId, WebhookId};

/// A webhook.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: WebhookId,
    /// Through whose eyes it sees.
    pub owner_id: UserId,
    /// The organisation whose people keep it together, when it is a customer's.
    pub customer_id: Option<CustomerId>,
    /// Where it is; for administrators, who do not keep it, only the host.
    #[schema(example = "https://hooks.tirtamusi.example/desk")]
    pub url: String,
    /// Which events it wants.
    #[schema(example = json!(["application.stage_changed"]))]
    pub events: Vec<String>,
    /// Whether it is called.
    pub active: bool,
    /// Why not: `owner`, `failure`, or `administrator`, who alone lets it go on.
    #[schema(example = "failure")]
    pub disabled_for: Option<String>,
    /// Since when no call has succeeded.
    pub failing_since: Option<DateTime<Utc>>,
    /// How many calls have failed since.
    #[schema(example = 0)]
    pub failures: i32,
    /// Until when calls are signed with the former secret too.
    pub former_secret_until: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl WebhookView {
    /// As who keeps it sees it, or, without `keeps`, an administrator.
    #[must_use]
    pub(super) fn of(webhook: Webhook, keeps: bool) -> Self {
        Self {
            id: webhook.id,
            owner_id: webhook.owner,
            customer_id: webhook.customer,
            url: if keeps {
                webhook.url
            } else {
                origin(&webhook.url)
            },
            events: webhook.kinds,
            active: webhook.active,
            disabled_for: webhook.disabled_for,
            failing_since: webhook.failing_since,
            failures: webhook.failures,
            former_secret_until: webhook.former_until,
            created_at: webhook.created_at,
        }
    }
}

/// Scheme and host: a path may be a secret of its keeper.
fn origin(url: &str) -> String {
    url.parse::<reqwest::Url>()
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default()
}

/// A webhook with its secret: shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NewWebhookView {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// What calls are signed with. It is not shown again.
    #[schema(example = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")]
    pub secret: String,
}

/// A new secret: shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NewSecretView {
    /// What calls are signed with from now on. It is not shown again.
    #[schema(example = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")]
    pub secret: String,
    /// Until when they are signed with the former one too.
    pub former_secret_until: DateTime<Utc>,
}

/// One event for one webhook, and what came of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeliveryView {
    /// Its id.
    pub id: DeliveryId,
    /// The event: `webhook-id` of every call.
    pub event: Uuid,
    /// Its kind.
    #[schema(example = "application.stage_changed")]
    pub kind: String,
    /// The application it is of.
    pub application: ApplicationId,
    /// `pending`, `delivered`, `failed` (given up), or `withheld` (the webhook is off, or its owner may not see the application any more).
    #[schema(example = "delivered")]
    pub state: String,
    /// How often it was sent.
    #[schema(example = 1)]
    pub attempts: i32,
    /// When it was last sent.
    pub last_at: Option<DateTime<Utc>>,
    /// What the receiver last answered.
    #[schema(example = 204)]
    pub last_status: Option<i16>,
    /// Why it last failed: `status`, `timeout`, `no_connection`, `forbidden_address`, `broken_off` or `not_visible`.
    #[schema(example = "timeout")]
    pub last_code: Option<String>,
    /// How long it took, in milliseconds.
    #[schema(example = 48)]
    pub last_ms: Option<i32>,
    /// When it is sent next.
    pub next_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let Delivery {
            id,
            event,
            kind,
            application,
            state,
            attempts,
            last_at,
            last_status,
            last_code,
            last_ms,
            next_at,
            created_at,
        } = delivery;
        Self {
            id,
            event,
            kind,
            application,
            state,
            attempts,
            last_at,
            last_status,
            last_code,
            last_ms,
            next_at,
            created_at,
        }
    }
}
