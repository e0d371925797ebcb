//! Step 3: operations staff verify the documents item by item and issue the deficiency sheet.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::checklist::Checklist;
use crate::certification::sop::Task;
use crate::certification::verification::{self, VerificationForm};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Verify the documents (verifikasi kelengkapan dokumen).
///
/// The first round judges the whole checklist, later rounds only the open items. Each verification
/// issues a numbered deficiency sheet, which may be "nihil". In a later round a complete file goes
/// on to the notice (`confirmed`) if the customer accepted the proposal, otherwise back to step 4
/// (`verified`).
#[utoipa::path(
    tag = "certification", params(AtApplication), request_body = VerificationForm, responses((status = 200, body = ApplicationView))
)]
#[post("/applications/{id}/verification")]
pub async fn verify_documents(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<VerificationForm>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::VerifyDocuments).await?;
    let checklist = Checklist::read(&mut file).await?;
    let open = verification::conclude(&mut file, &checklist, &form.0).await?;
    let stage = verification::stage_after(&mut file, open.is_empty()).await?;
    file.hand_over(stage).await
}
