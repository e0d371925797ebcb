//! Views of a breach for watchers, limited to what they may know of the affected complaints.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::complaint::papers::breach_file::{Kind, State, deadline};
use crate::complaint::store::breaches::BreachRow;
use crate::ids::BreachId;

/// A breach without the affected complaints and without its texts: the reply to a change, which is
/// stored for retries.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BreachSummary {
    /// Id of the breach.
    pub id: BreachId,
    /// Kind of breach.
    pub kind: Kind,
    /// State of the breach.
    pub state: State,
    /// Whether the breach affects every complaint of the office, or only the named ones.
    #[schema(example = true)]
    pub all: bool,
    /// When the office discovered the breach.
    #[schema(example = "2026-07-06T00:15:00Z")]
    pub discovered_at: DateTime<Utc>,
    /// Deadline for the written notices to reporters and authority: 3 x 24 hours after the
    /// discovery, regardless of office hours (UU 27/2022 Pasal 46).
    #[schema(example = "2026-07-09T00:15:00Z")]
    pub deadline: DateTime<Utc>,
    /// When the breach was declared.
    #[schema(example = "2026-07-06T00:30:00Z")]
    pub declared_at: DateTime<Utc>,
    /// Name of the declarer; another watcher must close the breach.
    #[schema(example = "Nurul Hidayah")]
    pub declared_by: String,
    /// When the affected reporters were notified, as recorded.
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was notified, as recorded.
    #[schema(example = json!(null))]
    pub authority_notified_at: Option<DateTime<Utc>>,
    /// When the breach was closed.
    #[schema(example = json!(null))]
    pub closed_at: Option<DateTime<Utc>>,
    /// Name of the watcher that closed the breach.
    #[schema(example = json!(null))]
    pub closed_by: Option<String>,
}

impl BreachSummary {
    /// Builds the summary of a row.
    pub(super) fn of(stored: &BreachRow) -> Self {
        Self {
            id: stored.id,
            kind: stored.kind,
            state: if stored.closed_at.is_none() {
                State::Open
            } else {
                State::Closed
            },
            all: stored.affects_all,
            discovered_at: stored.discovered_at,
            deadline: deadline(stored.discovered_at),
            declared_at: stored.declared_at,
            declared_by: stored.declarer.clone(),
            reporters_notified_at: stored.reporters_notified_at,
            authority_notified_at: stored.authority_notified_at,
            closed_at: stored.closed_at,
            closed_by: stored.closer.clone(),
        }
    }
}

/// A breach in the list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BreachLine {
    /// Summary of the breach.
    #[serde(flatten)]
    pub summary: BreachSummary,
    /// Numbers of the named complaints that you may know of. Null for a breach that affects all.
    #[schema(example = json!(["WBS-2026-7K3F9QX"]))]
    pub affected: Option<Vec<String>>,
}

/// A breach of confidentiality (pelanggaran kerahasiaan).
#[derive(Serialize, utoipa::ToSchema)]
pub struct Breach {
    /// List entry of the breach.
    #[serde(flatten)]
    pub line: BreachLine,
    /// Account of the breach; null when deleted or when you may not read it.
    #[schema(example = "Surel ke seluruh pegawai menanyakan siapa yang melapor.")]
    pub happened: Option<String>,
    /// Measures taken; null also while the breach is open.
    #[schema(example = json!(null))]
    pub done: Option<String>,
}
