//! Folders at Drive: one for each customer, in it one for each application.

use super::entry::enter_if_mirrored;
use super::orders::MirrorDocument;
use super::store::{self, Folder};
use super::{Mirror, Parts};
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::gateways::drive::DriveFailure;
use crate::ids::{ApplicationId, DocumentId};
use crate::jobs::queue;

/// Makes the folder of an application, if it is not there, and queues the documents that are not.
///
/// # Errors
/// When it must be tried again later; the failure is written down already.
pub async fn mirror(desk: &JobContext, mirror: &Mirror, application: ApplicationId) -> Result<()> {
    let Some(parts) = &mirror.0 else {
        return Ok(());
    };
    let Some(folder) = desk
        .database
        .read(async |c| store::folder(c, application).await)
        .await?
    else {
        return Ok(());
    };
    ensure(desk, parts, application, &folder).await?;
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
    enter_if_mirrored(&mut transaction, application, now).await?;
    transaction.commit().await
}

/// Drive's id of the application's folder.
///
/// # Errors
/// When it must be tried again later; the failure is written down already.
pub(super) async fn ensure(
    desk: &JobContext,
    parts: &Parts,
    application: ApplicationId,
    folder: &Folder,
) -> Result<String> {
    if let Some(id) = &folder.folder_id {
        return Ok(id.clone());
    }
    match make(parts, application, folder).await {
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

async fn make(
    parts: &Parts,
    application: ApplicationId,
    folder: &Folder,
) -> std::result::Result<(String, String), DriveFailure> {
    let drive = &parts.drive;
    let customer = drive
        .folder(
            drive.root(),
            &plain(&folder.customer),
            &format!("customer-{}", folder.customer_id),
        )
        .await?;
    let number = folder
        .number
        .clone()
        .unwrap_or_else(|| application.to_string());
    let name = plain(&format!("{number} {}", folder.scheme));
    let made = drive
        .folder(&customer.id, &name, &format!("application-{application}"))
        .await?;
    Ok((made.id, made.link))
}

/// A name without what misleads whoever reads it.
pub(super) fn plain(name: &str) -> String {
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
