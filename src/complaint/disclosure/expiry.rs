//! Expires requests: a grant after 15 minutes, an undecided request after 30 days.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::audit::{self, Event};
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::disclosures as store;
use crate::error::Result;
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
        .map(|(case, office)| {
            let object = services.keys.case_ref(case);
            Event::new(office, Principal::System, "expire_disclosure", object, now)
        })
        .collect();
    audit::append(connection, &services.audit, &events).await
}
