//! Step 3: operations staff verify the documents item by item; the deficiency sheet follows from it.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::checklist::Checklist;
use crate::certification::sop::Task;
use crate::certification::verification::{self, VerificationForm};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Verify the documents (verifikasi kelengkapan dokumen).
///
/// The first round judges the whole checklist, later rounds only what was open. A numbered deficiency sheet is issued each time; it may be "nihil".
/// In a later round a complete file goes on to the notice (`confirmed`) when the customer agreed to the proposal, else back to step 4 (`verified`).
#[utoipa::path(
    tag = "certification", params(AtApplication), request_body = VerificationForm, responses((status = 200, body = ApplicationView))
)]
#[post("/applications/{id}/verification")]
pub async fn verify_documents(
    desk: Desk,
    at: At<AtApplication>,
    form: Body<VerificationForm>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::VerifyDocuments).await?;
    let checklist = Checklist::read(&mut file).await?;
    let open = verification::conclude(&mut file, &checklist.expected(), &form.0).await?;
    let stage = verification::stage_after(&mut file, open.is_empty()).await?;
    file.hand_over(stage).await
}
