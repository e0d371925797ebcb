//! The SQL of the mirror.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{ApplicationId, DocumentId, OfficeId};

/// An application that is mirrored, with the names of its folders.
#[derive(Debug)]
pub struct Folder {
    /// Drive's id, once it is there.
    pub folder_id: Option<String>,
    /// Where people open it.
    pub link: Option<String>,
    /// How often it was tried.
    pub attempts: i32,
    /// Code of the last failure.
    pub failure: Option<String>,
    /// Whose it is.
    pub customer_id: Uuid,
    /// Their name.
    pub customer: String,
    /// The application's number.
    pub number: Option<String>,
    /// Code of its scheme.
    pub scheme: String,
}

/// A version of a document that is to be mirrored.
#[derive(Debug)]
pub struct File {
    /// The application.
    pub case_id: Uuid,
    /// Row of the checklist.
    pub requirement: String,
    /// Counts from 1.
    pub version: i32,
    /// For display.
    pub file_name: String,
    /// What its content is.
    pub kind: String,
    /// In bytes.
    pub size: i64,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Where its bytes are.
    pub object_key: String,
    /// A session that broke off, sealed.
    pub session: Option<Vec<u8>>,
}

/// A version of a document, as staff see its copy.
#[derive(Debug)]
pub struct Copy {
    /// Row of the checklist.
    pub requirement: String,
    /// Counts from 1.
    pub version: i32,
    /// Where people open it.
    pub link: Option<String>,
    /// Since when it is there.
    pub mirrored_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: i32,
    /// Code of the last failure.
    pub failure: Option<String>,
}

/// Notes that an application and its documents are to be mirrored.
///
/// # Errors
/// When the server refuses.
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

/// Notes that a document is to be mirrored; false when its application is not.
///
/// # Errors
/// When the server refuses.
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

/// The folder of an application, if it is mirrored.
///
/// # Errors
/// When the server refuses.
pub async fn folder(
    connection: &mut PgConnection,
    application: ApplicationId,
) -> Result<Option<Folder>> {
    let found = sqlx::query_as!(
        Folder,
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

/// The folder is there.
///
/// # Errors
/// When the server refuses.
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

/// The folder could not be made.
///
/// # Errors
/// When the server refuses.
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

/// Documents of an application that are not at Drive yet.
///
/// # Errors
/// When the server refuses.
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

/// A document that is to be mirrored and is not yet.
///
/// # Errors
/// When the server refuses.
pub async fn file(connection: &mut PgConnection, document: DocumentId) -> Result<Option<File>> {
    let found = sqlx::query_as!(
        File,
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

/// Keeps the session of an upload, sealed.
///
/// # Errors
/// When the server refuses.
pub async fn keep_session(
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

/// Forgets the session of an upload.
///
/// # Errors
/// When the server refuses.
pub async fn drop_session(connection: &mut PgConnection, document: DocumentId) -> Result<()> {
    sqlx::query!(
        "update drive_file set session = null where document_id = $1",
        document.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The document is at Drive.
///
/// # Errors
/// When the server refuses.
pub async fn mirrored(
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

/// What the journal says of an application besides its id.
#[derive(Debug)]
pub struct Mirrored {
    /// The office.
    pub office: OfficeId,
    /// The customer's round.
    pub round: i16,
    /// The draft of the notice.
    pub draft: i16,
}

/// Notes that the folder holds every document of its application; nothing when it does not, or when that was noted before. Jobs of the mirror stand in one
/// line, so nobody copies another document meanwhile.
///
/// # Errors
/// When the server refuses.
pub async fn finish(
    connection: &mut PgConnection,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Option<Mirrored>> {
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
    Ok(finished.map(|row| Mirrored {
        office: OfficeId(row.office_id),
        round: row.round,
        draft: row.draft,
    }))
}

/// The document could not be copied.
///
/// # Errors
/// When the server refuses.
pub async fn file_failed(
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
///
/// # Errors
/// When the server refuses.
pub async fn copies(
    connection: &mut PgConnection,
    application: ApplicationId,
) -> Result<Vec<Copy>> {
    let found = sqlx::query_as!(
        Copy,
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
