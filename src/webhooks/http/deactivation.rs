//! `POST|DELETE /webhooks/{id}/deactivation`.

use actix_web::{HttpRequest, delete, post};
use serde::Deserialize;

use super::{shown, view};
use crate::casework::desk::Desk;
use crate::error::{FieldError, Result};
use crate::identity::Administrator;
use crate::identity::organisation::fault_of_line;
use crate::ids::WebhookId;
use crate::web::body::Validate;
use crate::web::{At, Body, IdempotentWrite, Reply};
use crate::webhooks::switching::{deactivate, lift};
use crate::webhooks::views::WebhookView;

/// Why a webhook is switched off.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookDeactivation {
    /// Why (alasan); kept in the journal of the office.
    #[schema(
        example = "Penerima tidak dikenal lagi.",
        min_length = 1,
        max_length = 300
    )]
    pub reason: String,
}

impl Validate for WebhookDeactivation {
    fn errors(&self) -> Vec<FieldError> {
        fault_of_line(&self.reason, "/reason", 300)
            .into_iter()
            .collect()
    }
}

/// Switch a webhook off (matikan webhook).
///
/// By whoever keeps it, or by an administrator, who may switch off any of the office. What was still to be sent is withheld. One that an administrator switched
/// off stays off until an administrator lifts that; its keepers are told. Again is harmless.
#[utoipa::path(tag = "webhooks", request_body = WebhookDeactivation, params(("id" = WebhookId, Path, description = "The webhook")),
    responses((status = 200, body = WebhookView)))]
#[post("/webhooks/{id}/deactivation")]
pub async fn deactivate_webhook(
    desk: Desk,
    request: HttpRequest,
    at: At<WebhookId>,
    form: Body<WebhookDeactivation>,
) -> Result<Reply<WebhookView>> {
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.who().user.0,
        desk.request_time().now,
    )
    .await?;
    let webhook = shown(&mut work, &desk, at.0).await?;
    deactivate(&mut work, desk.who(), &webhook, &form.0.reason).await?;
    let webhook = shown(&mut work, &desk, at.0).await?;
    let version = webhook.version;
    work.finish(Reply::ok(view(&desk, webhook)).version(version))
        .await
}

/// Lift the deactivation of a webhook (cabut pemadaman webhook).
///
/// Of one that an administrator switched off: it is called again, and begins anew. For administrators.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 204)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[delete("/webhooks/{id}/deactivation")]
pub async fn lift_webhook_deactivation(
    _: Administrator,
    desk: Desk,
    request: HttpRequest,
    at: At<WebhookId>,
) -> Result<Reply<()>> {
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.who().user.0,
        desk.request_time().now,
    )
    .await?;
    let webhook = shown(&mut work, &desk, at.0).await?;
    lift(&mut work, desk.who(), &webhook).await?;
    work.finish(Reply::nothing()).await
}
