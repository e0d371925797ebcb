//! A breach of confidentiality as store, views and steps know it: its kinds, its state, and the hours the law gives.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{BreachId, ComplaintId};

/// How long there is, from the discovery on, to tell in writing those concerned and the authority: 3 x 24 hours, and no office hours (UU 27/2022 Pasal 46).
const TO_TELL: TimeDelta = TimeDelta::hours(72);
/// How long before their end the alarm is raised for the first time.
const NEARLY: TimeDelta = TimeDelta::hours(12);

/// What kind of breach it is (ISO 37002 7.5.5: an attempt to identify the reporter is one too).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = BreachKind, example = "attempt_to_identify")]
pub enum Kind {
    /// Somebody knows, or may know, who reported (identitas pelapor diketahui).
    IdentityKnown,
    /// Somebody tried to find out (upaya mengungkap identitas).
    AttemptToIdentify,
    /// Somebody who may not know what was reported knows it (isi pengaduan diketahui).
    ContentKnown,
    /// A key, a key file or a passphrase is lost, or was in other hands (kunci hilang).
    KeyLost,
    /// Somebody was in the server, the database or a backup (sistem dibobol).
    SystemBreached,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::IdentityKnown,
        Self::AttemptToIdentify,
        Self::ContentKnown,
        Self::KeyLost,
        Self::SystemBreached,
    ];

    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::IdentityKnown => "identity_known",
            Self::AttemptToIdentify => "attempt_to_identify",
            Self::ContentKnown => "content_known",
            Self::KeyLost => "key_lost",
            Self::SystemBreached => "system_breached",
        }
    }

    /// Whether the law wants a notice before it may be closed: what was only tried has disclosed nothing.
    #[must_use]
    pub fn needs_notice(self) -> bool {
        self != Self::AttemptToIdentify
    }
}

/// How far a breach is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BreachState)]
pub enum State {
    /// Disclosures of what it affects are frozen (terbuka).
    Open,
    /// Selesai.
    Closed,
}

/// Until when those concerned and the authority must be told of what was discovered then.
#[must_use]
pub fn deadline(discovered_at: DateTime<Utc>) -> DateTime<Utc> {
    discovered_at + TO_TELL
}

/// For the alarm at `now`: what was discovered until when has nearly used up its hours, and what until when all of them.
#[must_use]
pub fn alarming(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    (now - TO_TELL + NEARLY, now - TO_TELL)
}

/// What a breach is called where cases are: its words lie under a key as a case has, and the trail names it by a reference as a case has. Ids are random, so no
/// case is called the same.
#[must_use]
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
            alarming(deadline(discovered)),
            (discovered + TimeDelta::hours(12), discovered)
        );
    }

    #[test]
    fn codes_are_written_as_they_are_kept() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }

    #[test]
    fn only_what_was_merely_tried_is_closed_without_a_notice() {
        let free: Vec<_> = Kind::ALL
            .into_iter()
            .filter(|kind| !kind.needs_notice())
            .collect();
        assert_eq!(free, [Kind::AttemptToIdentify]);
    }
}
