//! Views of a request for disclosure. They hold no identity, and of the complaint only its id; the
//! opened fields are in a reply of their own.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::complaint::identity::{Disclosed, IdentityField};
use crate::complaint::papers::disclosure_file::{DisclosedOriginal, DisclosurePurpose, State};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::store::disclosures::DisclosureRow;
use crate::error::Result;
use crate::ids::{ComplaintId, DisclosureId};
use crate::sop::role::Role;

/// A request to open part of an identity, or the original of an attachment (permintaan pembukaan
/// identitas).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Disclosure)]
pub struct DisclosureView {
    /// Id of the request.
    pub id: DisclosureId,
    /// The complaint. The custodian cannot read it.
    pub complaint: ComplaintId,
    /// State of the request.
    pub state: State,
    /// Whether the request is frozen by an open breach of confidentiality (dibekukan).
    #[schema(example = false)]
    pub frozen: bool,
    /// Purpose.
    pub purpose: DisclosurePurpose,
    /// The requested parts; empty for an original.
    #[schema(example = json!(["name", "address"]))]
    pub fields: Vec<IdentityField>,
    /// The attachment requested as original; null for an identity.
    #[schema(example = json!(null))]
    pub original: Option<DisclosedOriginal>,
    /// Reason of the request.
    #[schema(example = "Surat jawaban harus diantar ke rumah pelapor.")]
    pub reason: String,
    /// Name of the requester.
    #[schema(example = "Sari Puspita")]
    pub requester: String,
    /// Role of the requester.
    pub requester_role: Role,
    /// When the request was made.
    pub requested_at: DateTime<Utc>,
    /// The granted parts; empty when denied or for an original, null until decided.
    #[schema(example = json!(["address"]))]
    pub granted: Option<Vec<IdentityField>>,
    /// Reason of the decision.
    #[schema(example = "Alamat sudah cukup.")]
    pub decision_reason: Option<String>,
    /// Legal basis to withhold the notice from the reporter; when set, do not tell them either.
    pub notice_withheld: Option<String>,
    /// When the request was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Until when the grant can be opened.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the grant was opened.
    pub opened_at: Option<DateTime<Utc>>,
}

impl DisclosureView {
    /// Opens the request and its decisions.
    pub fn of(stored: DisclosureRow, key: &CaseKey) -> Result<Self> {
        let (request, decisions) = (stored.open_request(key)?, stored.open_decisions(key)?);
        let (granted, decision_reason) = decisions
            .last
            .map(|last| (last.fields, last.reason))
            .unzip();
        Ok(Self {
            id: stored.id,
            complaint: stored.case,
            state: stored.state,
            frozen: is_frozen(&stored),
            purpose: request.purpose,
            fields: request.fields,
            original: request.original,
            reason: request.reason,
            requester: stored.requester_name,
            requester_role: request.role,
            requested_at: stored.requested_at,
            granted,
            decision_reason,
            notice_withheld: decisions.withheld,
            decided_at: stored.decided_at,
            expires_at: stored.expires_at,
            opened_at: stored.opened_at,
        })
    }
}

/// A new request with its opening code.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RequestedDisclosure {
    /// The request.
    #[serde(flatten)]
    pub disclosure: DisclosureView,
    /// Opening code (kode pembuka). Shown only once and not stored.
    #[schema(example = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    pub opening_code: String,
}

/// Requests for one complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Disclosures {
    /// Requests, newest first.
    pub items: Vec<DisclosureView>,
}

/// The opened fields. Returned once; the grant is then used up.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OpenedDisclosure {
    /// Values of the granted fields; null for a field that the reporter left empty.
    pub fields: Disclosed,
}

/// Whether a request is frozen; a settled request is not.
fn is_frozen(stored: &DisclosureRow) -> bool {
    stored.frozen && stored.state.is_pending_or_granted()
}
