//! Events of a few kinds with their day and what they are about, and nothing else: for those who must look into them and do not read the trail.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::store;
use crate::error::Result;
use crate::ids::OfficeId;

/// That something happened.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Its number in the trail.
    pub seq: i64,
    /// Code of what was done.
    pub action: String,
    /// The day (WIB).
    pub on: NaiveDate,
    /// The HMAC of what it is about.
    pub object: Vec<u8>,
}

/// Which to look for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Codes of what was done.
    pub actions: &'a [String],
    /// What they are not about.
    pub but: &'a [Vec<u8>],
    /// Only those before this number.
    pub before: Option<i64>,
}

/// At most `limit` of an office, the newest first.
///
/// # Errors
/// When the server refuses.
pub async fn sightings(connection: &mut PgConnection, office: OfficeId, wanted: Wanted<'_>, limit: i64) -> Result<Vec<Sighting>> {
    store::sightings(connection, office, wanted, limit).await
}
