//! Alarm events: events of a few kinds, with only their day and object. For staff who must
//! investigate an alarm but may not read the trail.

use chrono::NaiveDate;

/// One event of the trail, reduced to number, action, day and object.
#[derive(Debug, Clone)]
pub struct AlarmEvent {
    /// Number in the trail.
    pub seq: i64,
    /// Code of the action.
    pub action: String,
    /// The day (WIB).
    pub on: NaiveDate,
    /// HMAC of the object.
    pub object: Vec<u8>,
}

/// Filter for alarm events.
#[derive(Debug, Clone, Copy)]
pub struct AlarmFilter<'a> {
    /// Codes of the actions to include.
    pub actions: &'a [String],
    /// HMACs of the objects to exclude.
    pub except: &'a [Vec<u8>],
    /// Only events with a lower number.
    pub before: Option<i64>,
}
