//! The SQL of stored versions. Rows are added and read, never changed.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::intake::Received;
use crate::casework::file_kind::FileKind;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::ids::{ApplicationId, CustomerId, DocumentId, OfficeId, UserId};

/// A stored version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// The id of the version.
    pub id: DocumentId,
    /// The office.
    pub office_id: OfficeId,
    /// The customer; the object is in this customer's folder.
    pub customer_id: CustomerId,
    /// The application.
    pub case_id: ApplicationId,
    /// The requirement that the document answers.
    pub requirement: String,
    /// Counts from 1 for each requirement of a case.
    pub version: i32,
    /// For display only.
    pub file_name: String,
    /// The kind of the content.
    pub kind: FileKind,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The object key.
    pub object_key: String,
    /// The user that uploaded it.
    pub uploaded_by: UserId,
    /// When it was uploaded.
    pub uploaded_at: DateTime<Utc>,
}

/// The case and requirement that a received object is recorded under.
#[derive(Debug, Clone)]
pub struct DocumentOwner<'a> {
    /// The office.
    pub office_id: OfficeId,
    /// The customer; the object was received into this customer's folder.
    pub customer_id: CustomerId,
    /// The application.
    pub case_id: ApplicationId,
    /// The requirement: a code, not free text.
    pub requirement: &'a str,
    /// The display name; see `file_name::from_headers`.
    pub file_name: &'a str,
    /// The user that uploaded it.
    pub uploaded_by: UserId,
}

struct DocumentRow {
    id: Uuid,
    office_id: Uuid,
    customer_id: Uuid,
    case_id: Uuid,
    requirement: String,
    version: i32,
    file_name: String,
    kind: String,
    size: i64,
    sha256: Vec<u8>,
    object_key: String,
    uploaded_by: Uuid,
    uploaded_at: DateTime<Utc>,
}

impl TryFrom<DocumentRow> for StoredDocument {
    type Error = Error;

    fn try_from(row: DocumentRow) -> Result<Self> {
        Ok(Self {
            id: DocumentId(row.id),
            office_id: OfficeId(row.office_id),
            customer_id: CustomerId(row.customer_id),
            case_id: ApplicationId(row.case_id),
            requirement: row.requirement,
            version: row.version,
            file_name: row.file_name,
            kind: row.kind.parse().map_err(Error::internal)?,
            size: u64::try_from(row.size).map_err(Error::internal)?,
            sha256: row
                .sha256
                .try_into()
                .map_err(|_| Error::internal("a stored SHA-256 has not 32 bytes"))?,
            object_key: row.object_key,
            uploaded_by: UserId(row.uploaded_by),
            uploaded_at: row.uploaded_at,
        })
    }
}

/// Records `received` as the next version. The caller must hold the lock of the case's row, so that
/// the numbers have no gaps and no conflicts.
///
/// # Errors
/// `overtaken` when the caller held no lock and another request took the number.
pub async fn add_version(
    connection: &mut PgConnection,
    belongs: &DocumentOwner<'_>,
    received: &Received,
    at: DateTime<Utc>,
) -> Result<StoredDocument> {
    let row = sqlx::query_as!(
        DocumentRow,
        r#"
        insert into document_version (
            id, office_id, customer_id, case_id, requirement, version, file_name, kind, size, sha256, object_key, uploaded_by, uploaded_at
        )
        select $1, $2, $3, $4, $5, coalesce(max(version), 0) + 1, $6, $7, $8, $9, $10, $11, $12
        from document_version
        where case_id = $4
          and requirement = $5
        returning id, office_id, customer_id, case_id, requirement, version, file_name, kind, size, sha256, object_key, uploaded_by, uploaded_at
        "#,
        received.id.0,
        belongs.office_id.0,
        belongs.customer_id.0,
        belongs.case_id.0,
        belongs.requirement,
        belongs.file_name,
        received.kind.as_str(),
        i64::try_from(received.size).map_err(Error::internal)?,
        received.sha256.as_slice(),
        received.key,
        belongs.uploaded_by.0,
        at,
    )
    .fetch_one(connection)
    .await
    .on_constraint("document_version_is_numbered_once", || Error::new(Code::Overtaken))?;
    row.try_into()
}

/// Lists every version of a case, by requirement and version.
pub async fn list(
    connection: &mut PgConnection,
    case_id: ApplicationId,
) -> Result<Vec<StoredDocument>> {
    let rows = sqlx::query_as!(
        DocumentRow,
        r#"
        select id, office_id, customer_id, case_id, requirement, version, file_name, kind, size, sha256, object_key, uploaded_by, uploaded_at
        from document_version
        where case_id = $1
        order by requirement, version
        "#,
        case_id.0,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Lists the latest version of each requirement of a case.
pub async fn latest(
    connection: &mut PgConnection,
    case_id: ApplicationId,
) -> Result<Vec<StoredDocument>> {
    let rows = sqlx::query_as!(
        DocumentRow,
        r#"
        select distinct on (requirement)
            id, office_id, customer_id, case_id, requirement, version, file_name, kind, size, sha256, object_key, uploaded_by, uploaded_at
        from document_version
        where case_id = $1
        order by requirement, version desc
        "#,
        case_id.0,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Finds one version.
pub async fn find(
    connection: &mut PgConnection,
    case_id: ApplicationId,
    requirement: &str,
    version: i32,
) -> Result<StoredDocument> {
    let row = sqlx::query_as!(
        DocumentRow,
        r#"
        select id, office_id, customer_id, case_id, requirement, version, file_name, kind, size, sha256, object_key, uploaded_by, uploaded_at
        from document_version
        where case_id = $1
          and requirement = $2
          and version = $3
        "#,
        case_id.0,
        requirement,
        version,
    )
    .fetch_one(connection)
    .await?;
    row.try_into()
}
