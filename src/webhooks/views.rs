//! Webhooks and deliveries in replies. A secret is shown only once, when it is made.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::store::deliveries::Delivery;
use super::store::webhooks::Webhook;
use crate::casework::announce::EventKind;
use crate::ids::{ApplicationId, CustomerId, DeliveryId, UserId, WebhookId};
use crate::sop::code_schema;

code_schema!(
    DisabledFor,
    "The reason why a webhook is off: its owner, failed calls, or an administrator.",
    ["owner", "failure", "administrator"]
);
code_schema!(
    DeliveryState,
    "The state of a delivery; `failed` was given up, `withheld` was not sent.",
    ["pending", "delivered", "failed", "withheld"]
);
code_schema!(
    DeliveryFailure,
    "Why a call to a webhook failed.",
    [
        "status",
        "timeout",
        "no_connection",
        "forbidden_address",
        "broken_off",
        "not_visible"
    ]
);

/// A webhook.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WebhookView {
    /// The id.
    pub id: WebhookId,
    /// The user that made it; the webhook has this user's visibility.
    pub owner_id: UserId,
    /// The organisation, for a webhook of a customer: its users own the webhook together.
    pub customer_id: Option<CustomerId>,
    /// The URL; an administrator that is not an owner sees only scheme and host.
    #[schema(example = "https://hooks.tirtamusi.example/desk")]
    pub url: String,
    /// The events it wants.
    #[schema(value_type = Vec<EventKind>)]
    pub events: Vec<String>,
    /// True if it is called.
    pub active: bool,
    /// The reason it is off: `owner`, `failure`, or `administrator`. Only an administrator can lift
    /// the last one.
    #[schema(value_type = Option<DisabledFor>)]
    pub disabled_for: Option<String>,
    /// Since when no call has succeeded.
    pub failing_since: Option<DateTime<Utc>>,
    /// The number of failed calls since then.
    #[schema(example = 0)]
    pub failures: i32,
    /// Until when calls are signed with the former secret too.
    pub former_secret_until: Option<DateTime<Utc>>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

impl WebhookView {
    /// The view for an owner or, without `is_owner`, for an administrator.
    pub(super) fn of(webhook: Webhook, is_owner: bool) -> Self {
        Self {
            id: webhook.id,
            owner_id: webhook.owner,
            customer_id: webhook.customer,
            url: if is_owner {
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

/// Scheme and host only: the path may contain a secret of the owner.
fn origin(url: &str) -> String {
    url.parse::<reqwest::Url>()
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default()
}

/// A webhook with its secret, which is shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CreatedWebhookView {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// The secret that signs the calls. It is not shown again.
    #[schema(example = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")]
    pub secret: String,
}

/// A new secret, which is shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NewSecretView {
    /// The secret that signs the calls from now on. It is not shown again.
    #[schema(example = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")]
    pub secret: String,
    /// Until when calls are signed with the former secret too.
    pub former_secret_until: DateTime<Utc>,
}

/// One event for one webhook, with its outcome.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeliveryView {
    /// The id of the delivery.
    pub id: DeliveryId,
    /// The event id, sent as `webhook-id`.
    pub event: Uuid,
    /// The kind of event.
    #[schema(value_type = EventKind)]
    pub kind: String,
    /// The application.
    pub application: ApplicationId,
    /// `pending`, `delivered`, `failed` (given up), or `withheld` (the webhook is off, or its owner
    /// may no longer see the application).
    #[schema(value_type = DeliveryState)]
    pub state: String,
    /// The number of attempts.
    #[schema(example = 1)]
    pub attempts: i32,
    /// When the last attempt was made.
    pub last_at: Option<DateTime<Utc>>,
    /// The HTTP status of the last attempt.
    #[schema(example = 204)]
    pub last_status: Option<i16>,
    /// The failure code of the last attempt: `status`, `timeout`, `no_connection`,
    /// `forbidden_address`, `broken_off` or `not_visible`.
    #[schema(value_type = Option<DeliveryFailure>)]
    pub last_code: Option<String>,
    /// The duration of the last attempt, in milliseconds.
    #[schema(example = 48)]
    pub last_ms: Option<i32>,
    /// When the next attempt is due.
    pub next_at: Option<DateTime<Utc>>,
    /// When the delivery was created.
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
