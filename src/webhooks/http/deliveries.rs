//! `GET /webhooks/{id}/deliveries`, `POST /webhooks/{id}/deliveries/{delivery}/redelivery`.

use actix_web::{HttpRequest, get, post};
use serde::{Deserialize, Serialize};

use super::{find_own, find_visible};
use crate::casework::desk::Desk;
use crate::casework::journal::act_entry;
use crate::error::{Code, Error, Result};
use crate::ids::{DeliveryId, WebhookId};
use crate::jobs;
use crate::journal;
use crate::web::page::page_size;
use crate::web::{Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};
use crate::webhooks::delivery::DeliverWebhook;
use crate::webhooks::store::deliveries as store;
use crate::webhooks::store::webhooks::WebhookCursor;
use crate::webhooks::views::DeliveryView;

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// In progress, or waiting for the next attempt.
    Pending,
    /// Answered with 2xx.
    Delivered,
    /// Given up.
    Failed,
    /// Not sent: the webhook is off, or its owner may no longer see the application.
    Withheld,
}

impl DeliveryState {
    const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Withheld => "withheld",
        }
    }
}

/// Which deliveries to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Only in this state.
    #[param(inline)]
    pub state: Option<DeliveryState>,
    /// How many items, 1 to 200; 20 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The filter that a cursor is bound to.
#[derive(Serialize)]
struct DeliveryListScope {
    webhook: WebhookId,
    state: Option<DeliveryState>,
}

/// The path of a delivery.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AtDelivery {
    /// The webhook.
    pub id: WebhookId,
    /// The delivery.
    pub delivery: DeliveryId,
}

/// List what was sent to a webhook (riwayat kiriman webhook).
///
/// Newest first, with the outcome of each delivery; kept for thirty days. Secrets and response
/// bodies are not included.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook"), DeliveryQuery), responses((status = 200, body = Page<DeliveryView>)))]
#[get("/webhooks/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    desk: Desk,
    at: PathParam<WebhookId>,
    query: Query<DeliveryQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<DeliveryView>>> {
    let (query, bound) = (
        &query.0,
        DeliveryListScope {
            webhook: at.0,
            state: query.0.state,
        },
    );
    let limit = page_size(query.limit)?;
    let after: Option<WebhookCursor> =
        cursor
            .0
            .read(query.cursor.as_deref(), "deliveries", &bound)?;
    let rows = desk.database().read(async |c| {
        find_visible(c, &desk, at.0).await?;
        store::list(
            c,
            at.0,
            query.state.map(DeliveryState::code),
            after,
            limit + 1,
        )
        .await
    });
    let page = cursor
        .0
        .page(rows.await?, limit, "deliveries", &bound, |row| {
            WebhookCursor::new(row.created_at, row.id.0)
        })?;
    Ok(Reply::page(page.map(DeliveryView::from)))
}

/// Send an event again (kirim ulang).
///
/// The same body with the same `webhook-id`, whatever its outcome was. A pending delivery is
/// refused.
#[utoipa::path(tag = "webhooks", params(AtDelivery), responses((status = 200, body = DeliveryView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/webhooks/{id}/deliveries/{delivery}/redelivery")]
pub async fn redeliver_webhook(
    desk: Desk,
    request: HttpRequest,
    at: PathParam<AtDelivery>,
) -> Result<Reply<DeliveryView>> {
    let AtDelivery { id, delivery } = at.0;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    find_own(&mut work, &desk, id).await?;
    let Some(renewed) = store::renew(&mut work, id, delivery, now).await? else {
        let known = store::exists(&mut work, id, delivery).await?;
        let under_way = || {
            Error::new(Code::Conflict).detail(
                "Kiriman ini masih dalam proses.",
                "This delivery is still under way.",
            )
        };
        return Err(if known {
            under_way()
        } else {
            Error::new(Code::NotFound)
        });
    };
    jobs::queue(&mut work, &DeliverWebhook { delivery }, now).await?;
    journal::add(
        &mut work,
        &act_entry(desk.signed_in(), "webhook", id.0, "redeliver_webhook", None),
        now,
    )
    .await?;
    work.finish(Reply::ok(DeliveryView::from(renewed))).await
}
