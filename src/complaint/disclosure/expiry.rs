//! What is not opened in a quarter of an hour, or not decided in 30 days, can be opened and decided no more.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::audit::{self, Actor, Event};
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::disclosures as store;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;

/// Lets expire what is due, of one complaint or of all that the caller may know of, and writes it into the trail.
///
/// # Errors
/// When the server refuses.
pub async fn expire(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    now: DateTime<Utc>,
    of: Option<ComplaintId>,
) -> Result<()> {
    let expired = store::expire(connection, now, of).await?;
    let events: Vec<_> = expired
        .into_iter()
        .map(|(case, office)| Event {
            office,
            at: Some(now),
            on: today(now),
            actor: Actor::Service,
            action: "expire_disclosure",
            object: services.keys.case_ref(case),
            step: None,
            moved: None,
            counted: (0, 0),
            detail: None,
        })
        .collect();
    audit::append(connection, &services.audit, &events).await
}
