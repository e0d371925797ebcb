//! Notifies the owners of a webhook that it was switched off.

use super::store::webhooks::Webhook;
use crate::casework::announce::{About, Notice, NotificationKind, customer_users, notify};
use crate::error::Result;
use crate::ids::{CustomerId, OfficeId, UserId, WebhookId};
use crate::web::IdempotentWrite;

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
