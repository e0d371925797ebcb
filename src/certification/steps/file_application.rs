//! Step 2: PJI staff file the application in the customer's folder and pass it to operations.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::mirror::Mirror;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{PathParam, Provided, Reply};

/// File the application (menyimpan permohonan dalam folder pelanggan).
///
/// Passes the application to operations. If a mirror in Google Drive is configured, the folder is
/// copied in the background.
#[utoipa::path(tag = "certification", params(AtApplication), responses((status = 200, body = ApplicationView)))]
#[post("/applications/{id}/filing")]
pub async fn file_application(
    desk: Desk,
    at: PathParam<AtApplication>,
    mirror: Provided<Mirror>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::FileApplication).await?;
    let (office, now) = (file.header().office, file.now());
    mirror.0.begin(&mut file, office, at.0.id, now).await?;
    file.hand_over(Stage::Filed).await
}
