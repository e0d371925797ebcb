//! What is shown of a breach: to watchers, and as far as they may know of what it affects.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::complaint::papers::breach_file::{Kind, State, deadline};
use crate::complaint::store::breaches::Stored;
use crate::ids::BreachId;

/// A breach without what it affects and without its words: what a reply to who changed it says, and keeps.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BreachSummary {
    /// Its id.
    pub id: BreachId,
    /// What kind.
    pub kind: Kind,
    /// How far it is.
    pub state: State,
    /// Whether it affects every complaint of the office; else those it names.
    #[schema(example = true)]
    pub all: bool,
    /// When the office came to know of it.
    #[schema(example = "2026-07-06T00:15:00Z")]
    pub discovered_at: DateTime<Utc>,
    /// Until when reporters and authority must be told in writing: 3 x 24 hours later, and no office hours (UU 27/2022 Pasal 46).
    #[schema(example = "2026-07-09T00:15:00Z")]
    pub deadline: DateTime<Utc>,
    /// When it was declared.
    #[schema(example = "2026-07-06T00:30:00Z")]
    pub declared_at: DateTime<Utc>,
    /// By whom. Somebody else closes it.
    #[schema(example = "Nurul Hidayah")]
    pub declared_by: String,
    /// When the reporters concerned were told, as recorded.
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was told, as recorded.
    #[schema(example = json!(null))]
    pub authority_notified_at: Option<DateTime<Utc>>,
    /// When it was closed.
    #[schema(example = json!(null))]
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom.
    #[schema(example = json!(null))]
    pub closed_by: Option<String>,
}

impl BreachSummary {
    /// Of `stored`.
    pub(super) fn of(stored: &Stored) -> Self {
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

/// A breach in the register.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BreachLine {
    /// The breach.
    #[serde(flatten)]
    pub summary: BreachSummary,
    /// Numbers of the complaints it names, of those you may know of. Null for one that affects all.
    #[schema(example = json!(["WBS-2026-7K3F9QX"]))]
    pub affected: Option<Vec<String>>,
}

/// A breach of confidentiality (pelanggaran kerahasiaan).
#[derive(Serialize, utoipa::ToSchema)]
pub struct Breach {
    /// As it stands in the register.
    #[serde(flatten)]
    pub line: BreachLine,
    /// What happened; null when it is kept no longer, or is not for you to read.
    #[schema(example = "Surel ke seluruh pegawai menanyakan siapa yang melapor.")]
    pub happened: Option<String>,
    /// What was done about it; null also while it is open.
    #[schema(example = json!(null))]
    pub done: Option<String>,
}
