//! Folders in Google Drive: one for each customer, and in it one for each application.

use super::store::{self, FolderRow};
use super::{DriveAccess, Mirror};
use super::{MirrorDocument, record_if_complete};
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::gateways::drive::DriveFailure;
use crate::ids::{ApplicationId, DocumentId};
use crate::jobs::queue;

/// Creates the folder of an application, unless it is already there, and queues the missing
/// documents.
///
/// # Errors
/// A Drive error. The error code is already stored; the job engine retries.
pub async fn mirror(desk: &JobContext, mirror: &Mirror, application: ApplicationId) -> Result<()> {
    let Some(access) = &mirror.0 else {
        return Ok(());
    };
    let Some(folder) = desk
        .database
        .read(async |c| store::folder(c, application).await)
        .await?
    else {
        return Ok(());
    };
    ensure_folder(desk, access, application, &folder).await?;
    let (mut transaction, now) = (desk.database.begin().await?, desk.clock.now());
    for document in store::not_mirrored(&mut transaction, application).await? {
        queue(
            &mut transaction,
            &MirrorDocument {
                document: DocumentId(document),
            },
            now,
        )
        .await?;
    }
    record_if_complete(&mut transaction, application, now).await?;
    transaction.commit().await
}

/// Returns Drive's id of the application's folder; creates the folder if needed.
///
/// # Errors
/// A Drive error. The error code is already stored; the job engine retries.
pub(super) async fn ensure_folder(
    desk: &JobContext,
    access: &DriveAccess,
    application: ApplicationId,
    folder: &FolderRow,
) -> Result<String> {
    if let Some(id) = &folder.folder_id {
        return Ok(id.clone());
    }
    match create_folders(access, application, folder).await {
        Ok((id, link)) => {
            desk.database
                .read(async |c| store::folder_made(c, application, &id, &link).await)
                .await?;
            Ok(id)
        }
        Err(DriveFailure(code)) => {
            desk.database
                .read(async |c| store::folder_failed(c, application, &code).await)
                .await?;
            tracing::warn!(application.id = %application, failure = code, "the folder could not be mirrored");
            Err(Error::internal(format!("drive: {code}")))
        }
    }
}

async fn create_folders(
    access: &DriveAccess,
    application: ApplicationId,
    folder: &FolderRow,
) -> std::result::Result<(String, String), DriveFailure> {
    let drive = &access.drive;
    let customer = drive
        .folder(
            drive.root(),
            &sanitized_name(&folder.customer),
            &format!("customer-{}", folder.customer_id),
        )
        .await?;
    let number = folder
        .number
        .clone()
        .unwrap_or_else(|| application.to_string());
    let name = sanitized_name(&format!("{number} {}", folder.scheme));
    let made = drive
        .folder(&customer.id, &name, &format!("application-{application}"))
        .await?;
    Ok((made.id, made.link))
}

/// Replaces misleading characters and slashes in a name by spaces.
pub(super) fn sanitized_name(name: &str) -> String {
    name.chars()
        .map(|c| {
            if crate::text::misleads(c) || matches!(c, '/' | '\\') {
                ' '
            } else {
                c
            }
        })
        .take(200)
        .collect()
}
