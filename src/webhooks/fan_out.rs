//! From an event to its webhooks: one delivery for each that wants it and whose owner may see the application.

use serde_json::json;
use uuid::Uuid;

use super::delivering::DeliverWebhook;
use super::store::deliveries as store;
use crate::casework::jobs;
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::ids::DeliveryId;
use crate::web::IdempotentWrite;

/// Spreads `event`. Again is harmless: a webhook has an event once.
///
/// # Errors
/// When the server refuses.
pub async fn spread(desk: &JobContext, event: Uuid) -> Result<()> {
    let mut work = IdempotentWrite::of_the_service(&desk.database, desk.clock.now()).await?;
    let now = work.now();
    let Some(spreading) = store::event(&mut work, event).await? else {
        return Ok(());
    };
    let body = json!({"type": spreading.kind, "timestamp": spreading.at, "data": spreading.data});
    let body = serde_json::to_string(&body).map_err(Error::internal)?;
    for webhook in store::wanted_by(&mut work, &spreading).await? {
        let id = DeliveryId::at(now);
        if store::add(&mut work, id, webhook, (event, &spreading, &body), now).await? {
            jobs::queue(&mut work, &DeliverWebhook { delivery: id }, now).await?;
        }
    }
    work.commit().await
}
