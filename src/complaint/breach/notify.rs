//! Notifies the watchers of a new alarm. The notification holds no number and no text, and goes
//! only to watchers that may know of the breach.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::casework::announce::{About, Notice, NotificationKind, notify_by_tag};
use crate::complaint::alarms::WATCHERS;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches as store;
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::{BreachId, OfficeId, UserId};
use crate::sop::role::Role;

/// Notifies the watchers of the office without `but`; when there is none, the administrators.
/// Requires the service's context.
pub(super) async fn notify_watchers(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    (office, breach): (OfficeId, BreachId),
    but: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tags = Vec::new();
    for role in WATCHERS {
        let role_holders = holders(connection, office, *role, today(now))
            .await?
            .into_iter()
            .map(|holder| holder.user);
        tags.extend(
            role_holders
                .filter(|user| Some(*user) != but)
                .map(|user| services.keys.person_tag(user).to_vec()),
        );
    }
    tags.sort_unstable();
    tags.dedup();
    let mut recipients = store::allowed_to_know(connection, breach, &tags).await?;
    if recipients.is_empty() {
        // No watcher could close the breach, so the administrators, who can assign the role, are
        // notified.
        let admins = holders(connection, office, Role::Admin, today(now)).await?;
        let tags: Vec<_> = admins
            .into_iter()
            .map(|admin| services.keys.person_tag(admin.user).to_vec())
            .collect();
        recipients = store::allowed_to_know(connection, breach, &tags).await?;
    }
    let notice = Notice::of(office, About::Trail, NotificationKind::TrailAlarm);
    notify_by_tag(connection, &notice, &recipients, now).await
}
