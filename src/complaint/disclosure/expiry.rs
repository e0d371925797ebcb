//! Expires requests: a grant after 15 minutes, an undecided request after 30 days.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::audit::{self, Event};
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::disclosures as store;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::sop::gate::Principal;

/// Expires the requests that are due, of one complaint or of all visible to the caller, and records
/// each in the audit trail.
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
            actor: Principal::System,
            action: "expire_disclosure",
            object: services.keys.case_ref(case),
            step: None,
            stages: None,
            round_and_draft: (0, 0),
            detail: None,
        })
        .collect();
    audit::append(connection, &services.audit, &events).await
}
