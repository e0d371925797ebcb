//! Signed letters of answer, sealed under the key of their case: one for each signed draft.

use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::casework::workflow::FileHeader;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sop::Task;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, LetterId};
use crate::letters::IssuedLetter;

/// Sealed column (`table|column`) of a letter.
const LETTER_COLUMN: &str = "letter_file|sealed";

/// A signed letter.
pub struct SignedLetter {
    /// Id of the letter on its public verification page.
    pub id: LetterId,
    /// The signed PDF.
    pub pdf: Vec<u8>,
}

/// Stores the letter of the current draft. Draft number and letter id are sealed with the bytes, so
/// that no draft of a case can stand in for another.
pub async fn add(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    letter: &IssuedLetter,
) -> Result<()> {
    let plain = Zeroizing::new(
        [
            header.draft.to_be_bytes().as_slice(),
            letter.id.0.as_bytes(),
            &letter.pdf,
        ]
        .concat(),
    );
    let id = Uuid::new_v4();
    let sealed = header.file.key.seal(LETTER_COLUMN, id, &plain);
    sqlx::query!(
        "insert into wbs.letter_file (id, case_id, draft, sealed) values ($1, $2, $3, $4)",
        id,
        header.id,
        header.draft,
        sealed
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Reads the signed letter of a draft.
///
/// # Errors
/// Internal error when the letter was moved or changed.
pub async fn read(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    draft: i16,
) -> Result<Option<SignedLetter>> {
    let row = sqlx::query!(
        "select id, sealed from wbs.letter_file where case_id = $1 and draft = $2",
        case.0,
        draft
    )
    .fetch_optional(connection);
    row.await?
        .map(|row| open(key, row.id, draft, &row.sealed))
        .transpose()
}

/// Lists the ids of the letters of a case, as on their public pages.
pub async fn ids(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
) -> Result<Vec<LetterId>> {
    let rows = sqlx::query!(
        "select id, draft, sealed from wbs.letter_file where case_id = $1 order by draft",
        header.id
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| open(&header.file.key, row.id, row.draft, &row.sealed).map(|kept| kept.id))
        .collect()
}

fn open(key: &CaseKey, id: Uuid, draft: i16, sealed: &[u8]) -> Result<SignedLetter> {
    let cannot_open = || Error::internal("a letter cannot be opened: changed, moved, or shredded");
    let plain = key
        .open(LETTER_COLUMN, id, sealed)
        .ok_or_else(cannot_open)?;
    let (_, rest) = plain
        .split_first_chunk()
        .filter(|(stored_draft, _)| i16::from_be_bytes(**stored_draft) == draft)
        .ok_or_else(cannot_open)?;
    let (letter, pdf) = rest.split_first_chunk().ok_or_else(cannot_open)?;
    Ok(SignedLetter {
        id: LetterId(Uuid::from_bytes(*letter)),
        pdf: pdf.to_vec(),
    })
}
