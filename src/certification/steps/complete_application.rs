//! Step 5: the customer submits the missing documents and the answer to the confirmation sheet.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::checklist::Checklist;
use crate::certification::confirmation::{self, CompletionForm};
use crate::certification::snapshot;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Hand in what was missing (menyampaikan kekurangan dokumen dan lembar konfirmasi).
///
/// Begins the next round and freezes the submitted content. If items were open, operations verify
/// them again (stage `completed`). Otherwise the file goes on to the notice (`confirmed`), or back
/// to step 4 (`verified`) with the reasons in its timeline if the customer refused the cost or a
/// member.
#[utoipa::path(tag = "certification", params(AtApplication), request_body = CompletionForm, responses((status = 200, body = ApplicationView)))]
#[post("/applications/{id}/completion")]
pub async fn complete_application(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<CompletionForm>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::CompleteApplication).await?;
    let checklist = Checklist::read(&mut file).await?;
    let faults = checklist.unanswered(&form.0.answers);
    confirmation::answer(&mut file, &form.0.confirmation, faults).await?;
    let stage = if checklist.has_open_items() {
        Stage::Completed
    } else {
        confirmation::stage_when_complete(&form.0.confirmation)
    };
    snapshot::freeze(&mut file, checklist, Some(form.0)).await?;
    file.hand_over(stage).await
}
