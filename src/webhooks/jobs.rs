//! The jobs of webhooks: fan-out of an event, delivery, and deletion of old deliveries.

use chrono::TimeDelta;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};

use super::client::WebhookClient;
use super::delivery::{DeliverWebhook, deliver};
use super::fan_out::fan_out_event;
use super::store::calls;
use crate::casework::announce::FanOutEvent;
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::jobs::Job;

/// How long a delivery is kept.
const RETENTION: TimeDelta = TimeDelta::days(30);

impl TaskHandler for FanOutEvent {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(desk) = context.get_ext::<JobContext>() else {
            return Err("the worker has no desk".to_owned());
        };
        fan_out_event(desk, self.event)
            .await
            .map_err(|error| error.to_string())
    }
}

impl TaskHandler for DeliverWebhook {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(client)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<WebhookClient>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        deliver(desk, client, self.delivery)
            .await
            .map_err(|error| error.to_string())
    }
}

/// The job that deletes old deliveries. Runs every day.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SweepDeliveries;

impl TaskHandler for SweepDeliveries {
    const IDENTIFIER: &'static str = "sweep_deliveries";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(desk) = context.get_ext::<JobContext>() else {
            return Err("the worker has no desk".to_owned());
        };
        let before = desk.clock.now() - RETENTION;
        desk.database
            .read(async |c| calls::delete_expired(c, before).await)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Adds these jobs to the worker options.
pub fn define(options: WorkerOptions, client: WebhookClient) -> Result<WorkerOptions> {
    let options = options
        .add_extension(client)
        .define_job::<FanOutEvent>()
        .define_job::<DeliverWebhook>()
        .define_job::<SweepDeliveries>();
    options
        .with_cron("53 19 * * * sweep_deliveries")
        .map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::SweepDeliveries;

    #[test]
    fn the_timetable_hands_over_null() {
        assert!(serde_json::from_str::<SweepDeliveries>("null").is_ok());
    }
}
