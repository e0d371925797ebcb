//! The signed letters of answer, sealed under the key of their case, one for each draft that was signed.

use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::casework::workflow::FileHeader;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sop::Task;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, LetterId};
use crate::letters::Issued;

/// Where a letter is sealed for.
const PLACE: &str = "letter_file|sealed";

/// A letter as it was kept.
pub struct Kept {
    /// Its id, under which its public page knows it.
    pub id: LetterId,
    /// The signed bytes.
    pub pdf: Vec<u8>,
}

/// Keeps a letter for the draft at hand. Draft and id are sealed with the bytes: no draft of a case can be passed off as another.
///
/// # Errors
/// When the server refuses.
pub async fn add(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    letter: &Issued,
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
    let sealed = header.file.key.seal(PLACE, id, &plain);
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

/// The letter that this draft became.
///
/// # Errors
/// Our own fault when it was moved or changed.
pub async fn read(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    draft: i16,
) -> Result<Option<Kept>> {
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

/// The letters of a case, as their public pages know them.
///
/// # Errors
/// Our own fault when one was moved or changed.
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

fn open(key: &CaseKey, id: Uuid, draft: i16, sealed: &[u8]) -> Result<Kept> {
    let amiss = || Error::internal("a letter cannot be opened: changed, moved, or shredded");
    let plain = key.open(PLACE, id, sealed).ok_or_else(amiss)?;
    let (_, rest) = plain
        .split_first_chunk()
        .filter(|(said, _)| i16::from_be_bytes(**said) == draft)
        .ok_or_else(amiss)?;
    let (letter, pdf) = rest.split_first_chunk().ok_or_else(amiss)?;
    Ok(Kept {
        id: LetterId(Uuid::from_bytes(*letter)),
        pdf: pdf.to_vec(),
    })
}
