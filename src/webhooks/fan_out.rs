//! Fans an event out: one delivery for each webhook that wants it, if the webhook's owner may see
//! the application.

use serde_json::json;
use uuid::Uuid;

use super::delivery::DeliverWebhook;
use super::store::deliveries as store;
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::ids::DeliveryId;
use crate::jobs;
use crate::web::IdempotentWrite;

/// Creates the deliveries of `event`. Idempotent: a webhook gets an event once.
pub async fn fan_out_event(desk: &JobContext, event: Uuid) -> Result<()> {
    let mut work = IdempotentWrite::for_job(&desk.database, desk.clock.now()).await?;
    let now = work.now();
    let Some(spreading) = store::event(&mut work, event).await? else {
        return Ok(());
    };
    let body = json!({"type": spreading.kind, "timestamp": spreading.at, "data": spreading.data});
    let body = serde_json::to_string(&body).map_err(Error::internal)?;
    for webhook in store::subscribers(&mut work, &spreading).await? {
        let id = DeliveryId::at(now);
        if store::add(&mut work, id, webhook, (event, &spreading, &body), now).await? {
            jobs::queue(&mut work, &DeliverWebhook { delivery: id }, now).await?;
        }
    }
    work.commit().await
}
