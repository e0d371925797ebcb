//! Switches a webhook off, and lifts the deactivation by an administrator.

use super::notify::WebhookOwner;
use super::store::webhooks::{self as store, Webhook};
use crate::casework::announce::notice::DEACTIVATE_WEBHOOK;
use crate::casework::journal::act_entry;
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::journal;
use crate::web::IdempotentWrite;

/// The value of `disabled_for` after a deactivation by an administrator.
const ADMINISTRATOR: &str = "administrator";

/// Switches `webhook` off for `reason`. Pending deliveries are withheld. The owners are notified
/// unless the caller is one of them. No effect when the webhook is already off for the same cause.
pub async fn deactivate(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    webhook: &Webhook,
    reason: &str,
) -> Result<()> {
    let (now, is_owner) = (work.now(), webhook.is_owned_by(caller));
    let is_done = if is_owner {
        !webhook.active
    } else {
        webhook.disabled_for.as_deref() == Some(ADMINISTRATOR)
    };
    if is_done {
        return Ok(());
    }
    store::switch_off(
        work,
        webhook.id,
        if is_owner { "owner" } else { ADMINISTRATOR },
    )
    .await?;
    journal::add(
        work,
        &act_entry(
            caller,
            "webhook",
            webhook.id.0,
            DEACTIVATE_WEBHOOK,
            Some(reason),
        ),
        now,
    )
    .await?;
    if is_owner {
        Ok(())
    } else {
        WebhookOwner::of(webhook, caller.office)
            .notify_disabled(work, Some(DEACTIVATE_WEBHOOK))
            .await
    }
}

/// Switches on a webhook that an administrator switched off, and resets its failures.
///
/// # Errors
/// `conflict` when no administrator switched it off.
pub async fn lift(work: &mut IdempotentWrite, caller: &SignedIn, webhook: &Webhook) -> Result<()> {
    let now = work.now();
    if webhook.disabled_for.as_deref() != Some(ADMINISTRATOR) {
        return Err(Error::new(Code::Conflict).detail(
            "Webhook ini tidak dimatikan administrator.",
            "No administrator switched this webhook off.",
        ));
    }
    store::switch_on(work, webhook.id).await?;
    journal::add(
        work,
        &act_entry(
            caller,
            "webhook",
            webhook.id.0,
            "lift_webhook_deactivation",
            None,
        ),
        now,
    )
    .await
}

/// Refuses an owner's attempt to switch on a webhook that an administrator switched off.
pub fn may_switch_on(webhook: &Webhook) -> Result<()> {
    if webhook.disabled_for.as_deref() == Some(ADMINISTRATOR) {
        let (id, en) = (
            "Dimatikan administrator kantor; tanyakan kepada kantor.",
            "An administrator of the office switched it off; ask the office.",
        );
        return Err(Error::new(Code::Conflict).detail(id, en));
    }
    Ok(())
}
