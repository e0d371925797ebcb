//! Step 6, alternative: the head returns the draft with a reason.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, add_note};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Return the draft (mengembalikan konsep jawaban).
///
/// The clock of step 5 continues with its remaining time.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/answer/return")]
pub async fn return_answer(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::ReturnAnswer).await?;
    add_note(&mut file, PaperKind::Return, form.0.text).await?;
    file.hand_over(Stage::Resolved).await
}
