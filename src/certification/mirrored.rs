//! `GET /applications/{id}/mirror`: the copy at Google Drive, for staff.

use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::certification::mirror::store;
use crate::certification::steps::AtApplication;
use crate::certification::store::find;
use crate::error::{Code, Error, Result};
use crate::web::{At, Reply};

/// The copy of an application at Google Drive.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MirrorView {
    /// Whether it is mirrored at all: from its filing on, where the mirror is set up.
    pub is_mirrored: bool,
    /// Where its folder is opened, once it is there.
    #[schema(example = "https://drive.google.com/drive/folders/1AbC")]
    pub link: Option<String>,
    /// How often the folder was tried.
    #[schema(example = 1)]
    pub attempts: i32,
    /// Why the last attempt at the folder failed.
    #[schema(example = "drive_503")]
    pub failure: Option<String>,
    /// Its documents, by row of the checklist.
    pub items: Vec<MirroredDocument>,
}

/// The copy of one version of a document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MirroredDocument {
    /// Row of the checklist.
    #[schema(example = "Q01")]
    pub requirement: String,
    /// Counts from 1.
    #[schema(example = 1)]
    pub version: i32,
    /// Where it is opened, once it is there.
    #[schema(example = "https://drive.google.com/file/d/1AbC/view")]
    pub link: Option<String>,
    /// Since when it is there.
    pub mirrored_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    #[schema(example = 1)]
    pub attempts: i32,
    /// Why the last attempt failed: `drive_` and the status, `unreachable`, `timeout`, `login_refused`, `checksum_differs`, ….
    #[schema(example = "drive_503")]
    pub failure: Option<String>,
}

impl From<store::Copy> for MirroredDocument {
    fn from(
        store::Copy {
            requirement,
            version,
            link,
            mirrored_at,
            attempts,
            failure,
        }: store::Copy,
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

/// Look at the mirror (salinan folder pelanggan di Google Drive).
///
/// Where the copies are, and what could not be copied yet. The record is here, not there. For staff who see the application.
#[utoipa::path(tag = "documents", params(AtApplication), responses((status = 200, body = MirrorView)))]
#[get("/applications/{id}/mirror")]
pub async fn read_mirror(desk: Desk, at: At<AtApplication>) -> Result<Reply<MirrorView>> {
    let id = at.0.id;
    let read = desk.database().read(async |c| {
        find(c, id, Asking::Person(desk.who()))
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        if desk.who().customer.is_some() {
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
