//! The papers of the road: what people of the office wrote at a step, sealed under the key of the case.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::casework::workflow::FileHeader;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sop::Task;
use crate::error::Result;
use crate::ids::{ComplaintId, UserId};

/// Where the text of a paper is sealed for.
const PLACE: &str = "paper|sealed";

/// A paper as stored.
pub struct Stored {
    /// Its id: what its text is bound to.
    pub id: Uuid,
    /// Which draft.
    pub draft: i16,
    /// Who wrote it; none for the service.
    pub author: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
    sealed: Vec<u8>,
}

impl Stored {
    /// What it says.
    ///
    /// # Errors
    /// Our own fault when it was moved or changed.
    pub fn open<T: DeserializeOwned>(&self, key: &CaseKey) -> Result<T> {
        key.open_json(PLACE, self.id, &self.sealed)
    }
}

/// Adds a paper.
///
/// # Errors
/// When the server refuses.
pub async fn add(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    kind: Kind,
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
        header.file.key.seal_json(PLACE, id, text)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Every paper of a case with its kind, oldest first.
///
/// # Errors
/// When the server refuses.
pub async fn list(connection: &mut PgConnection, case: ComplaintId) -> Result<Vec<(Kind, Stored)>> {
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
        let stored = Stored {
            id: row.id,
            draft: row.draft,
            author: row.author_id.map(UserId),
            at: row.at,
            sealed: row.sealed,
        };
        Kind::from_code(&row.kind).map(|kind| (kind, stored))
    });
    Ok(papers.collect())
}
