//! Permit to add scans to one paper complaint: sealed for the clerk that entered the complaint,
//! valid for an hour and not stored. The clerk cannot read the permit, only send it back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::keys::Keys;
use crate::ids::{ComplaintId, UserId};

/// Validity of a permit: the clerk has the paper at hand.
const VALIDITY: TimeDelta = TimeDelta::hours(1);

/// Issues a permit for `clerk` at `now`.
pub fn issue(keys: &Keys, case: ComplaintId, clerk: UserId, now: DateTime<Utc>) -> String {
    let until = (now + VALIDITY).timestamp().to_be_bytes();
    URL_SAFE_NO_PAD.encode(keys.scan_permits().seal(
        &associated_data(clerk),
        &[case.0.as_bytes().as_slice(), &until].concat(),
    ))
}

/// Returns the complaint of a permit; none when the permit is invalid, another clerk's, or expired.
pub fn verify(keys: &Keys, permit: &str, clerk: UserId, now: DateTime<Utc>) -> Option<ComplaintId> {
    let plain = keys.scan_permits().open(
        &associated_data(clerk),
        &URL_SAFE_NO_PAD.decode(permit).ok()?,
    )?;
    let (case, until) = plain.split_at_checked(16)?;
    let until = i64::from_be_bytes(until.try_into().ok()?);
    if now.timestamp() < until {
        Uuid::from_slice(case).ok().map(ComplaintId)
    } else {
        None
    }
}

fn associated_data(clerk: UserId) -> String {
    format!("scan|permit|{clerk}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    #[test]
    fn a_permit_is_of_one_complaint_one_clerk_and_one_hour() {
        let (keys, case, clerk) = (
            Keys::new(&MasterKey::random()),
            ComplaintId::random(),
            UserId(Uuid::new_v4()),
        );
        let now: DateTime<Utc> = "2026-07-06T01:00:00Z".parse().unwrap();
        let permit = issue(&keys, case, clerk, now);
        let read = |permit: &str, clerk, minutes| {
            verify(&keys, permit, clerk, now + TimeDelta::minutes(minutes))
        };
        assert_eq!(read(&permit, clerk, 59), Some(case));
        assert_eq!(read(&permit, clerk, 60), None, "over");
        assert_eq!(
            read(&permit, UserId(Uuid::new_v4()), 0),
            None,
            "another clerk"
        );
        for forged in [
            "",
            "AAAA",
            "é",
            &permit[1..],
            &issue(&Keys::new(&MasterKey::random()), case, clerk, now),
        ] {
            assert_eq!(read(forged, clerk, 0), None, "{forged}");
        }
    }

    #[test]
    fn the_length_tells_nothing() {
        let (keys, now) = (
            Keys::new(&MasterKey::random()),
            "2026-07-06T01:00:00Z".parse().unwrap(),
        );
        let length = || issue(&keys, ComplaintId::random(), UserId(Uuid::new_v4()), now).len();
        assert_eq!(length(), length());
    }
}
