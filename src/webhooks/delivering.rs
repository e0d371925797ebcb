//! One call of a webhook: claimed, made outside any transaction, and written down with what comes next. It is sent at least once; a receiver tells a second
//! time by `webhook-id`.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::client::{Call, Outcome, WebhookClient};
use super::notify::WebhookOwner;
use super::secret::Secret;
use super::store::calls::{self as store, AttemptResult, Claimed};
use crate::casework::jobs::{self, Job};
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::ids::{CustomerId, DeliveryId};
use crate::journal::{self, Entry};
use crate::web::IdempotentWrite;

/// How long after a failure it is tried again; after the last it is given up.
const AGAIN: [TimeDelta; 7] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(12),
];
/// How long a call may be under way before somebody else may make it: its worker is gone.
const CLAIM: TimeDelta = TimeDelta::seconds(60);
/// A webhook is switched off when no call has succeeded for so long …
const FAILING: TimeDelta = TimeDelta::hours(24);
/// … and at least so many have failed.
const FAILURES: i32 = 5;
/// What a receiver answers that wants no more (Standard Webhooks).
const GONE: u16 = 410;

/// Calls a webhook with one event.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct DeliverWebhook {
    /// The delivery.
    pub delivery: DeliveryId,
}

impl Job for DeliverWebhook {
    const NAME: &'static str = "deliver_webhook";

    fn key(&self) -> String {
        format!("{}:{}", Self::NAME, self.delivery)
    }
}

/// Delivers, if it is still to be delivered and nobody else is at it.
///
/// # Errors
/// When the server refuses, or a secret cannot be opened.
pub async fn deliver(
    desk: &JobContext,
    caller: &WebhookClient,
    delivery: DeliveryId,
) -> Result<()> {
    let now = desk.clock.now();
    let until = now + CLAIM;
    let mut claiming = desk.database.begin().await?;
    let claimed = store::claim(&mut claiming, delivery, now, until).await?;
    claiming.commit().await?;
    let Some(claimed) = claimed else {
        return Ok(());
    };
    if !claimed.may {
        let came = AttemptResult {
            state: "withheld",
            sent: false,
            status: None,
            code: Some("not_visible"),
            ms: None,
            next_at: None,
        };
        return desk
            .database
            .read(async |c| store::record(c, delivery, until, &came, now).await)
            .await
            .map(drop);
    }
    let outcome = call(caller, &claimed, now).await?;
    settle(desk, delivery, until, &claimed, outcome).await
}

async fn call(caller: &WebhookClient, claimed: &Claimed, now: DateTime<Utc>) -> Result<Outcome> {
    let sealed = [Some(&claimed.secret), claimed.former.as_ref()]
        .into_iter()
        .flatten();
    let (id, timestamp) = (claimed.event.to_string(), now.timestamp());
    let mut signatures = Vec::new();
    for sealed in sealed {
        let secret = Secret::open(caller.seal(), claimed.webhook, sealed);
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
    Ok(caller.call(&call).await)
}

/// Writes down what came of it, and in the same transaction what follows: the next try, or the end of the webhook.
async fn settle(
    desk: &JobContext,
    delivery: DeliveryId,
    until: DateTime<Utc>,
    claimed: &Claimed,
    outcome: Outcome,
) -> Result<()> {
    let mut work = IdempotentWrite::of_the_service(&desk.database, desk.clock.now()).await?;
    let now = work.now();
    let tries = usize::try_from(claimed.tries).unwrap_or_default();
    let again = outcome
        .code
        .and_then(|_| AGAIN.get(tries))
        .map(|wait| now + *wait);
    let state = match (outcome.code, again) {
        (None, _) => "delivered",
        (Some(_), Some(_)) => "pending",
        (Some(_), None) => "failed",
    };
    let came = AttemptResult {
        state,
        sent: true,
        status: outcome.status.and_then(|status| i16::try_from(status).ok()),
        code: outcome.code,
        ms: i32::try_from(outcome.took.as_millis()).ok(),
        next_at: again,
    };
    if !store::record(&mut work, delivery, until, &came, now).await? {
        // Too slow: somebody else has made the call meanwhile, or it was deleted.
        return Ok(());
    }
    metrics::counter!("webhook_calls_total", "outcome" => outcome.code.unwrap_or("delivered"))
        .increment(1);
    if let Some(at) = again {
        jobs::queue(&mut work, &DeliverWebhook { delivery }, at).await?;
    }
    if outcome.code.is_none() {
        store::works(&mut work, claimed.webhook).await?;
    } else if let Some((since, failures)) = store::fails(&mut work, claimed.webhook, now).await? {
        let is_hopeless =
            since + FAILING <= now && failures >= FAILURES || outcome.status == Some(GONE);
        if is_hopeless && store::switch_off(&mut work, claimed.webhook).await? {
            switched_off(&mut work, claimed).await?;
        }
    }
    work.commit().await
}

/// Writes that the service switched it off, and tells whoever keeps it.
async fn switched_off(work: &mut IdempotentWrite, claimed: &Claimed) -> Result<()> {
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
    keepers.tell(work, None).await
}
