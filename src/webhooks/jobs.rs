//! The jobs of webhooks: an event spreads, a delivery is made, what is old is swept.

use chrono::TimeDelta;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};

use super::client::WebhookClient;
use super::delivering::{DeliverWebhook, deliver};
use super::fan_out::spread;
use super::store::calls;
use crate::casework::announce::SpreadEvent;
use crate::casework::jobs::Job;
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};

/// How long a delivery is kept.
const KEPT: TimeDelta = TimeDelta::days(30);

impl TaskHandler for SpreadEvent {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(desk) = context.get_ext::<JobContext>() else {
            return Err("the worker has no desk".to_owned());
        };
        spread(desk, self.event)
            .await
            .map_err(|error| error.to_string())
    }
}

impl TaskHandler for DeliverWebhook {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(caller)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<WebhookClient>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        deliver(desk, caller, self.delivery)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Deletes old deliveries. Every day.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SweepDeliveries;

impl TaskHandler for SweepDeliveries {
    const IDENTIFIER: &'static str = "sweep_deliveries";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(desk) = context.get_ext::<JobContext>() else {
            return Err("the worker has no desk".to_owned());
        };
        let before = desk.clock.now() - KEPT;
        desk.database
            .read(async |c| calls::sweep(c, before).await)
            .await
            .map_err(|error| error.to_string())
    }
}

/// The engine's options with these jobs.
///
/// # Errors
/// When the timetable cannot be read.
pub fn define(options: WorkerOptions, caller: WebhookClient) -> Result<WorkerOptions> {
    let options = options
        .add_extension(caller)
        .define_job::<SpreadEvent>()
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
