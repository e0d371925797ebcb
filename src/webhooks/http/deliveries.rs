//! `GET /webhooks/{id}/deliveries`, `POST /webhooks/{id}/deliveries/{delivery}/redelivery`.

use actix_web::{HttpRequest, get, post};
use serde::{Deserialize, Serialize};

use super::{kept, shown};
use crate::casework::desk::Desk;
use crate::casework::jobs;
use crate::casework::journal::of_act;
use crate::error::{Code, Error, Result};
use crate::ids::{DeliveryId, WebhookId};
use crate::journal;
use crate::web::page::size;
use crate::web::{At, Cursor, IdempotentWrite, Page, Provided, Query, Reply};
use crate::webhooks::delivering::DeliverWebhook;
use crate::webhooks::store::deliveries as store;
use crate::webhooks::store::webhooks::Place;
use crate::webhooks::views::DeliveryView;

/// In which state a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Under way, or to be tried again.
    Pending,
    /// Answered with 2xx.
    Delivered,
    /// Given up.
    Failed,
    /// Not sent: the webhook is off, or its owner may not see the application any more.
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

/// What a cursor is bound to.
#[derive(Serialize)]
struct Bound {
    webhook: WebhookId,
    state: Option<DeliveryState>,
}

/// A delivery, in the path.
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
/// Newest first, with what came of each; kept for thirty days. Neither secrets nor what the receiver said.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook"), DeliveryQuery), responses((status = 200, body = Page<DeliveryView>)))]
#[get("/webhooks/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    desk: Desk,
    at: At<WebhookId>,
    query: Query<DeliveryQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<DeliveryView>>> {
    let (query, bound) = (
        &query.0,
        Bound {
            webhook: at.0,
            state: query.0.state,
        },
    );
    let limit = size(query.limit)?;
    let after: Option<Place> = cursor
        .0
        .read(query.cursor.as_deref(), "deliveries", &bound)?;
    let rows = desk.database().read(async |c| {
        shown(c, &desk, at.0).await?;
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
            Place::new(row.created_at, row.id.0)
        })?;
    Ok(Reply::page(page.map(DeliveryView::from)))
}

/// Send an event again (kirim ulang).
///
/// The same body under the same `webhook-id`, whatever came of it before; one that is under way already is refused.
#[utoipa::path(tag = "webhooks", params(AtDelivery), responses((status = 200, body = DeliveryView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/webhooks/{id}/deliveries/{delivery}/redelivery")]
pub async fn redeliver_webhook(
    desk: Desk,
    request: HttpRequest,
    at: At<AtDelivery>,
) -> Result<Reply<DeliveryView>> {
    let AtDelivery { id, delivery } = at.0;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.who().user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    kept(&mut work, &desk, id).await?;
    let Some(renewed) = store::renew(&mut work, id, delivery, now).await? else {
        let known = store::is_there(&mut work, id, delivery).await?;
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
        &of_act(desk.who(), "webhook", id.0, "redeliver_webhook", None),
        now,
    )
    .await?;
    work.finish(Reply::ok(DeliveryView::from(renewed))).await
}
