//! Step 5: the customer hands in what was missing, with the confirmation sheet filled in.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::checklist::Checklist;
use crate::certification::confirmation::{self, CompletionForm};
use crate::certification::snapshot;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Hand in what was missing (menyampaikan kekurangan dokumen dan lembar konfirmasi).
///
/// Begins the next round: what was handed in is frozen. What was open goes to operations, who look at it again (stage `completed`). Where nothing was open, the
/// file goes on to the notice (`confirmed`), or, when the cost is not accepted or a member is objected to, back to step 4 (`verified`) with the reasons in its
/// timeline.
#[utoipa::path(tag = "certification", params(AtApplication), request_body = CompletionForm, responses((status = 200, body = ApplicationView)))]
#[post("/applications/{id}/completion")]
pub async fn complete_application(
    desk: Desk,
    at: At<AtApplication>,
    form: Body<CompletionForm>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::CompleteApplication).await?;
    let checklist = Checklist::read(&mut file).await?;
    let faults = checklist.unanswered(&form.0.answers);
    confirmation::answer(&mut file, &form.0.confirmation, faults).await?;
    let stage = if checklist.has_open_items() {
        Stage::Completed
    } else {
        confirmation::when_complete(&form.0.confirmation)
    };
    snapshot::freeze(&mut file, checklist, Some(form.0)).await?;
    file.hand_over(stage).await
}
