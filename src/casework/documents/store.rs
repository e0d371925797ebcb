//! The SQL of stored versions. Rows are added and read, never changed.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::intake::Received;
use crate::casework::file_kind::FileKind;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::ids::{ApplicationId, CustomerId, DocumentId, OfficeId, UserId};

/// One version as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its id.
    pub id: DocumentId,
    /// The office it was sent to.
    pub office_id: OfficeId,
    /// In whose folder it lies.
    pub customer_id: CustomerId,
    /// The case it belongs to.
    pub case_id: ApplicationId,
    /// The requirement it answers.
    pub requirement: String,
    /// Counts from 1 for each requirement of a case.
    pub version: i32,
    /// For display only.
    pub file_name: String,
    /// What its content is.
    pub kind: FileKind,
    /// In bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Where its bytes are in the store.
    pub object_key: String,
    /// Who sent it.
    pub uploaded_by: UserId,
    /// When.
    pub uploaded_at: DateTime<Utc>,
}

/// Where a received object belongs.
#[derive(Debug, Clone)]
pub struct Belongs<'a> {
    /// The office.
    pub office_id: OfficeId,
    /// The customer whose folder it was received into.
    pub customer_id: CustomerId,
    /// The case.
    pub case_id: ApplicationId,
    /// The requirement it answers: a code, not free text.
    pub requirement: &'a str,
    /// What to show as its name; see `file_name::given`.
    pub file_name: &'a str,
    /// Who sent it.
    pub uploaded_by: UserId,
}

struct Row {
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

impl TryFrom<Row> for StoredDocument {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
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

/// Records `received` as the next version. The caller holds the lock of the case's row, so the numbers have no gaps and no rivals.
///
/// # Errors
/// `overtaken` when the caller held no lock and somebody else took the number.
pub async fn add_version(
    connection: &mut PgConnection,
    belongs: &Belongs<'_>,
    received: &Received,
    at: DateTime<Utc>,
) -> Result<StoredDocument> {
    let row = sqlx::query_as!(
        Row,
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

/// Every version of a case, by requirement and version.
///
/// # Errors
/// When the database fails.
pub async fn list(
    connection: &mut PgConnection,
    case_id: ApplicationId,
) -> Result<Vec<StoredDocument>> {
    let rows = sqlx::query_as!(
        Row,
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

/// The latest version for each requirement of a case.
///
/// # Errors
/// When the database fails.
pub async fn latest(
    connection: &mut PgConnection,
    case_id: ApplicationId,
) -> Result<Vec<StoredDocument>> {
    let rows = sqlx::query_as!(
        Row,
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

/// One version.
///
/// # Errors
/// `not_found`.
pub async fn find(
    connection: &mut PgConnection,
    case_id: ApplicationId,
    requirement: &str,
    version: i32,
) -> Result<StoredDocument> {
    let row = sqlx::query_as!(
        Row,
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
