//! Who watches is told that the trail holds an alarm, as of any other: without number, without word, and nobody who may not know of the breach.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::casework::announce::{About, Kind, Notice, tell_by_tag};
use crate::complaint::alarms::WATCHERS;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches as store;
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::{BreachId, OfficeId, UserId};
use crate::sop::role::Role;

/// Tells the watchers of the office, but `but`; where there is no other, the administrators. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub(super) async fn alarm(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    (office, breach): (OfficeId, BreachId),
    but: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tags = Vec::new();
    for role in WATCHERS {
        let held = holders(connection, office, *role, today(now))
            .await?
            .into_iter()
            .map(|holder| holder.user);
        tags.extend(
            held.filter(|user| Some(*user) != but)
                .map(|user| services.keys.person_tag(user).to_vec()),
        );
    }
    tags.sort_unstable();
    tags.dedup();
    let mut told = store::knowing(connection, breach, &tags).await?;
    if told.is_empty() {
        // Nobody could close it: whoever can give a role is told that the trail holds an alarm.
        let admins = holders(connection, office, Role::Admin, today(now)).await?;
        let tags: Vec<_> = admins
            .into_iter()
            .map(|admin| services.keys.person_tag(admin.user).to_vec())
            .collect();
        told = store::knowing(connection, breach, &tags).await?;
    }
    let notice = Notice {
        office,
        kind: Kind::TrailAlarm,
        about: About::Trail,
        step: None,
        task: None,
        stage: None,
        percent: None,
    };
    tell_by_tag(connection, &notice, &told, now).await
}
