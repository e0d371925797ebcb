//! Attachments and their sealed chunks. The reporter reads all of their own attachments; the office
//! reads those that have been released, and a copy once its text has been screened. A row without
//! a copy is the order to make one.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::complaint::papers::attached::{AttachmentView, MAX_ATTACHMENTS};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::sealed_file::{
    AttachmentMeta, AttachmentPart, CopyOutcome, FileInfo, Sealed,
};
use crate::error::{Code, Error, Result};
use crate::ids::{AttachmentId, ComplaintId};

/// Sealed column (`table|column`) of an attachment's metadata.
const META_COLUMN: &str = "attachment|meta";
/// Sealed column of the outcome of the copying.
const COPY_COLUMN: &str = "attachment|copy";
/// Sealed column of the visible text.
const TEXT_COLUMN: &str = "attachment|visible_text";
/// `Retry-After` in seconds while a copy is being made.
const RETRY_AFTER_SECONDS: &str = "5";
/// Chunks per insert statement: 1 MiB.
const CHUNKS_PER_INSERT: usize = 16;

/// An attachment to insert.
pub struct NewAttachment<'a> {
    /// The complaint.
    pub case: ComplaintId,
    /// Day of the upload.
    pub on: NaiveDate,
    /// The office sees the attachment from this time on.
    pub surfaces_at: DateTime<Utc>,
    /// Name, kind and size.
    pub meta: &'a AttachmentMeta,
    /// The file as received.
    pub original: &'a [u8],
}

/// Row of `wbs.attachment`, opened.
pub struct AttachmentRow {
    /// Id of the attachment.
    pub id: AttachmentId,
    /// Number of the attachment within its complaint, from 1.
    pub seq: i32,
    /// Name, kind and size.
    pub meta: AttachmentMeta,
    /// The outcome of the copying, if the reader may know it.
    pub copy: Option<CopyOutcome>,
}

