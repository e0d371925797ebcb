//! Attachments and their sealed chunks. The reporter reads all of their own attachments; the office
//! reads those that have been released.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use zeroize::Zeroizing;

use crate::complaint::papers::attached::{AttachmentView, Copies, MAX_ATTACHMENTS};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::sealed_file::{AttachmentMeta, AttachmentPart, Sealed};
use crate::error::{Code, Error, Result};
use crate::ids::{AttachmentId, ComplaintId};

/// Sealed column (`table|column`) of an attachment's metadata.
const META_COLUMN: &str = "attachment|meta";
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
    /// The original and the cleaned copy.
    pub copies: &'a Copies,
}

/// Row of `wbs.attachment` with its metadata opened.
pub struct AttachmentRow {
    /// Id of the attachment.
    pub id: AttachmentId,
    /// Number of the attachment within its complaint, from 1.
    pub seq: i32,
    /// Name, type and size, opened.
    pub meta: AttachmentMeta,
}

/// Inserts an attachment with all its chunks.
///
/// # Errors
/// `conflict` when the complaint already has `MOST` attachments.
pub async fn add(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewAttachment<'_>,
) -> Result<AttachmentView> {
    let (id, copies) = (AttachmentId::random(), new.copies);
    // The row lock serialises concurrent uploads, so that the count and the number are correct.
    sqlx::query!(
        "select id from wbs.complaint where id = $1 for no key update",
        new.case.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let seq = sqlx::query_scalar!(
        r#"
        insert into wbs.attachment (id, case_id, seq, on_date, surfaces_at, meta)
        select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5
        from wbs.attachment
        where case_id = $2
        having count(*) < $6
        returning seq
        "#,
        id.0,
        new.case.0,
        new.on,
        new.surfaces_at,
        key.seal_json(META_COLUMN, id.0, &copies.meta)?,
        MAX_ATTACHMENTS,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let seq = seq.ok_or_else(too_many)?;
    let of = |part, facts| Sealed {
        key,
        id: id.0,
        part,
        facts,
    };
    add_chunks(
        connection,
        id,
        &of(AttachmentPart::Original, &copies.meta.original),
        &copies.original,
    )
    .await?;
    add_chunks(
        connection,
        id,
        &of(AttachmentPart::Clean, &copies.meta.clean),
        &copies.clean,
    )
    .await?;
    Ok(AttachmentView::of(id, seq, new.on, &copies.meta))
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
        select id, seq, on_date, meta
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
        select seq, meta
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
        })
    })
    .transpose()
}

/// Reads one of the two files of an attachment. Every chunk is authenticated before any byte is
/// returned.
///
/// # Errors
/// Internal error when a chunk was changed, moved or removed.
pub async fn read_whole(
    connection: &mut PgConnection,
    key: &CaseKey,
    stored: &AttachmentRow,
    part: AttachmentPart,
) -> Result<Zeroizing<Vec<u8>>> {
    let rows = sqlx::query!(
        r#"
        select no, sealed
        from wbs.attachment_chunk
        where attachment_id = $1
          and part = $2
        order by no
        "#,
        stored.id.0,
        part.code(),
    )
    .fetch_all(connection)
    .await?;
    let facts = match part {
        AttachmentPart::Original => &stored.meta.original,
        AttachmentPart::Clean => &stored.meta.clean,
    };
    Sealed {
        key,
        id: stored.id.0,
        part,
        facts,
    }
    .open(rows.into_iter().map(|row| (row.no, row.sealed)))
}
