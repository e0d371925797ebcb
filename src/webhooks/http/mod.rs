//! The HTTP operations of webhooks.

pub mod deactivation;
pub mod deliveries;
pub mod secrets;
pub mod webhooks;

use super::store::webhooks::{Webhook, find};
use super::views::WebhookView;
use crate::casework::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::ids::WebhookId;
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// Finds a webhook of the caller, for a write.
///
/// # Errors
/// `not_found` when the caller is not its owner.
async fn find_own(work: &mut IdempotentWrite, desk: &Desk, id: WebhookId) -> Result<Webhook> {
    let found = find(work, desk.signed_in(), id).await?;
    found
        .filter(|webhook| webhook.is_owned_by(desk.signed_in()))
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// Finds a webhook for its owners and for administrators; an administrator sees its failures and
/// may switch it off.
///
/// # Errors
/// `not_found` for other callers.
async fn find_visible(
    connection: &mut sqlx::PgConnection,
    desk: &Desk,
    id: WebhookId,
) -> Result<Webhook> {
    let found = find(connection, desk.signed_in(), id).await?;
    found
        .filter(|webhook| webhook.is_owned_by(desk.signed_in()) || sees_all(desk))
        .ok_or_else(|| Error::new(Code::NotFound))
}

fn sees_all(desk: &Desk) -> bool {
    desk.signed_in().roles.has(Role::Admin)
}

/// The webhook as the caller sees it.
fn view(desk: &Desk, webhook: Webhook) -> WebhookView {
    let is_owner = webhook.is_owned_by(desk.signed_in());
    WebhookView::of(webhook, is_owner)
}
