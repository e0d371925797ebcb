//! `POST|DELETE /webhooks/{id}/deactivation`.

use actix_web::{HttpRequest, delete, post};
use serde::Deserialize;

use super::{find_visible, view};
use crate::casework::desk::Desk;
use crate::error::{FieldError, Result};
use crate::identity::organisation::line_error;
use crate::identity::{Admins, Restricted};
use crate::ids::WebhookId;
use crate::web::body::Validate;
use crate::web::{Body, IdempotentWrite, PathParam, Reply};
use crate::webhooks::deactivation::{deactivate, lift};
use crate::webhooks::views::WebhookView;

/// The reason for switching a webhook off.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookDeactivation {
    /// The reason (alasan), stored in the journal of the office.
    #[schema(
        example = "Penerima tidak dikenal lagi.",
        min_length = 1,
        max_length = 300
    )]
    pub reason: String,
}

impl Validate for WebhookDeactivation {
    fn errors(&self) -> Vec<FieldError> {
        line_error(&self.reason, "/reason", 300)
            .into_iter()
            .collect()
    }
}

/// Switch a webhook off (matikan webhook).
///
/// For its owners; an administrator may switch off any webhook of the office. Pending deliveries
/// are withheld. A webhook switched off by an administrator stays off until an administrator lifts
/// the deactivation; its owners are notified. Repeating the call has no effect.
#[utoipa::path(tag = "webhooks", request_body = WebhookDeactivation, params(("id" = WebhookId, Path, description = "The webhook")),
    responses((status = 200, body = WebhookView)))]
#[post("/webhooks/{id}/deactivation")]
pub async fn deactivate_webhook(
    desk: Desk,
    request: HttpRequest,
    at: PathParam<WebhookId>,
    form: Body<WebhookDeactivation>,
) -> Result<Reply<WebhookView>> {
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let webhook = find_visible(&mut work, &desk, at.0).await?;
    deactivate(&mut work, desk.signed_in(), &webhook, &form.0.reason).await?;
    let webhook = find_visible(&mut work, &desk, at.0).await?;
    let version = webhook.version;
    work.finish(Reply::ok(view(&desk, webhook)).version(version))
        .await
}

/// Lift the deactivation of a webhook (cabut pemadaman webhook).
///
/// For a webhook that an administrator switched off: it is called again, and its failures are
/// reset. For administrators.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 204)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[delete("/webhooks/{id}/deactivation")]
pub async fn lift_webhook_deactivation(
    _: Restricted<Admins>,
    desk: Desk,
    request: HttpRequest,
    at: PathParam<WebhookId>,
) -> Result<Reply<()>> {
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let webhook = find_visible(&mut work, &desk, at.0).await?;
    lift(&mut work, desk.signed_in(), &webhook).await?;
    work.finish(Reply::no_content()).await
}
