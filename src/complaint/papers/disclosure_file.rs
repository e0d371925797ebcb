//! A request to open part of an identity, or the original of an attachment, as it is kept: what was asked for and what was decided are sealed under the
//! key of the case, so that who writes to the database can neither widen a request, nor turn it to somebody else or to a key of their own.

use serde::{Deserialize, Serialize};

use crate::complaint::identity::IdentityField;
use crate::ids::{AttachmentId, UserId};
use crate::sop::role::Role;

/// What something sealed is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DisclosurePurpose)]
pub enum Purpose {
    /// The reporter agreed (persetujuan pelapor).
    Consent,
    /// For the police, the prosecutor, the KPK or a court (penegakan hukum). Two custodians decide.
    LawEnforcement,
    /// To deliver the answer (penyampaian jawaban): address and name, and no more.
    Delivery,
    /// To protect the reporter (pelindungan).
    Protection,
}

impl Purpose {
    /// Whether two custodians must agree.
    #[must_use]
    pub fn needs_two(self) -> bool {
        self == Self::LawEnforcement
    }

    /// Whether the original of an attachment may be asked for: nobody needs one to deliver a letter.
    #[must_use]
    pub fn allows_originals(self) -> bool {
        self != Self::Delivery
    }

    /// Whether `field` may be asked for.
    #[must_use]
    pub fn allows(self, field: IdentityField) -> bool {
        self != Self::Delivery || matches!(field, IdentityField::Address | IdentityField::Name)
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::LawEnforcement => "law_enforcement",
            Self::Delivery => "delivery",
            Self::Protection => "protection",
        }
    }
}

/// How far a request is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = DisclosureState)]
pub enum State {
    /// A custodian is to decide (menunggu keputusan).
    Pending,
    /// One of two custodians has agreed (disetujui pertama).
    Seconded,
    /// To be opened within a quarter of an hour (disetujui).
    Granted,
    /// Ditolak.
    Denied,
    /// Opened, once (dibuka).
    Opened,
    /// Not decided within 30 days, or not opened in time (kedaluwarsa).
    Expired,
}

impl State {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Seconded => "seconded",
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Opened => "opened",
            Self::Expired => "expired",
        }
    }

    /// Whether a custodian can still decide.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Seconded)
    }

    /// Whether something can still come of it.
    #[must_use]
    pub fn is_live(self) -> bool {
        self.is_open() || self == Self::Granted
    }
}

/// What was asked for, sealed.
#[derive(Serialize, Deserialize)]
pub struct Asked {
    /// By whom.
    pub requester: UserId,
    /// Under which role they read the complaint.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// Which fields; none when an original is asked for.
    pub fields: Vec<IdentityField>,
    /// The original, when it is one that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// Why.
    pub reason: String,
    /// The public half of the requester's one-time key, in hexadecimal.
    pub pickup: String,
}

/// An attachment of which the original is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DisclosedOriginal)]
pub struct Original {
    /// The attachment.
    pub attachment: AttachmentId,
    /// Its place among the attachments of the complaint, from 1 on.
    #[schema(example = 1)]
    pub seq: i32,
}

impl Original {
    /// As the audit trail calls it: by its number, which says nothing.
    #[must_use]
    pub fn in_the_trail(self) -> String {
        format!("original of attachment {}", self.seq)
    }
}

/// What the custodians said, sealed.
#[derive(Default, Serialize, Deserialize)]
pub struct Decided {
    /// The first of two.
    pub first: Option<Words>,
    /// Who decided.
    pub last: Option<Words>,
    /// Why the reporter is not told.
    pub withheld: Option<String>,
}

/// What one custodian said.
#[derive(Serialize, Deserialize)]
pub struct Words {
    /// Who.
    pub by: UserId,
    /// Why.
    pub reason: String,
    /// The fields they agree to open; none when they refuse, and none for an original.
    pub fields: Vec<IdentityField>,
}

impl Decided {
    /// The fields that may still be granted of those asked for: a first custodian's narrowing binds the second.
    #[must_use]
    pub fn open_to(&self, asked: &Asked) -> Vec<IdentityField> {
        self.first
            .as_ref()
            .map_or_else(|| asked.fields.clone(), |first| first.fields.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_is_for_address_and_name_only() {
        let allowed = |purpose: Purpose| {
            IdentityField::ALL
                .into_iter()
                .filter(|field| purpose.allows(*field))
                .count()
        };
        assert_eq!(
            [
                Purpose::Consent,
                Purpose::LawEnforcement,
                Purpose::Delivery,
                Purpose::Protection
            ]
            .map(allowed),
            [6, 6, 2, 6]
        );
    }

    #[test]
    fn originals_are_for_everything_but_delivery() {
        let allowed = [
            Purpose::Consent,
            Purpose::LawEnforcement,
            Purpose::Delivery,
            Purpose::Protection,
        ]
        .map(Purpose::allows_originals);
        assert_eq!(allowed, [true, true, false, true]);
    }

    #[test]
    fn what_was_asked_for_before_there_were_originals_is_read_as_it_was() {
        let kept = r#"{"requester":"0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70","role":"head","purpose":"consent","fields":["name"],"reason":"x","pickup":"00"}"#;
        let asked: Asked = serde_json::from_str(kept).unwrap();
        assert_eq!(
            (asked.fields.as_slice(), asked.original),
            ([IdentityField::Name].as_slice(), None)
        );
    }

    #[test]
    fn codes_are_written_as_they_are_kept() {
        for purpose in [
            Purpose::Consent,
            Purpose::LawEnforcement,
            Purpose::Delivery,
            Purpose::Protection,
        ] {
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.code());
        }
        for state in [
            State::Pending,
            State::Seconded,
            State::Granted,
            State::Denied,
            State::Opened,
            State::Expired,
        ] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.code());
        }
    }
}
