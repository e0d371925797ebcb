//! A breach of confidentiality as store, views and steps know it: kinds, state and legal deadline.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{BreachId, ComplaintId};

/// Period after the discovery for the written notice to the persons concerned and the authority: 3
/// x 24 hours, not office hours (UU 27/2022 Pasal 46).
const NOTICE_PERIOD: TimeDelta = TimeDelta::hours(72);
/// Time before the deadline at which the first alarm is raised.
const WARNING_BEFORE: TimeDelta = TimeDelta::hours(12);

/// Kind of breach (ISO 37002 7.5.5: an attempt to identify the reporter is a breach too).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = BreachKind, example = "attempt_to_identify")]
#[derive(strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// A person knows, or may know, the identity of the reporter (identitas pelapor diketahui).
    IdentityKnown,
    /// A person tried to identify the reporter (upaya mengungkap identitas).
    AttemptToIdentify,
    /// A person without the right to know the content of a complaint knows it (isi pengaduan
    /// diketahui).
    ContentKnown,
    /// A key, a key file or a passphrase is lost, or was held by another person (kunci hilang).
    KeyLost,
    /// An intruder was in the server, the database or a backup (sistem dibobol).
    SystemBreached,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Whether the law requires a notice before the breach may be closed: an attempt alone has
    /// disclosed nothing.
    pub fn needs_notice(self) -> bool {
        self != Self::AttemptToIdentify
    }
}

/// State of a breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BreachState)]
pub enum State {
    /// Open: disclosures of the affected complaints are frozen (terbuka).
    Open,
    /// Closed (selesai).
    Closed,
}

/// Deadline of the written notices for a breach discovered at `discovered_at`.
pub fn deadline(discovered_at: DateTime<Utc>) -> DateTime<Utc> {
    discovered_at + NOTICE_PERIOD
}

/// Latest discovery times for the two alarms at `now`: deadline near, and deadline passed.
pub fn alarm_cutoffs(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    (now - NOTICE_PERIOD + WARNING_BEFORE, now - NOTICE_PERIOD)
}

/// Id of a breach in places that take the id of a case: the key of its texts and its reference in
/// the audit trail. Ids are random, so no case has the same id.
pub fn as_case(breach: BreachId) -> ComplaintId {
    ComplaintId(breach.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_law_counts_hours_over_nights_weekends_and_holidays() {
        // A Friday evening in Palembang.
        let discovered = at("2026-07-10T11:30:00Z");
        assert_eq!(deadline(discovered), at("2026-07-13T11:30:00Z"));
        assert_eq!(
            alarm_cutoffs(deadline(discovered)),
            (discovered + TimeDelta::hours(12), discovered)
        );
    }

    #[test]
    fn codes_are_written_as_they_are_kept() {
        for &kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }

    #[test]
    fn only_what_was_merely_tried_is_closed_without_a_notice() {
        let free: Vec<_> = Kind::ALL
            .iter()
            .copied()
            .filter(|kind| !kind.needs_notice())
            .collect();
        assert_eq!(free, [Kind::AttemptToIdentify]);
    }
}
