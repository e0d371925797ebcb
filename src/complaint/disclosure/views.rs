//! What is shown of a request. No identity, nothing of the complaint but its id; what leaves in the end is in a reply of its own.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::freezing::stands_still;
use crate::complaint::identity::{Disclosed, IdentityField};
use crate::complaint::papers::disclosure_file::{Original, Purpose, State};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::store::disclosures::Stored;
use crate::error::Result;
use crate::ids::{ComplaintId, DisclosureId};
use crate::sop::role::Role;

/// A request to open part of an identity, or the original of an attachment (permintaan pembukaan identitas).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Disclosure)]
pub struct DisclosureView {
    /// Its id.
    pub id: DisclosureId,
    /// The complaint. Who decides sees nothing of it.
    pub complaint: ComplaintId,
    /// How far it is.
    pub state: State,
    /// Whether it stands still because a breach of confidentiality is open (dibekukan).
    #[schema(example = false)]
    pub frozen: bool,
    /// What for.
    pub purpose: Purpose,
    /// Which parts are asked for; none when it is an original.
    #[schema(example = json!(["name", "address"]))]
    pub fields: Vec<IdentityField>,
    /// The attachment whose original is asked for; null when it is parts of the identity.
    #[schema(example = json!(null))]
    pub original: Option<Original>,
    /// Why.
    #[schema(example = "Surat jawaban harus diantar ke rumah pelapor.")]
    pub reason: String,
    /// Who asks.
    #[schema(example = "Sari Puspita")]
    pub requester: String,
    /// Under which role.
    pub requester_role: Role,
    /// When it was made.
    pub requested_at: DateTime<Utc>,
    /// The parts that are granted; none when it is denied or for an original, null until it is decided.
    #[schema(example = json!(["address"]))]
    pub granted: Option<Vec<IdentityField>>,
    /// What the custodian says to it.
    #[schema(example = "Alamat sudah cukup.")]
    pub decision_reason: Option<String>,
    /// Why the reporter is not told, if they are not: do not tell them either.
    pub notice_withheld: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Until when it can be opened.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
}

impl DisclosureView {
    /// Of `stored`.
    pub fn of(stored: Stored, key: &CaseKey) -> Result<Self> {
        let (asked, decided) = (stored.asked(key)?, stored.decided(key)?);
        let (granted, decision_reason) =
            decided.last.map(|last| (last.fields, last.reason)).unzip();
        Ok(Self {
            id: stored.id,
            complaint: stored.case,
            state: stored.state,
            frozen: stands_still(&stored),
            purpose: asked.purpose,
            fields: asked.fields,
            original: asked.original,
            reason: asked.reason,
            requester: stored.requester_name,
            requester_role: asked.role,
            requested_at: stored.requested_at,
            granted,
            decision_reason,
            notice_withheld: decided.withheld,
            decided_at: stored.decided_at,
            expires_at: stored.expires_at,
            opened_at: stored.opened_at,
        })
    }
}

/// A request that was just made, with the code that opens what will be granted.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RequestedDisclosure {
    /// The request.
    #[serde(flatten)]
    pub disclosure: DisclosureView,
    /// The opening code (kode pembuka). Shown this once: the service does not keep it.
    #[schema(example = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    pub opening_code: String,
}

/// Requests for one complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Disclosures {
    /// Newest first.
    pub items: Vec<DisclosureView>,
}

/// What was granted. This leaves once and is gone.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OpenedDisclosure {
    /// The granted fields with what the reporter gave for them; null where nothing was given.
    pub fields: Disclosed,
}
