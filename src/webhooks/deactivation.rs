//! Switches a webhook off, lifts the deactivation by an administrator, and notifies the owners.

use super::store::webhooks::{self as store, Webhook};
use crate::casework::announce::notice::DEACTIVATE_WEBHOOK;
use crate::casework::announce::{About, Notice, NotificationKind, customer_users, notify};
use crate::casework::journal::act_entry;
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::ids::{CustomerId, OfficeId, UserId, WebhookId};
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

/// The owners of a webhook: the users of an organisation together, else one user.
#[derive(Debug, Clone, Copy)]
pub(super) struct WebhookOwner {
    /// The office.
    pub office: OfficeId,
    /// The webhook.
    pub webhook: WebhookId,
    /// The user that made it; the webhook has this user's visibility.
    pub owner: UserId,
    /// The organisation, for a webhook of a customer.
    pub customer: Option<CustomerId>,
}

impl WebhookOwner {
    /// The owners of `webhook`.
    pub(super) fn of(webhook: &Webhook, office: OfficeId) -> Self {
        Self {
            office,
            webhook: webhook.id,
            owner: webhook.owner,
            customer: webhook.customer,
        }
    }

    /// Notifies the owners. `task` is the administrator's task, or none when the calls failed.
    pub(super) async fn notify_disabled(
        self,
        work: &mut IdempotentWrite,
        task: Option<&str>,
    ) -> Result<()> {
        let people = match self.customer {
            Some(customer) => customer_users(work, customer).await?,
            None => vec![self.owner],
        };
        let about = About::Webhook(self.webhook);
        let notice = Notice {
            task,
            ..Notice::of(self.office, about, NotificationKind::WebhookDisabled)
        };
        let now = work.now();
        notify(work, &notice, &people, now).await
    }
}
