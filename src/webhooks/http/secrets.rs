//! `POST /webhooks/{id}/secret`: rotation with an overlap, so that a receiver can change secrets
//! without losing a call.

use actix_web::{HttpRequest, post};
use chrono::TimeDelta;

use super::find_own;
use crate::casework::desk::Desk;
use crate::casework::journal::act_entry;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::error::Result;
use crate::ids::WebhookId;
use crate::journal;
use crate::web::{IdempotentWrite, PathParam, Provided, Reply};
use crate::webhooks::client::WebhookClient;
use crate::webhooks::secret::Secret;
use crate::webhooks::store::webhooks as store;
use crate::webhooks::views::NewSecretView;

/// How long calls are signed with both secrets.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Change the secret of a webhook (ganti rahasia webhook).
///
/// The new secret is shown once. For 24 hours calls carry a signature by each of the two secrets.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 200, body = NewSecretView)))]
#[post("/webhooks/{id}/secret")]
pub async fn rotate_webhook_secret(
    desk: Desk,
    request: HttpRequest,
    at: PathParam<WebhookId>,
    client: Provided<WebhookClient>,
    services: Provided<ComplaintServices>,
) -> Result<Reply<NewSecretView>> {
    let under = retries::sealed_under_for_staff(&request, &services.0.keys, desk.signed_in().user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), &request, under, desk.request_time().now)
            .await?;
    let (now, secret) = (work.now(), Secret::random());
    find_own(&mut work, &desk, at.0).await?;
    store::rotate(
        &mut work,
        at.0,
        &secret.sealed(client.0.seal(), at.0),
        now + OVERLAP,
    )
    .await?;
    journal::add(
        &mut work,
        &act_entry(
            desk.signed_in(),
            "webhook",
            at.0.0,
            "rotate_webhook_secret",
            None,
        ),
        now,
    )
    .await?;
    work.finish(Reply::ok(NewSecretView {
        secret: secret.encoded(),
        former_secret_until: now + OVERLAP,
    }))
    .await
}