/// Inserts an attachment with all chunks of its original.
///
/// # Errors
/// `conflict` when the complaint already has `MOST` attachments.
pub async fn add(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewAttachment<'_>,
) -> Result<AttachmentView> {
    let id = AttachmentId::random();
    // Serialises concurrent uploads, so that the count and the number are correct.
    lock_complaint(connection, new.case).await?;
    let seq = sqlx::query_scalar!(
        r#"
        insert into wbs.attachment (id, case_id, seq, on_date, surfaces_at, meta, copy_turn)
        select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5,
               case when bool_or(copy_turn >= 2) then 2 when bool_or(copy_turn = 0) then 0 else 1 end
        from wbs.attachment
        where case_id = $2
        having count(*) < $6
        returning seq
        "#,
        id.0,
        new.case.0,
        new.on,
        new.surfaces_at,
        key.seal_json(META_COLUMN, id.0, new.meta)?,
        MAX_ATTACHMENTS,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let seq = seq.ok_or_else(too_many)?;
    let under = Sealed {
        key,
        id: id.0,
        part: AttachmentPart::Original,
        facts: &new.meta.original,
    };
    add_chunks(connection, id, &under, new.original).await?;
    Ok(AttachmentView::of(id, seq, new.on, new.meta, None))
}

async fn lock_complaint(connection: &mut PgConnection, case: ComplaintId) -> Result<()> {
    sqlx::query!(
        "select id from wbs.complaint where id = $1 for no key update",
        case.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

/// How much processor time the next copy may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyQueue {
    /// Files that were not tried, or whose turn came back after a failure of the service.
    Untried,
    /// Files that need the last effort.
    Hard,
}

/// Finds the attachment to copy next, except those of `skipped`. Of complaints of one turn, the
/// first attachment of one comes before the second of another: a sender with many files delays
/// other senders only briefly.
pub async fn find_without_copy(
    connection: &mut PgConnection,
    queue: CopyQueue,
    skipped: &[AttachmentId],
) -> Result<Option<(ComplaintId, AttachmentId)>> {
    let (from, to) = match queue {
        CopyQueue::Untried => (0_i16, 2_i16),
        CopyQueue::Hard => (3, 4),
    };
    let skipped: Vec<_> = skipped.iter().map(|id| id.0).collect();
    let row = sqlx::query!(
        r#"
        select case_id, id
        from wbs.attachment
        where copy is null
          and copy_turn between $1 and $2
          and id <> all ($3)
        order by copy_turn, seq, id
        limit 1
        "#,
        from,
        to,
        &skipped,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (ComplaintId(row.case_id), AttachmentId(row.id))))
}

/// Puts the files of a complaint behind those of others, because `hard` needs the last effort or
/// the copying of another file failed.
pub async fn set_back(
    connection: &mut PgConnection,
    case: ComplaintId,
    hard: Option<AttachmentId>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update wbs.attachment
        set copy_turn = case when id = $2 then case when copy_turn = 0 then 3 else 4 end else 2 end
        where case_id = $1
          and copy_turn < 3
        "#,
        case.0,
        hard.map(|hard| hard.0),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts the files of a complaint before those of others, because a copy was made at the first effort
/// and none of its files needed more.
pub async fn set_before_others(connection: &mut PgConnection, case: ComplaintId) -> Result<()> {
    sqlx::query!(
        "update wbs.attachment set copy_turn = 0 where case_id = $1 and copy_turn = 1",
        case.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores the outcome of the copying, unless another instance of the service was faster or the
/// complaint has been deleted.
pub async fn add_copy(
    connection: &mut PgConnection,
    key: &CaseKey,
    (case, id): (ComplaintId, AttachmentId),
    outcome: &CopyOutcome,
    text: &str,
    bytes: &[u8],
) -> Result<()> {
    // The screening holds the same lock: it marks no text as screened that it has not read.
    lock_complaint(connection, case).await?;
    let stored = sqlx::query!(
        "update wbs.attachment set copy = $2, visible_text = $3 where id = $1 and copy is null",
        id.0,
        key.seal_json(COPY_COLUMN, id.0, outcome)?,
        key.seal(TEXT_COLUMN, id.0, text.as_bytes()),
    )
    .execute(&mut *connection)
    .await?;
    match outcome {
        CopyOutcome::Ready { file, .. } if stored.rows_affected() == 1 => {
            let under = Sealed {
                key,
                id: id.0,
                part: AttachmentPart::Clean,
                facts: file,
            };
            add_chunks(connection, id, &under, bytes).await
        }
        _ => Ok(()),
    }
}

/// Lists the visible texts of the attachments released by `now`, each with whether it was screened.
pub async fn texts(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<Vec<(String, bool)>> {
    let rows = sqlx::query!(
        r#"
        select id, visible_text as "visible_text!", screened
        from wbs.attachment
        where case_id = $1
          and surfaces_at <= $2
          and visible_text is not null
        order by seq
        "#,
        case.0,
        now,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let text = key
                .open(TEXT_COLUMN, row.id, &row.visible_text)
                .ok_or_else(|| Error::internal("the text of an attachment cannot be opened"))?;
            Ok((String::from_utf8_lossy(&text).into_owned(), row.screened))
        })
        .collect()
}

/// Marks every copy released by `now` as screened: the office may read it.
pub async fn mark_screened(
    connection: &mut PgConnection,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update wbs.attachment
        set screened = true
        where case_id = $1
          and surfaces_at <= $2
          and copy is not null
          and not screened
        "#,
        case.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn too_many() -> Error {
    Error::new(Code::Conflict).detail(
        format!(
            "Paling banyak {MAX_ATTACHMENTS} lampiran; gabungkan berkas atau sampaikan lewat pesan."
        ),
        format!("At most {MAX_ATTACHMENTS} attachments; combine files or send a message."),
    )
}

async fn add_chunks(
    connection: &mut PgConnection,
    id: AttachmentId,
    under: &Sealed<'_>,
    bytes: &[u8],
) -> Result<()> {
    let mut chunks = under.seal(bytes);
    loop {
        let (numbers, sealed): (Vec<i32>, Vec<Vec<u8>>) =
            chunks.by_ref().take(CHUNKS_PER_INSERT).unzip();
        if numbers.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            r#"
            insert into wbs.attachment_chunk (attachment_id, part, no, sealed)
            select $1, $2, c.no, c.sealed
            from unnest($3::integer[], $4::bytea[]) as c (no, sealed)
            "#,
            id.0,
            under.part.code(),
            &numbers,
            &sealed,
        )
        .execute(&mut *connection)
        .await?;
    }
}

/// Lists the attachments of a complaint in order of upload: all of them, or those released by
/// `until`.
pub async fn list(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<AttachmentView>> {
    let rows = sqlx::query!(
        r#"
        select id, seq, on_date, meta,
            case when screened or $2::timestamptz is null then copy end as copy
        from wbs.attachment
        where case_id = $1
          and ($2::timestamptz is null or surfaces_at <= $2)
        order by seq
        "#,
        case.0,
        until,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AttachmentView::of(
                AttachmentId(row.id),
                row.seq,
                row.on_date,
                &key.open_json(META_COLUMN, row.id, &row.meta)?,
                open_copy(key, row.id, row.copy)?.as_ref(),
            ))
        })
        .collect()
}

/// Finds one attachment of a complaint; with `until`, only when the attachment was released by
/// then.
pub async fn find(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    id: AttachmentId,
    until: Option<DateTime<Utc>>,
) -> Result<Option<AttachmentRow>> {
    let row = sqlx::query!(
        r#"
        select seq, meta,
            case when screened or $3::timestamptz is null then copy end as copy
        from wbs.attachment
        where id = $1
          and case_id = $2
          and ($3::timestamptz is null or surfaces_at <= $3)
        "#,
        id.0,
        case.0,
        until,
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(AttachmentRow {
            id,
            seq: row.seq,
            meta: key.open_json(META_COLUMN, id.0, &row.meta)?,
            copy: open_copy(key, id.0, row.copy)?,
        })
    })
    .transpose()
}

fn open_copy(key: &CaseKey, id: Uuid, sealed: Option<Vec<u8>>) -> Result<Option<CopyOutcome>> {
    sealed
        .map(|sealed| key.open_json(COPY_COLUMN, id, &sealed))
        .transpose()
}

/// Reads the original.
///
/// # Errors
/// Internal error when a chunk was changed, moved or removed.
pub async fn read_original(
    connection: &mut PgConnection,
    key: &CaseKey,
    stored: &AttachmentRow,
) -> Result<Zeroizing<Vec<u8>>> {
    read(
        connection,
        key,
        stored.id,
        AttachmentPart::Original,
        &stored.meta.original,
    )
    .await
}

/// Reads the clean copy.
///
/// # Errors
/// `copy_pending` while there is none yet; `conflict` when none can be made; internal error when a
/// chunk was changed, moved or removed.
pub async fn read_copy(
    connection: &mut PgConnection,
    key: &CaseKey,
    stored: &AttachmentRow,
) -> Result<Zeroizing<Vec<u8>>> {
    match &stored.copy {
        Some(CopyOutcome::Ready { file, .. }) => {
            read(connection, key, stored.id, AttachmentPart::Clean, file).await
        }
        Some(CopyOutcome::Failed(_)) => Err(Error::new(Code::Conflict).detail(
            "Salinan berkas ini tidak dapat dibuat. Pelapor dapat mengirim cetakan PDF atau fotonya.",
            "No copy can be made of this file. The reporter can send a print to PDF or a photograph of it.",
        )),
        None => Err(Error::new(Code::CopyPending).header("retry-after", RETRY_AFTER_SECONDS)),
    }
}

/// Reads one of the two files of an attachment. Every chunk is authenticated before any byte is
/// returned.
async fn read(
    connection: &mut PgConnection,
    key: &CaseKey,
    id: AttachmentId,
    part: AttachmentPart,
    facts: &FileInfo,
) -> Result<Zeroizing<Vec<u8>>> {
    let rows = sqlx::query!(
        r#"
        select no, sealed
        from wbs.attachment_chunk
        where attachment_id = $1
          and part = $2
        order by no
        "#,
        id.0,
        part.code(),
    )
    .fetch_all(connection)
    .await?;
    Sealed {
        key,
        id: id.0,
        part,
        facts,
    }
    .open(rows.into_iter().map(|row| (row.no, row.sealed)))
}
