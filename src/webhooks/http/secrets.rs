//! `POST /webhooks/{id}/secret`: rotation with an overlap, so that a receiver can change over without losing a call.

use actix_web::{HttpRequest, post};
use chrono::TimeDelta;

use super::kept;
use crate::casework::desk::Desk;
use crate::casework::journal::of_act;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::error::Result;
use crate::ids::WebhookId;
use crate::journal;
use crate::web::{At, IdempotentWrite, Provided, Reply};
use crate::webhooks::client::WebhookClient;
use crate::webhooks::secret::Secret;
use crate::webhooks::store::webhooks as store;
use crate::webhooks::views::NewSecretView;

/// How long calls are signed with both.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Change the secret of a webhook (ganti rahasia webhook).
///
/// The new one is shown once. For a day calls carry a signature by each of the two.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 200, body = NewSecretView)))]
#[post("/webhooks/{id}/secret")]
pub async fn rotate_webhook_secret(
    desk: Desk,
    request: HttpRequest,
    at: At<WebhookId>,
    caller: Provided<WebhookClient>,
    services: Provided<ComplaintServices>,
) -> Result<Reply<NewSecretView>> {
    let under = retries::of_staff(&request, &services.0.keys, desk.who().user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), &request, under, desk.request_time().now)
            .await?;
    let (now, secret) = (work.now(), Secret::random());
    kept(&mut work, &desk, at.0).await?;
    store::rotate(
        &mut work,
        at.0,
        &secret.sealed(caller.0.seal(), at.0),
        now + OVERLAP,
    )
    .await?;
    journal::add(
        &mut work,
        &of_act(desk.who(), "webhook", at.0.0, "rotate_webhook_secret", None),
        now,
    )
    .await?;
    work.finish(Reply::ok(NewSecretView {
        secret: secret.shown(),
        former_secret_until: now + OVERLAP,
    }))
    .await
}
