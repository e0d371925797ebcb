//! Papers that staff wrote at the steps, sealed under the key of the case.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::casework::workflow::FileHeader;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sop::Task;
use crate::error::Result;
use crate::ids::{ComplaintId, UserId};

/// Sealed column (`table|column`) of a paper.
const PAPER_COLUMN: &str = "paper|sealed";

/// Row of `wbs.paper`.
pub struct PaperRow {
    /// Id of the paper, part of its seal.
    pub id: Uuid,
    /// Number of the draft.
    pub draft: i16,
    /// When the paper was written.
    pub at: DateTime<Utc>,
    sealed: Vec<u8>,
}

impl PaperRow {
    /// Opens the text of the paper.
    ///
    /// # Errors
    /// Internal error when the paper was moved or changed.
    pub fn open<T: DeserializeOwned>(&self, key: &CaseKey) -> Result<T> {
        key.open_json(PAPER_COLUMN, self.id, &self.sealed)
    }
}

/// Inserts a paper for the current round and draft.
pub async fn add(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    kind: PaperKind,
    author: Option<UserId>,
    text: &impl Serialize,
    now: DateTime<Utc>,
) -> Result<()> {
    let id = Uuid::new_v4();
    sqlx::query!(
        r#"
        insert into wbs.paper (id, case_id, kind, round, draft, author_id, at, sealed)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        id,
        header.id,
        kind.code(),
        header.round,
        header.draft,
        author.map(|author| author.0),
        now,
        header.file.key.seal_json(PAPER_COLUMN, id, text)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists every paper of a case with its kind, oldest first.
pub async fn list(
    connection: &mut PgConnection,
    case: ComplaintId,
) -> Result<Vec<(PaperKind, PaperRow)>> {
    let rows = sqlx::query!(
        r#"
        select id, kind, draft, author_id, at, sealed
        from wbs.paper
        where case_id = $1
        order by at, draft
        "#,
        case.0,
    )
    .fetch_all(connection)
    .await?;
    let papers = rows.into_iter().filter_map(|row| {
        let stored = PaperRow {
            id: row.id,
            draft: row.draft,
            at: row.at,
            sealed: row.sealed,
        };
        PaperKind::from_code(&row.kind).map(|kind| (kind, stored))
    });
    Ok(papers.collect())
}
