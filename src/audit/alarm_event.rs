//! Events of a few kinds with their day and what they are about, and nothing else: for those who must look into them and do not read the trail.

use chrono::NaiveDate;

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
