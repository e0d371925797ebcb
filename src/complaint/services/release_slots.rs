//! Release times: the moments at which complaints and messages become visible to the office, in
//! batches (design: API, whistle-blowing).

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::ComplaintServices;
use crate::casework::workflow::RequestTime;
use crate::error::Result;
use crate::ids::OfficeId;

/// Returns the office that receives complaints and its next release time after now.
pub async fn next_release(
    connection: &mut PgConnection,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<(OfficeId, DateTime<Utc>)> {
    let (office, calendar) = at.calendars.first_office(connection).await?;
    Ok((
        office,
        if services.policy.release_immediately {
            at.now
        } else {
            calendar.next_slot(&services.policy.release_times, at.now)
        },
    ))
}
