//! Telling whoever keeps a webhook that it is not called any more.

use super::store::webhooks::Webhook;
use crate::casework::announce::{About, Kind, Notice, people_of, tell};
use crate::error::Result;
use crate::ids::{CustomerId, OfficeId, UserId, WebhookId};
use crate::web::IdempotentWrite;

/// Who keeps a webhook: the people of an organisation together, else its owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct WebhookOwner {
    /// The office.
    pub office: OfficeId,
    /// The webhook.
    pub webhook: WebhookId,
    /// Through whose eyes it sees.
    pub owner: UserId,
    /// The organisation, when it is a customer's.
    pub customer: Option<CustomerId>,
}

impl WebhookOwner {
    /// Those of a webhook of this office.
    pub(super) fn of(webhook: &Webhook, office: OfficeId) -> Self {
        Self {
            office,
            webhook: webhook.id,
            owner: webhook.owner,
            customer: webhook.customer,
        }
    }

    /// Tells them; with the task of whoever switched it off, or none when its calls failed.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) async fn tell(self, work: &mut IdempotentWrite, task: Option<&str>) -> Result<()> {
        let people = match self.customer {
            Some(customer) => people_of(work, customer).await?,
            None => vec![self.owner],
        };
        let about = About::Webhook(self.webhook);
        let notice = Notice {
            office: self.office,
            kind: Kind::WebhookDisabled,
            about,
            step: None,
            task,
            stage: None,
            percent: None,
        };
        let now = work.now();
        tell(work, &notice, &people, now).await
    }
}
