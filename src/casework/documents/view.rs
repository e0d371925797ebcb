//! A stored version in replies.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::StoredDocument;
use crate::ids::{DocumentId, UserId};

/// One version of a document (versi dokumen). It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentView {
    /// The id of the version.
    pub id: DocumentId,
    /// The requirement that the document answers (persyaratan).
    #[schema(example = "deed_of_establishment")]
    pub requirement: String,
    /// Counts from 1 for each requirement of the case.
    #[schema(example = 1)]
    pub version: i32,
    /// The sender's file name, sanitized.
    #[schema(example = "Akta Pendirian.pdf")]
    pub file_name: String,
    /// The media type of the content.
    #[schema(example = "application/pdf")]
    pub media_type: String,
    /// Size in bytes.
    #[schema(example = 482_113)]
    pub size: u64,
    /// SHA-256 of the bytes, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// When the document was received.
    pub uploaded_at: DateTime<Utc>,
    /// The user that uploaded it.
    pub uploaded_by: UserId,
}

impl From<&StoredDocument> for DocumentView {
    fn from(stored: &StoredDocument) -> Self {
        Self {
            id: stored.id,
            requirement: stored.requirement.clone(),
            version: stored.version,
            file_name: stored.file_name.clone(),
            media_type: stored.kind.media_type().to_owned(),
            size: stored.size,
            sha256: hex::encode(stored.sha256),
            uploaded_at: stored.uploaded_at,
            uploaded_by: stored.uploaded_by,
        }
    }
}
