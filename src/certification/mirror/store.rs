//! SQL for the mirror.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{ApplicationId, DocumentId, OfficeId};

/// A mirrored application, with the names for its folders.
#[derive(Debug)]
pub struct FolderRow {
    /// Drive's id of the folder, once created.
    pub folder_id: Option<String>,
    /// Address of the folder.
    pub link: Option<String>,
    /// Number of attempts.
    pub attempts: i32,
    /// Code of the last error.
    pub failure: Option<String>,
    /// Id of the customer.
    pub customer_id: Uuid,
    /// Name of the customer.
    pub customer: String,
    /// The application's number.
    pub number: Option<String>,
    /// Code of the scheme.
    pub scheme: String,
}

/// A version of a document that is not mirrored yet.
#[derive(Debug)]
pub struct PendingDocument {
    /// The application.
    pub case_id: Uuid,
    /// Code of the checklist row.
    pub requirement: String,
    /// Version number, from 1 on.
    pub version: i32,
    /// File name for display.
    pub file_name: String,
    /// Code of the file type.
    pub kind: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of the content.
    pub sha256: Vec<u8>,
    /// Key of the content in the object store.
    pub object_key: String,
    /// The sealed session of an interrupted upload.
    pub session: Option<Vec<u8>>,
}

/// The copy of one version of a document, for staff.
#[derive(Debug)]
pub struct CopyRow {
    /// Code of the checklist row.
    pub requirement: String,
    /// Version number, from 1 on.
    pub version: i32,
    /// Address of the file in Drive.
    pub link: Option<String>,
    /// When the copy was completed.
    pub mirrored_at: Option<DateTime<Utc>>,
    /// Number of attempts.
    pub attempts: i32,
    /// Code of the last error.
    pub failure: Option<String>,
}

