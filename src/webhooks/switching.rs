//! Switching a webhook off and, where an administrator did, letting it go on.

use super::notify::WebhookOwner;
use super::store::webhooks::{self as store, Webhook};
use crate::casework::announce::notice::DEACTIVATE_WEBHOOK;
use crate::casework::journal::of_act;
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::journal;
use crate::web::IdempotentWrite;

/// Why one is off that an administrator switched off.
const ADMINISTRATOR: &str = "administrator";

/// Switches `webhook` off, by `who` for `reason`. What is under way is withheld. Its keepers are told when it was not one of them. Off for the same cause
/// already, nothing happens.
///
/// # Errors
/// When the server refuses.
pub async fn deactivate(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    webhook: &Webhook,
    reason: &str,
) -> Result<()> {
    let (now, keeps) = (work.now(), webhook.is_kept_by(who));
    let is_done = if keeps {
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
        if keeps { "owner" } else { ADMINISTRATOR },
    )
    .await?;
    journal::add(
        work,
        &of_act(
            who,
            "webhook",
            webhook.id.0,
            DEACTIVATE_WEBHOOK,
            Some(reason),
        ),
        now,
    )
    .await?;
    if keeps {
        Ok(())
    } else {
        WebhookOwner::of(webhook, who.office)
            .tell(work, Some(DEACTIVATE_WEBHOOK))
            .await
    }
}

/// Lets a webhook that an administrator switched off go on, anew.
///
/// # Errors
/// `conflict` when no administrator switched it off.
pub async fn lift(work: &mut IdempotentWrite, who: &SignedIn, webhook: &Webhook) -> Result<()> {
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
        &of_act(
            who,
            "webhook",
            webhook.id.0,
            "lift_webhook_deactivation",
            None,
        ),
        now,
    )
    .await
}

/// Refuses a keeper who would switch on what an administrator switched off.
///
/// # Errors
/// `conflict`.
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
