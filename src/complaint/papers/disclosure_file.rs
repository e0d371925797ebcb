//! A request to disclose fields of an identity or the original of an attachment, as stored. Request
//! and decisions are sealed under the key of the case, so that write access to the database is not
//! enough to widen a request or to redirect it to another person or key.

use serde::{Deserialize, Serialize};

use crate::complaint::identity::IdentityField;
use crate::ids::{AttachmentId, UserId};
use crate::sop::role::Role;

/// Purpose of a disclosure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum DisclosurePurpose {
    /// The reporter consents (persetujuan pelapor).
    Consent,
    /// For the police, the prosecutor, the KPK or a court (penegakan hukum). Two custodians decide.
    LawEnforcement,
    /// To deliver the answer (penyampaian jawaban): address and name only.
    Delivery,
    /// To protect the reporter (pelindungan).
    Protection,
}

impl DisclosurePurpose {
    /// Whether two custodians must agree.
    pub fn needs_two_custodians(self) -> bool {
        self == Self::LawEnforcement
    }

    /// Whether the original of an attachment may be requested; delivering a letter needs none.
    pub fn allows_originals(self) -> bool {
        self != Self::Delivery
    }

    /// Whether `field` may be requested.
    pub fn allows(self, field: IdentityField) -> bool {
        self != Self::Delivery || matches!(field, IdentityField::Address | IdentityField::Name)
    }

    /// Code in JSON.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// State of a request.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = DisclosureState)]
#[derive(strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// A custodian must decide (menunggu keputusan).
    Pending,
    /// One of two custodians has agreed (disetujui pertama).
    Seconded,
    /// Granted; it can be opened within 15 minutes (disetujui).
    Granted,
    /// Denied (ditolak).
    Denied,
    /// Opened, once (dibuka).
    Opened,
    /// Not decided within 30 days, or not opened in time (kedaluwarsa).
    Expired,
}

impl State {
    /// Code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Whether a custodian can still decide.
    pub fn awaits_decision(self) -> bool {
        matches!(self, Self::Pending | Self::Seconded)
    }

    /// Whether the request can still lead to an opening.
    pub fn is_pending_or_granted(self) -> bool {
        self.awaits_decision() || self == Self::Granted
    }
}

/// A request, stored sealed.
#[derive(Serialize, Deserialize)]
pub struct DisclosureRequest {
    /// Requester.
    pub requester: UserId,
    /// Role under which the requester reads the complaint.
    pub role: Role,
    /// Purpose.
    pub purpose: DisclosurePurpose,
    /// Requested fields; empty for an original.
    pub fields: Vec<IdentityField>,
    /// Requested original, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<DisclosedOriginal>,
    /// Reason.
    pub reason: String,
    /// Public half of the requester's one-time key in hexadecimal.
    pub pickup: String,
}

/// An attachment with a request for its original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DisclosedOriginal {
    /// Id of the attachment.
    pub attachment: AttachmentId,
    /// Number among the attachments of the complaint, from 1.
    #[schema(example = 1)]
    pub seq: i32,
}

impl DisclosedOriginal {
    /// Label in the audit trail: the number of the attachment, which reveals nothing.
    pub fn audit_label(self) -> String {
        format!("original of attachment {}", self.seq)
    }
}

/// Decisions of the custodians, stored sealed.
#[derive(Default, Serialize, Deserialize)]
pub struct DisclosureDecisions {
    /// First of two decisions.
    pub first: Option<CustodianDecision>,
    /// Final decision.
    pub last: Option<CustodianDecision>,
    /// Reason why the reporter is not told.
    pub withheld: Option<String>,
}

/// Decision of one custodian.
#[derive(Serialize, Deserialize)]
pub struct CustodianDecision {
    /// Custodian.
    pub by: UserId,
    /// Reason.
    pub reason: String,
    /// Fields the custodian agrees to open; empty for a refusal and for an original.
    pub fields: Vec<IdentityField>,
}

impl DisclosureDecisions {
    /// Requested fields that can still be granted: a first custodian's narrowing binds the second.
    pub fn grantable_fields(&self, asked: &DisclosureRequest) -> Vec<IdentityField> {
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
        let allowed = |purpose: DisclosurePurpose| {
            IdentityField::ALL
                .into_iter()
                .filter(|field| purpose.allows(*field))
                .count()
        };
        assert_eq!(
            [
                DisclosurePurpose::Consent,
                DisclosurePurpose::LawEnforcement,
                DisclosurePurpose::Delivery,
                DisclosurePurpose::Protection
            ]
            .map(allowed),
            [6, 6, 2, 6]
        );
    }

    #[test]
    fn originals_are_for_everything_but_delivery() {
        let allowed = [
            DisclosurePurpose::Consent,
            DisclosurePurpose::LawEnforcement,
            DisclosurePurpose::Delivery,
            DisclosurePurpose::Protection,
        ]
        .map(DisclosurePurpose::allows_originals);
        assert_eq!(allowed, [true, true, false, true]);
    }

    #[test]
    fn what_was_asked_for_before_there_were_originals_is_read_as_it_was() {
        let kept = r#"{"requester":"0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70","role":"head","purpose":"consent","fields":["name"],"reason":"x","pickup":"00"}"#;
        let asked: DisclosureRequest = serde_json::from_str(kept).unwrap();
        assert_eq!(
            (asked.fields.as_slice(), asked.original),
            ([IdentityField::Name].as_slice(), None)
        );
    }

    #[test]
    fn codes_are_written_as_they_are_kept() {
        for purpose in [
            DisclosurePurpose::Consent,
            DisclosurePurpose::LawEnforcement,
            DisclosurePurpose::Delivery,
            DisclosurePurpose::Protection,
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