/// Marks an application and its documents for mirroring.
pub async fn begin(
    connection: &mut PgConnection,
    office: OfficeId,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into drive_folder (case_id, office_id, queued_at) values ($1, $2, $3) on conflict (case_id) do nothing",
        application.0,
        office.0,
        now,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "
        insert into drive_file (document_id, case_id)
        select id, case_id
        from document_version
        where case_id = $1
        on conflict (document_id) do nothing
        ",
        application.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks a document for mirroring. Returns false if its application is not mirrored.
pub async fn add(
    connection: &mut PgConnection,
    application: ApplicationId,
    document: DocumentId,
) -> Result<bool> {
    let added = sqlx::query!(
        "
        insert into drive_file (document_id, case_id)
        select $2, case_id
        from drive_folder
        where case_id = $1
        on conflict (document_id) do nothing
        ",
        application.0,
        document.0,
    );
    Ok(added.execute(connection).await?.rows_affected() > 0)
}

/// The folder of an application, if the application is mirrored.
pub async fn folder(
    connection: &mut PgConnection,
    application: ApplicationId,
) -> Result<Option<FolderRow>> {
    let found = sqlx::query_as!(
        FolderRow,
        "
        select f.folder_id, f.link, f.attempts, f.failure, a.customer_id, c.name as customer, a.number, a.scheme
        from drive_folder f
        join application a on a.id = f.case_id
        join customer c on c.id = a.customer_id
        where f.case_id = $1
        ",
        application.0,
    );
    Ok(found.fetch_optional(connection).await?)
}

/// Records that the folder was created.
pub async fn folder_made(
    connection: &mut PgConnection,
    application: ApplicationId,
    id: &str,
    link: &str,
) -> Result<()> {
    sqlx::query!(
        "
        update drive_folder
        set folder_id = $2, link = $3, attempts = attempts + 1, failure = null
        where case_id = $1
        ",
        application.0,
        id,
        link,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records a failed attempt to create the folder.
pub async fn folder_failed(
    connection: &mut PgConnection,
    application: ApplicationId,
    failure: &str,
) -> Result<()> {
    sqlx::query!(
        "update drive_folder set attempts = attempts + 1, failure = $2 where case_id = $1",
        application.0,
        failure
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ids of the application's documents that are not in Drive yet.
pub async fn not_mirrored(
    connection: &mut PgConnection,
    application: ApplicationId,
) -> Result<Vec<Uuid>> {
    let found = sqlx::query_scalar!(
        "select document_id from drive_file where case_id = $1 and file_id is null order by document_id",
        application.0
    );
    Ok(found.fetch_all(connection).await?)
}

/// The document, if it still has to be mirrored.
pub async fn pending_document(
    connection: &mut PgConnection,
    document: DocumentId,
) -> Result<Option<PendingDocument>> {
    let found = sqlx::query_as!(
        PendingDocument,
        "
        select f.case_id, d.requirement, d.version, d.file_name, d.kind, d.size, d.sha256, d.object_key, f.session
        from drive_file f
        join document_version d on d.id = f.document_id
        where f.document_id = $1
          and f.file_id is null
        ",
        document.0,
    );
    Ok(found.fetch_optional(connection).await?)
}

/// Stores the sealed session of an upload.
pub async fn save_session(
    connection: &mut PgConnection,
    document: DocumentId,
    sealed: &[u8],
) -> Result<()> {
    sqlx::query!(
        "update drive_file set session = $2 where document_id = $1",
        document.0,
        sealed
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the session of an upload.
pub async fn drop_session(connection: &mut PgConnection, document: DocumentId) -> Result<()> {
    sqlx::query!(
        "update drive_file set session = null where document_id = $1",
        document.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records that the document was copied.
pub async fn document_mirrored(
    connection: &mut PgConnection,
    document: DocumentId,
    id: &str,
    link: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        update drive_file
        set file_id = $2, link = $3, mirrored_at = $4, attempts = attempts + 1, failure = null, session = null
        where document_id = $1
        ",
        document.0,
        id,
        link,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The data of a mirrored application for the journal.
#[derive(Debug)]
pub struct MirroredApplication {
    /// The office.
    pub office: OfficeId,
    /// Round of the application.
    pub round: i16,
    /// Draft of the audit notice.
    pub draft: i16,
}

/// Marks the mirror as complete if the folder holds every document of the application. Returns
/// `None` if it does not, or if it was already complete. The mirror's jobs run one after the other,
/// so no other document is copied meanwhile.
pub async fn finish_if_complete(
    connection: &mut PgConnection,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Option<MirroredApplication>> {
    let finished = sqlx::query!(
        "
        update drive_folder f
        set mirrored_at = $2
        from application a
        where f.case_id = $1
          and a.id = f.case_id
          and f.folder_id is not null
          and f.mirrored_at is null
          and not exists (select from drive_file d where d.case_id = f.case_id and d.file_id is null)
        returning a.office_id, a.round, a.draft
        ",
        application.0,
        now,
    );
    let finished = finished.fetch_optional(connection).await?;
    Ok(finished.map(|row| MirroredApplication {
        office: OfficeId(row.office_id),
        round: row.round,
        draft: row.draft,
    }))
}

/// Records a failed attempt to copy the document.
pub async fn document_failed(
    connection: &mut PgConnection,
    document: DocumentId,
    failure: &str,
) -> Result<()> {
    sqlx::query!(
        "update drive_file set attempts = attempts + 1, failure = $2 where document_id = $1",
        document.0,
        failure
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The copies of an application's documents.
pub async fn copies(
    connection: &mut PgConnection,
    application: ApplicationId,
) -> Result<Vec<CopyRow>> {
    let found = sqlx::query_as!(
        CopyRow,
        "
        select d.requirement, d.version, f.link, f.mirrored_at, f.attempts, f.failure
        from drive_file f
        join document_version d on d.id = f.document_id
        where f.case_id = $1
        order by d.requirement, d.version
        ",
        application.0,
    );
    Ok(found.fetch_all(connection).await?)
}
