//! The jobs of webhooks. An event fans out into one delivery for each webhook that wants it, if the
//! webhook's owner may see the application. A delivery is claimed, the call is made outside any
//! transaction, and the outcome and the next attempt are recorded. Calls are made at least once; a
//! receiver detects a repeated call by `webhook-id`. Old deliveries are deleted.

use chrono::{DateTime, TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::client::{Call, CallOutcome, WebhookClient};
use super::deactivation::WebhookOwner;
use super::secret::Secret;
use super::store::calls::{self, AttemptResult, ClaimedDelivery};
use super::store::deliveries;
use crate::casework::announce::FanOutEvent;
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::ids::{CustomerId, DeliveryId};
use crate::jobs::{self, Job};
use crate::journal::{self, Entry};
use crate::web::IdempotentWrite;

/// The delays before the next attempt after each failure; after the last one the delivery is given
/// up.
const RETRY_DELAYS: [TimeDelta; 7] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(12),
];
/// How long a claim lasts. After that the worker is considered dead, and another worker may make
/// the call.
const CLAIM_DURATION: TimeDelta = TimeDelta::seconds(60);
/// A webhook is switched off when no call has succeeded for this long …
const FAILING_PERIOD: TimeDelta = TimeDelta::hours(24);
/// … and at least this many have failed.
const MIN_FAILURES: i32 = 5;
/// The status by which a receiver unsubscribes (Standard Webhooks).
const GONE: u16 = 410;

/// The job that delivers one event to a webhook.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct DeliverWebhook {
    /// The delivery.
    pub delivery: DeliveryId,
}

impl Job for DeliverWebhook {
    const NAME: &'static str = "deliver_webhook";

    fn key(&self) -> String {
        format!("{}:{}", Self::NAME, self.delivery)
    }
}

/// Makes the call, if the delivery is pending and not claimed by another worker.
pub async fn deliver(
    desk: &JobContext,
    client: &WebhookClient,
    delivery: DeliveryId,
) -> Result<()> {
    let now = desk.clock.now();
    let until = now + CLAIM_DURATION;
    let mut claiming = desk.database.begin().await?;
    let claimed = calls::claim(&mut claiming, delivery, now, until).await?;
    claiming.commit().await?;
    let Some(claimed) = claimed else {
        return Ok(());
    };
    if !claimed.may {
        let result = AttemptResult {
            state: "withheld",
            sent: false,
            status: None,
            code: Some("not_visible"),
            ms: None,
            next_at: None,
        };
        return desk
            .database
            .read(async |c| calls::record(c, delivery, until, &result, now).await)
            .await
            .map(drop);
    }
    let outcome = call(client, &claimed, now).await?;
    record_outcome(desk, delivery, until, &claimed, outcome).await
}

async fn call(
    client: &WebhookClient,
    claimed: &ClaimedDelivery,
    now: DateTime<Utc>,
) -> Result<CallOutcome> {
    let sealed = [Some(&claimed.secret), claimed.former.as_ref()]
        .into_iter()
        .flatten();
    let (id, timestamp) = (claimed.event.to_string(), now.timestamp());
    let mut signatures = Vec::new();
    for sealed in sealed {
        let secret = Secret::open(client.seal(), claimed.webhook, sealed);
        let secret = secret.ok_or_else(|| {
            Error::internal("the secret of a webhook cannot be opened: moved or changed")
        })?;
        signatures.push(secret.signature(&id, timestamp, &claimed.body));
    }
    let call = Call {
        url: &claimed.url,
        id: &id,
        timestamp,
        signatures: &signatures.join(" "),
        body: &claimed.body,
    };
    Ok(client.call(&call).await)
}

/// Records the outcome and, in the same transaction, queues the next attempt or switches the
/// webhook off.
async fn record_outcome(
    desk: &JobContext,
    delivery: DeliveryId,
    until: DateTime<Utc>,
    claimed: &ClaimedDelivery,
    outcome: CallOutcome,
) -> Result<()> {
    let mut work = IdempotentWrite::for_job(&desk.database, desk.clock.now()).await?;
    let now = work.now();
    let tries = usize::try_from(claimed.tries).unwrap_or_default();
    let again = outcome
        .code
        .and_then(|_| RETRY_DELAYS.get(tries))
        .map(|wait| now + *wait);
    let state = match (outcome.code, again) {
        (None, _) => "delivered",
        (Some(_), Some(_)) => "pending",
        (Some(_), None) => "failed",
    };
    let result = AttemptResult {
        state,
        sent: true,
        status: outcome.status.and_then(|status| i16::try_from(status).ok()),
        code: outcome.code,
        ms: i32::try_from(outcome.took.as_millis()).ok(),
        next_at: again,
    };
    if !calls::record(&mut work, delivery, until, &result, now).await? {
        // The claim expired and another worker made the call, or the delivery was deleted.
        return Ok(());
    }
    metrics::counter!("webhook_calls_total", "outcome" => outcome.code.unwrap_or("delivered"))
        .increment(1);
    if let Some(at) = again {
        jobs::queue(&mut work, &DeliverWebhook { delivery }, at).await?;
    }
    if outcome.code.is_none() {
        calls::record_success(&mut work, claimed.webhook).await?;
    } else if let Some((since, failures)) =
        calls::record_failure(&mut work, claimed.webhook, now).await?
    {
        let is_hopeless = since + FAILING_PERIOD <= now && failures >= MIN_FAILURES
            || outcome.status == Some(GONE);
        if is_hopeless && calls::switch_off(&mut work, claimed.webhook).await? {
            announce_switch_off(&mut work, claimed).await?;
        }
    }
    work.commit().await
}

/// Records in the journal that the service switched the webhook off, and notifies its owners.
async fn announce_switch_off(work: &mut IdempotentWrite, claimed: &ClaimedDelivery) -> Result<()> {
    let now = work.now();
    let entry = Entry {
        office: claimed.office,
        subject: "webhook",
        subject_id: claimed.webhook.0,
        actor: None,
        roles: Vec::new(),
        acting: None,
        task: "switch_off_webhook",
        step: None,
        moved: None,
        counted: (0, 0),
        note: None,
    };
    journal::add(work, &entry, now).await?;
    let keepers = WebhookOwner {
        office: claimed.office,
        webhook: claimed.webhook,
        owner: claimed.owner,
        customer: claimed.customer.map(CustomerId),
    };
    keepers.notify_disabled(work, None).await
}

/// Creates the deliveries of `event`. Idempotent: a webhook gets an event once.
pub async fn fan_out_event(desk: &JobContext, event: Uuid) -> Result<()> {
    let mut work = IdempotentWrite::for_job(&desk.database, desk.clock.now()).await?;
    let now = work.now();
    let Some(spreading) = deliveries::event(&mut work, event).await? else {
        return Ok(());
    };
    let body = json!({"type": spreading.kind, "timestamp": spreading.at, "data": spreading.data});
    let body = serde_json::to_string(&body).map_err(Error::internal)?;
    for webhook in deliveries::subscribers(&mut work, &spreading).await? {
        let id = DeliveryId::at(now);
        if deliveries::add(&mut work, id, webhook, (event, &spreading, &body), now).await? {
            jobs::queue(&mut work, &DeliverWebhook { delivery: id }, now).await?;
        }
    }
    work.commit().await
}

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
pub(crate) struct SweepDeliveries;

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
pub(crate) fn define(options: WorkerOptions, client: WebhookClient) -> Result<WorkerOptions> {
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
