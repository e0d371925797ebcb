//! Snapshots of the submitted content, frozen at each submission, and the changes between two
//! rounds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::checklist::Checklist;
use super::confirmation::CompletionForm;
use super::form::ApplicationForm;
use super::sop::{Stage, Task};
use super::store;
use crate::casework::desk::OpenFile;
use crate::casework::documents::StoredDocument;
use crate::error::{Error, Result};
use crate::ids::ApplicationId;

/// The submitted content of one round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Snapshot {
    /// The application form.
    pub form: ApplicationForm,
    /// Codes of the applicable checklist rows.
    #[schema(example = json!(["P01", "P02"]))]
    pub checklist: Vec<String>,
    /// The document for each row.
    pub documents: Vec<FrozenDocument>,
    /// The customer's answers, from the second round on.
    pub completion: Option<CompletionForm>,
}

/// A document in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FrozenDocument {
    /// Code of the checklist row.
    #[schema(example = "P01")]
    pub requirement: String,
    /// Version of the document.
    #[schema(example = 1)]
    pub version: i32,
    /// SHA-256 of the content, in hex.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
}

impl From<StoredDocument> for FrozenDocument {
    fn from(document: StoredDocument) -> Self {
        Self {
            requirement: document.requirement,
            version: document.version,
            sha256: hex::encode(document.sha256),
        }
    }
}

/// A snapshot and its round.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SnapshotView {
    /// The round, from 1 on.
    #[schema(example = 1)]
    pub round: i16,
    /// Time of submission.
    pub at: DateTime<Utc>,
    /// The submitted content.
    pub content: Snapshot,
}

/// The snapshots of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Snapshots {
    /// In the order of the rounds.
    pub items: Vec<SnapshotView>,
}

/// The changes between two rounds.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Changes {
    /// The earlier round.
    #[schema(example = 1)]
    pub from_round: i16,
    /// The later round.
    #[schema(example = 2)]
    pub to_round: i16,
    /// Documents that were added or replaced, by row.
    pub documents: Vec<DocumentChange>,
}

/// How the document of one row changed.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DocumentChange {
    /// Code of the checklist row.
    #[schema(example = "P07")]
    pub requirement: String,
    /// Version in the earlier round; null if there was none.
    #[schema(example = 1)]
    pub from_version: Option<i32>,
    /// Version in the later round; null if there is none.
    #[schema(example = 2)]
    pub to_version: Option<i32>,
    /// Whether the content differs.
    pub content_changed: bool,
}

/// Freezes the submitted content and begins a round: round 1 at submission, the next round at each
/// completion.
pub async fn freeze(
    file: &mut OpenFile<Task>,
    checklist: Checklist,
    completion: Option<CompletionForm>,
) -> Result<()> {
    let round = file.begin_round();
    let (id, now) = (file.header().file.id, file.now());
    let rows = checklist.rows().map(|row| row.code.to_owned()).collect();
    let documents = checklist
        .into_documents()
        .map(FrozenDocument::from)
        .collect();
    let content = Snapshot {
        form: file.header().file.form.clone(),
        checklist: rows,
        documents,
        completion,
    };
    debug_assert!(round == 1 || file.header().stage == Stage::AwaitingCustomer);
    store::freeze(file, id, round, &content, now).await
}

/// The snapshot of `round`; the printed documents of a round are made from it. Each round begins
/// with its snapshot.
pub async fn of_round(
    connection: &mut PgConnection,
    id: ApplicationId,
    round: i16,
) -> Result<Snapshot> {
    store::snapshot(connection, id, round)
        .await?
        .ok_or_else(|| Error::internal("a round has no snapshot"))
}

/// The changes from `earlier` to `later`; rows with the same document are left out.
pub fn changes(earlier: &SnapshotView, later: &SnapshotView) -> Changes {
    let by_row = |view: &SnapshotView| -> BTreeMap<String, FrozenDocument> {
        view.content
            .documents
            .iter()
            .map(|document| (document.requirement.clone(), document.clone()))
            .collect()
    };
    let (before, after) = (by_row(earlier), by_row(later));
    let rows: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changed = rows
        .into_iter()
        .filter(|row| before.get(*row) != after.get(*row))
        .map(|row| DocumentChange {
            requirement: row.clone(),
            from_version: before.get(row).map(|document| document.version),
            to_version: after.get(row).map(|document| document.version),
            content_changed: before.get(row).map(|document| &document.sha256)
                != after.get(row).map(|document| &document.sha256),
        });
    Changes {
        from_round: earlier.round,
        to_round: later.round,
        documents: changed.collect(),
    }
}
