//! The operations of webhooks.

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

/// The webhook of a write, for who keeps it.
///
/// # Errors
/// `not_found` for everybody else.
async fn kept(work: &mut IdempotentWrite, desk: &Desk, id: WebhookId) -> Result<Webhook> {
    let found = find(work, desk.who(), id).await?;
    found
        .filter(|webhook| webhook.is_kept_by(desk.who()))
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// The webhook for who keeps it and for administrators, who see that calls fail and may switch it off.
///
/// # Errors
/// `not_found` for everybody else.
async fn shown(connection: &mut sqlx::PgConnection, desk: &Desk, id: WebhookId) -> Result<Webhook> {
    let found = find(connection, desk.who(), id).await?;
    found
        .filter(|webhook| webhook.is_kept_by(desk.who()) || sees_all(desk))
        .ok_or_else(|| Error::new(Code::NotFound))
}

fn sees_all(desk: &Desk) -> bool {
    desk.who().must_be(Role::Admin).is_ok()
}

/// As who asks sees it.
fn view(desk: &Desk, webhook: Webhook) -> WebhookView {
    let keeps = webhook.is_kept_by(desk.who());
    WebhookView::of(webhook, keeps)
}
