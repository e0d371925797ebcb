//! Attachments and their sealed chunks. The reporter has all of their own, the office those that have surfaced.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use zeroize::Zeroizing;

use crate::complaint::papers::attached::{AttachmentView, Copies, MOST};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::sealed_file::{Meta, Part, Sealed};
use crate::error::{Code, Error, Result};
use crate::ids::{AttachmentId, ComplaintId};

/// Where what is known of an attachment is sealed for.
const META: &str = "attachment|meta";
/// How many chunks go to the server at once: 1 MiB.
const BATCH: usize = 16;

/// An attachment to be kept.
pub struct NewAttachment<'a> {
    /// Of which case.
    pub case: ComplaintId,
    /// On which day it came.
    pub on: NaiveDate,
    /// From when on the office sees it.
    pub surfaces_at: DateTime<Utc>,
    /// The file and its copy.
    pub copies: &'a Copies,
}

/// An attachment as stored.
pub struct Stored {
    /// Its id.
    pub id: AttachmentId,
    /// Its place among the attachments of the case.
    pub seq: i32,
    /// What is known of it.
    pub meta: Meta,
}

/// Adds an attachment with all its chunks.
///
/// # Errors
/// `conflict` when the case has as many as it may have; otherwise when the server refuses.
pub async fn add(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewAttachment<'_>,
) -> Result<AttachmentView> {
    let (id, copies) = (AttachmentId::random(), new.copies);
    // Two may come at once: the later waits for the lock of the case's row and is counted and numbered after the earlier.
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
        key.seal_json(META, id.0, &copies.meta)?,
        MOST,
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
        &of(Part::Original, &copies.meta.original),
        &copies.original,
    )
    .await?;
    add_chunks(
        connection,
        id,
        &of(Part::Clean, &copies.meta.clean),
        &copies.clean,
    )
    .await?;
    Ok(AttachmentView::of(id, seq, new.on, &copies.meta))
}

fn too_many() -> Error {
    Error::new(Code::Conflict).detail(
        format!("Paling banyak {MOST} lampiran; gabungkan berkas atau sampaikan lewat pesan."),
        format!("At most {MOST} attachments; put files together or say it in a message."),
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
        let (numbers, sealed): (Vec<i32>, Vec<Vec<u8>>) = chunks.by_ref().take(BATCH).unzip();
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

/// The attachments of a case in the order they came: all of them, or those that had surfaced by `until`.
///
/// # Errors
/// When the server refuses, or one was moved or changed.
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
                &key.open_json(META, row.id, &row.meta)?,
            ))
        })
        .collect()
}

/// One attachment of a case, if there is one and it had surfaced by `until`.
///
/// # Errors
/// When the server refuses, or it was moved or changed.
pub async fn find(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    id: AttachmentId,
    until: Option<DateTime<Utc>>,
) -> Result<Option<Stored>> {
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
        Ok(Stored {
            id,
            seq: row.seq,
            meta: key.open_json(META, id.0, &row.meta)?,
        })
    })
    .transpose()
}

/// One of the two files of an attachment, whole: every chunk is proved before anything is given out.
///
/// # Errors
/// Our own fault when a chunk was changed, moved or taken away.
pub async fn whole(
    connection: &mut PgConnection,
    key: &CaseKey,
    stored: &Stored,
    part: Part,
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
        Part::Original => &stored.meta.original,
        Part::Clean => &stored.meta.clean,
    };
    Sealed {
        key,
        id: stored.id.0,
        part,
        facts,
    }
    .open(rows.into_iter().map(|row| (row.no, row.sealed)))
}
