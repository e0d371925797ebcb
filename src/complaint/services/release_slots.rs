//! Surfacing times: the moments at which complaints and messages become known to the office, many at once (design: API, whistle-blowing).

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::ComplaintServices;
use crate::casework::workflow::RequestTime;
use crate::error::Result;
use crate::ids::OfficeId;

/// The office that complaints go to, and its next surfacing time after now.
///
/// # Errors
/// When the server refuses.
pub async fn next_surfacing(
    connection: &mut PgConnection,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<(OfficeId, DateTime<Utc>)> {
    let (office, calendar) = at.calendars.of_the_first_office(connection).await?;
    Ok((
        office,
        if services.policy.at_once {
            at.now
        } else {
            calendar.next_slot(&services.policy.surfacing, at.now)
        },
    ))
}
