//! `GET /applications/{id}/mirror`: the state of the copy in Google Drive, for staff.

use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::store;
use crate::casework::desk::Desk;
use crate::certification::store::find;
use crate::certification::views::AtApplication;
use crate::error::{Code, Error, Result};
use crate::sop::gate::Principal;
use crate::web::{PathParam, Reply};

/// The copy of an application in Google Drive.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MirrorView {
    /// Whether the application is mirrored: from its filing on, if the mirror is configured.
    pub is_mirrored: bool,
    /// Address of the folder, once created.
    #[schema(example = "https://drive.google.com/drive/folders/1AbC")]
    pub link: Option<String>,
    /// Number of attempts to create the folder.
    #[schema(example = 1)]
    pub attempts: i32,
    /// Why the last attempt at the folder failed.
    #[schema(example = "drive_503")]
    pub failure: Option<String>,
    /// The documents, by row of the checklist.
    pub items: Vec<MirroredDocument>,
}

/// The copy of one version of a document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MirroredDocument {
    /// Code of the checklist row.
    #[schema(example = "Q01")]
    pub requirement: String,
    /// Version number, from 1 on.
    #[schema(example = 1)]
    pub version: i32,
    /// Address of the copy, once completed.
    #[schema(example = "https://drive.google.com/file/d/1AbC/view")]
    pub link: Option<String>,
    /// When the copy was completed.
    pub mirrored_at: Option<DateTime<Utc>>,
    /// Number of attempts.
    #[schema(example = 1)]
    pub attempts: i32,
    /// Why the last attempt failed: `drive_` and the status, `unreachable`, `timeout`,
    /// `login_refused`, `checksum_differs`, ….
    #[schema(example = "drive_503")]
    pub failure: Option<String>,
}

impl From<store::CopyRow> for MirroredDocument {
    fn from(
        store::CopyRow {
            requirement,
            version,
            link,
            mirrored_at,
            attempts,
            failure,
        }: store::CopyRow,
    ) -> Self {
        Self {
            requirement,
            version,
            link,
            mirrored_at,
            attempts,
            failure,
        }
    }
}

/// Read the mirror (salinan folder pelanggan di Google Drive).
///
/// Addresses of the copies, and the documents that could not be copied yet. The record is in this
/// service, not in Google Drive. For staff only.
#[utoipa::path(tag = "documents", params(AtApplication), responses((status = 200, body = MirrorView)))]
#[get("/applications/{id}/mirror")]
pub async fn read_mirror(desk: Desk, at: PathParam<AtApplication>) -> Result<Reply<MirrorView>> {
    let id = at.0.id;
    let read = desk.database().read(async |c| {
        find(c, id, Principal::User(desk.signed_in()))
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        if desk.signed_in().customer.is_some() {
            return Err(Error::new(Code::Forbidden));
        }
        Ok((store::folder(c, id).await?, store::copies(c, id).await?))
    });
    let (folder, copies) = read.await?;
    let is_mirrored = folder.is_some();
    let (link, attempts, failure) = folder
        .map(|folder| (folder.link, folder.attempts, folder.failure))
        .unwrap_or_default();
    Ok(Reply::ok(MirrorView {
        is_mirrored,
        link,
        attempts,
        failure,
        items: copies.into_iter().map(MirroredDocument::from).collect(),
    }))
}
